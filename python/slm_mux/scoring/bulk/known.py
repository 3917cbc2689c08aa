"""What is known of problems beside the rows: problems files of logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.scoring.known_problems import read_beside
from slm_mux.tallies import KnownProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.store.problems import RecordedProblem


def beside(logs: Sequence[str], *, task: str | None = None) -> list[KnownProblem]:
    """Read the problems that lie beside sample logs, each once.

    Raises `InputError` where two logs do not agree on one.
    """
    files = [log for log in logs if log.endswith(".jsonl")]
    return [_known(one) for one in read_beside(files, task=task, told=_known)]


def _known(recorded: RecordedProblem) -> KnownProblem:
    p = recorded.problem
    return KnownProblem(recorded.task, p.problem_id, p.reference_answer, p.choices, recorded.kind)


def asked_for(known: Iterable[KnownProblem]) -> list[tuple[str, str]]:
    """Problems that count though nobody answered them: those that a log says were asked."""
    return [(p.task, p.problem_id) for p in known if p.task is not None]

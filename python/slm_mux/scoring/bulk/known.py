"""What is known of problems beside the rows: problems files of logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.store.problems import read_problems
from slm_mux.tallies import KnownProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NO_LOG = ("-",)


def beside(logs: Sequence[str], *, task: str | None = None) -> list[KnownProblem]:
    """Read the problems that lie beside sample logs, each once.

    Raises `InputError` where two logs do not agree on one.
    """
    found: dict[tuple[str, str], tuple[str, KnownProblem]] = {}
    for log in logs:
        if log in _NO_LOG or not log.endswith(".jsonl"):
            continue
        for recorded in read_problems(log):
            if task is not None and recorded.task != task:
                continue
            p = recorded.problem
            known = KnownProblem(
                recorded.task, p.problem_id, p.reference_answer, p.choices, recorded.kind
            )
            other, first = found.setdefault((recorded.task, p.problem_id), (log, known))
            if first != known:
                raise InputError(
                    f"problem {p.problem_id!r} of task {recorded.task!r} is not the same beside "
                    f"{other} and beside {log}: score these logs apart"
                )
    return [known for _, known in found.values()]


def asked_for(known: Iterable[KnownProblem]) -> list[tuple[str, str]]:
    """Problems that count though nobody answered them: those that a log says were asked."""
    return [(p.task, p.problem_id) for p in known if p.task is not None]

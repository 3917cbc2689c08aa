"""What is known of problems beside the rows: problems files of logs, and data sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.store.problems import read_problems
from slm_mux.tallies import KnownProblem
from slm_mux.tasks.custom import custom_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.types import Kind

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


def references(path: Path, kind: Kind) -> list[KnownProblem]:
    """Read a data set's references, whatever task they are of.

    The layouts are those of `run`'s problems files. Raises `DatasetError`.
    """
    loaded = custom_task(path.stem, kind).load(path)
    return [
        KnownProblem(None, p.problem_id, p.reference_answer, p.choices, kind)
        for p in loaded.problems
    ]


def asked_for(known: Iterable[KnownProblem]) -> list[tuple[str, str]]:
    """Problems that count though nobody answered them: those that a log says were asked."""
    return [(p.task, p.problem_id) for p in known if p.task is not None]

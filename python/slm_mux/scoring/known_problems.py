"""What is known of problems: as they were asked, beside the logs, else as rows tell it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.store.problems import read_problems
from slm_mux.types import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from slm_mux.store.problems import RecordedProblem
    from slm_mux.types import Kind

_SHOWN = 60  # characters of a value in an error


def read_beside(
    logs: Iterable[str], *, told: Callable[[RecordedProblem], object], task: str | None = None
) -> list[RecordedProblem]:
    """Read the problems files beside logs: each problem once, the first of its task and id.

    `told` is what the files must agree on. Raises `InputError` where they do not.
    """
    found: dict[tuple[str, str], tuple[str, RecordedProblem]] = {}
    for log in logs:
        for recorded in read_problems(log):
            if task is not None and recorded.task != task:
                continue
            name = recorded.problem.problem_id
            other, known = found.setdefault((recorded.task, name), (log, recorded))
            if known is not recorded and told(known) != told(recorded):
                raise InputError(
                    f"problem {name!r} of task {recorded.task!r} is not the same beside "
                    f"{other} and beside {log}: score these logs apart"
                )
    return [known for _, known in found.values()]


def problems_of(
    beside: Sequence[RecordedProblem],
    told: Mapping[str, Mapping[Problem, tuple[str, int]]],
    settled: Collection[str],
    kind: Kind,
) -> tuple[Problem, ...]:
    """List the problems as asked, then those that only rows know.

    `told` is what rows give a problem, each with the first row that does: one its choices, perhaps,
    and another its reference. Raises `InputError` where they give several references, or, where it
    matters, several choices, and the problem is none of the `settled`.
    """
    problems = {recorded.problem.problem_id: recorded.problem for recorded in beside}
    for problem_id, known in told.items():
        if problem_id in problems:
            continue
        if problem_id in settled:
            problems[problem_id] = min(known, key=_rank, default=Problem(problem_id, ""))
            continue
        references = {
            p.reference_answer: at for p, at in known.items() if p.reference_answer is not None
        }
        choices = {p.choices: at for p, at in known.items() if p.choices}
        _refuse_several(problem_id, "reference answers", references)
        if kind == "choice":
            _refuse_several(problem_id, "choices", choices)
        reference = next(iter(references), None)
        problems[problem_id] = Problem(problem_id, "", reference, min(choices, default=None))
    return tuple(problems.values())


def _refuse_several(problem_id: str, what: str, told: Mapping[Any, tuple[str, int]]) -> None:
    """Raise InputError where rows tell several of one problem."""
    if len(told) > 1:
        (one, first), (other, second), *_ = told.items()
        raise InputError(
            f"problem {problem_id!r} has rows of several {what}, such as {_shortened(one)} "
            f"({first[0]}:{first[1]}) and {_shortened(other)} ({second[0]}:{second[1]}): "
            "score their logs apart"
        )


def _shortened(value: str | tuple[str, ...]) -> str:
    shown = repr(value if isinstance(value, str) else list(value))
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _rank(problem: Problem) -> tuple[bool, str, str]:
    """Which of several that rows tell is taken, in whatever order they come."""
    return not problem.choices, json.dumps(problem.choices), problem.reference_answer or ""

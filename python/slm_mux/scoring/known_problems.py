"""What is known of problems: as they were asked, beside the logs, else as rows tell it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.store.problems import read_problems
from slm_mux.types import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from slm_mux.store.problems import RecordedProblem


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
    references: Mapping[str, Mapping[Problem, tuple[str, int]]],
    settled: Collection[str],
) -> tuple[Problem, ...]:
    """List the problems as asked, then those that only rows know.

    `references` are those that rows give a problem, each with the first row that does. Raises
    `InputError` where they are several and the problem is none of the `settled`.
    """
    problems = {recorded.problem.problem_id: recorded.problem for recorded in beside}
    for problem_id, known in references.items():
        if problem_id in problems:
            continue
        if len(known) > 1 and problem_id not in settled:
            (one, first), (other, second), *_ = known.items()
            raise InputError(
                f"problem {problem_id!r} has rows of several reference answers or choices, such "
                f"as {one.reference_answer!r} ({first[0]}:{first[1]}) and "
                f"{other.reference_answer!r} ({second[0]}:{second[1]}): score their logs apart"
            )
        problems[problem_id] = min(known, key=_rank, default=Problem(problem_id, ""))
    return tuple(problems.values())


def _rank(problem: Problem) -> tuple[bool, str, str]:
    """Which of several that rows tell is taken, in whatever order they come."""
    return not problem.choices, json.dumps(problem.choices), problem.reference_answer or ""

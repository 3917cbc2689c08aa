"""`--stop unanimous`: one sample of each member first; if all agree, the rest is not asked.

The published early exit. It changes answers; see the design of the selection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from slm_mux.sampling.ports import JobLike, KeyOf, PlanLike
from slm_mux.sampling.queue import Unit
from slm_mux.sampling.steps import Shares, Step
from slm_mux.types import Pool, Problem, SampleRow

_FIRST = 0


@dataclass(slots=True)
class _Case:
    """One problem: the first keys so far, whose are awaited, and the units held back."""

    problem: Problem
    keys: dict[str, str | None] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    rest: list[Unit] = field(default_factory=list)


class Unanimous:
    """Decides for every problem, after the first sample of each member, what more is asked.

    `logged` are the rows that the log holds of the same askings already.
    """

    mark = "unanimous"

    def __init__(
        self, plan: PlanLike, pool: Pool, key_of: KeyOf, logged: Iterable[SampleRow]
    ) -> None:
        self._names = tuple(member.name for member in pool.members)
        self._key_of = key_of
        self._cases: dict[str, _Case] = {}
        self._jobs = plan.jobs
        for job in plan.jobs:
            self._cases.setdefault(job.problem.problem_id, _Case(job.problem))
        for row in logged:
            if row["sample_index"] == _FIRST and row["problem_id"] in self._cases:
                self._note(row)

    def asks_several(self, job: JobLike) -> bool:
        """Whether there is more than one beside the first."""
        return len(job.indexes) > (2 if _FIRST in job.indexes else 1)

    def start(self, shares: Shares) -> Step:  # noqa: ARG002  of the interface
        """The first samples, and all that is known to be needed already."""
        units = [unit for job in self._jobs if (unit := self._first_unit(job)) is not None]
        skipped = decided = 0
        for case in self._cases.values():
            if not case.awaited:
                step = self._decide(case)
                units += step.units
                skipped += step.skipped
                decided += 1
        return Step(units, skipped, decided)

    def arrived(self, job: JobLike, rows: Sequence[SampleRow]) -> Step:
        """Take the first sample of a member into account."""
        for row in rows:
            if row["sample_index"] == _FIRST:
                self._note(row)
        return self.lost(job, [row["sample_index"] for row in rows])

    def lost(self, job: JobLike, indexes: Sequence[int]) -> Step:
        """Wait for the first sample of a member no more."""
        case = self._cases[job.problem.problem_id]
        if _FIRST not in indexes or job.member.name not in case.awaited:
            return Step()
        case.awaited.remove(job.member.name)
        return Step() if case.awaited else self._decide(case)

    def _note(self, row: SampleRow) -> None:
        case = self._cases[row["problem_id"]]
        if row["error"] is None:
            case.keys[row["model"]] = self._key_of(row, case.problem)

    def _first_unit(self, job: JobLike) -> Unit | None:
        case = self._cases[job.problem.problem_id]
        rest = tuple(index for index in job.indexes if index != _FIRST)
        if rest:
            case.rest.append(Unit(job, rest))
        if len(rest) == len(job.indexes):
            return None
        case.awaited.add(job.member.name)
        return Unit(job, (_FIRST,))

    def _decide(self, case: _Case) -> Step:
        keys = {case.keys.get(name) for name in self._names}
        rest, case.rest = case.rest, []
        if len(keys) == 1 and None not in keys:
            return Step(skipped=sum(len(unit.indexes) for unit in rest), decided=1)
        return Step(rest, decided=1)

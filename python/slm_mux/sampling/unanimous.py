"""`--stop unanimous`: one sample of each member first; if all agree, the rest is not asked.

The published early exit. It changes answers; see the design of the selection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from slm_mux.sampling.ports import JobLike, KeyOf, PlanLike
from slm_mux.sampling.queue import Unit
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
    """Decides for every problem, after the first sample of each member, what more is asked."""

    def __init__(
        self, plan: PlanLike, pool: Pool, key_of: KeyOf, logged: Iterable[SampleRow]
    ) -> None:
        self._names = tuple(member.name for member in pool.members)
        self._key_of = key_of
        self._cases: dict[str, _Case] = {}
        self._jobs = plan.jobs
        for job in plan.jobs:
            self._cases.setdefault(job.problem.problem_id, _Case(job.problem))
        self._read_log(plan, pool, logged)

    @property
    def undecided(self) -> int:
        """How many problems still wait for a first sample."""
        return sum(bool(case.awaited) for case in self._cases.values())

    def start(self) -> tuple[list[Unit], int]:
        """The units to begin with, and how many samples need not be asked at all."""
        units = [unit for job in self._jobs if (unit := self._first_unit(job)) is not None]
        skipped = 0
        for case in self._cases.values():
            if not case.awaited:
                more, fewer = self._decide(case)
                units += more
                skipped += fewer
        return units, skipped

    def settle(self, unit: Unit, row: SampleRow | None) -> tuple[list[Unit], int] | None:
        """Take the first sample of a member (None: there is none) into account.

        Returns None until the problem is decided, then the units to ask now and the number of
        samples that need not be asked.
        """
        name = unit.job.member.name
        case = self._cases[unit.job.problem.problem_id]
        if _FIRST not in unit.indexes or name not in case.awaited:
            return None
        case.awaited.remove(name)
        case.keys[name] = None if row is None else self._key(row, case.problem)
        return None if case.awaited else self._decide(case)

    def _first_unit(self, job: JobLike) -> Unit | None:
        case = self._cases[job.problem.problem_id]
        rest = tuple(index for index in job.indexes if index != _FIRST)
        if rest:
            case.rest.append(Unit(job, rest))
        if len(rest) == len(job.indexes):
            return None
        case.awaited.add(job.member.name)
        return Unit(job, (_FIRST,))

    def _decide(self, case: _Case) -> tuple[list[Unit], int]:
        keys = {case.keys.get(name) for name in self._names}
        if len(keys) == 1 and None not in keys:
            skipped = sum(len(unit.indexes) for unit in case.rest)
            case.rest.clear()
            return [], skipped
        rest, case.rest = case.rest, []
        return rest, 0

    def _key(self, row: SampleRow, problem: Problem) -> str | None:
        return self._key_of(row["response"], problem) if row["error"] is None else None

    def _read_log(self, plan: PlanLike, pool: Pool, logged: Iterable[SampleRow]) -> None:
        """The keys of first samples that are in the log already."""
        members = {member.name: member for member in pool.members}
        prompts: Mapping[tuple[str, str], str] = {
            (job.problem.problem_id, job.member.name): job.prompt.sha256 for job in plan.jobs
        }
        for row in logged:
            case = self._cases.get(row["problem_id"])
            member = members.get(row["model"])
            if case is None or member is None or row["sample_index"] != _FIRST or row["error"]:
                continue
            asked = (plan.task, member.model, member.params)
            if (row["task"], row["api_model"], row["params"]) != asked:
                continue
            sha256 = prompts.get((row["problem_id"], row["model"]), row["prompt_sha256"])
            if row["prompt_sha256"] == sha256:
                case.keys[member.name] = self._key(row, case.problem)

"""`--stop lossless`: ask only what can still change the decision.

A problem is asked in rounds. When all of a round has come the rule says what the next one is,
one sample or several, until it is settled. Answers are those of all samples.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from slm_mux.sampling.balance import Balance
from slm_mux.sampling.ports import JobLike, KeyOf, PlanLike
from slm_mux.sampling.queue import Unit
from slm_mux.sampling.steps import Shares, Step
from slm_mux.stopping import StoppingRule
from slm_mux.types import Latency, Problem, SampleRow


@dataclass(slots=True)
class _Case:
    """One problem: what has come, what may come, and what of it is on its way."""

    problem: Problem
    jobs: dict[str, JobLike] = field(default_factory=dict)
    drawn: defaultdict[str, list[tuple[int, str | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    open: dict[str, set[int]] = field(default_factory=dict)
    awaited: int = 0


class Lossless:
    """Asks every problem of a plan until it is settled.

    `rule` knows the problems and members; `logged` are the rows that the log holds of the same
    askings already. `latency`: `low` asks in rounds of at most `most` samples, `high` one by
    one, the fewest samples; `auto` does what costs less, which is always rounds unless
    `rounds_waste` samples that single calls would not ask.
    """

    def __init__(  # noqa: PLR0913  # what a decision depends on
        self,
        plan: PlanLike,
        rule: StoppingRule,
        key_of: KeyOf,
        logged: Iterable[SampleRow],
        *,
        mark: str,
        latency: Latency,
        rounds_waste: bool,
        most: int,
    ) -> None:
        self._rule = rule
        self._key_of = key_of
        self._mark = mark
        self._latency = latency
        self._rounds_waste = rounds_waste
        self._most = most
        self._balance = Balance()
        self._shares: Shares = lambda _: False
        self._held: deque[_Case] = deque()
        self._cases: dict[str, _Case] = {}
        for job in plan.jobs:
            case = self._cases.setdefault(job.problem.problem_id, _Case(job.problem))
            case.jobs[job.member.name] = job
            case.open[job.member.name] = set(job.indexes)
        for row in logged:
            if row["problem_id"] in self._cases:
                self._note(self._cases[row["problem_id"]], row)

    @property
    def mark(self) -> str:
        """What rows say of it."""
        return self._mark

    def asks_several(self, job: JobLike) -> bool:
        """Also where it asks one by one, it is to be known what that costs."""
        return len(job.indexes) > 1

    def start(self, shares: Shares) -> Step:
        """The first round of every problem that the log does not settle."""
        self._shares = shares
        if self._latency == "auto" and self._rounds_waste:
            self._held = deque(self._cases.values())
            return self._first()
        return _together(map(self._step, self._cases.values()))

    def _first(self) -> Step:
        """One problem alone, which tells what prompts and responses cost."""
        steps = []
        while self._held:
            steps.append(self._step(self._held.popleft()))
            if steps[-1].units:
                break
        return _together(steps)

    def arrived(self, job: JobLike, rows: Sequence[SampleRow]) -> Step:
        """Take in rows; a failed call of this run will not come."""
        case = self._cases[job.problem.problem_id]
        for row in rows:
            self._note(case, row)
        self._balance.add(job.member, rows)
        return self.lost(job, [row["sample_index"] for row in rows])

    def lost(self, job: JobLike, indexes: Sequence[int]) -> Step:
        """Go on without these samples."""
        case = self._cases[job.problem.problem_id]
        case.open[job.member.name].difference_update(indexes)
        case.awaited -= len(indexes)
        held, self._held = self._held, deque()
        steps = [] if case.awaited else [self._step(case)]
        return _together([*steps, *map(self._step, held)])

    def _note(self, case: _Case, row: SampleRow) -> None:
        if row["error"] is None:
            key = self._key_of(row, case.problem)
            case.drawn[row["model"]].append((row["sample_index"], key))

    def _step(self, case: _Case) -> Step:
        asks = self._next(case)
        units = [Unit(case.jobs[name], tuple(indexes)) for name, indexes in asks.items()]
        case.awaited = sum(len(unit.indexes) for unit in units)
        if units:
            return Step(units)
        return Step(skipped=sum(map(len, case.open.values())), decided=1)

    def _next(self, case: _Case) -> dict[str, list[int]]:
        """The next round; a single sample where its member is best asked one by one."""
        if self._latency == "low" or (self._latency == "auto" and not self._rounds_waste):
            return self._ask(case, self._most)
        single = self._ask(case, 1)
        if not single or self._latency == "high":
            return single
        member = case.jobs[next(iter(single))].member
        if self._shares(member) and self._balance.favours_rounds(member):
            return self._ask(case, self._most)
        return single

    def _ask(self, case: _Case, most: int) -> dict[str, list[int]]:
        open_ = {name: sorted(indexes) for name, indexes in case.open.items()}
        return self._rule.next(case.problem.problem_id, case.drawn, open_, most=most)


def _together(steps: Iterable[Step]) -> Step:
    every = list(steps)
    return Step(
        [unit for step in every for unit in step.units],
        sum(step.skipped for step in every),
        sum(step.decided for step in every),
    )

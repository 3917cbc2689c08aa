"""The rules that may stop early, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from slm_mux.sampling.lossless import Lossless
from slm_mux.sampling.ports import KeyOf, PlanLike
from slm_mux.sampling.steps import EarlyStop
from slm_mux.sampling.unanimous import Unanimous
from slm_mux.stopping import StoppingRule
from slm_mux.store.stops import Supports
from slm_mux.types import Abstain, Latency, Pool, SampleRow, Stop, Tie


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """When a run may stop asking about a problem, and how the problem will be decided.

    `samples` is the number in all of each member.
    """

    samples: int
    stop: Stop = "none"
    latency: Latency = "auto"
    selector: str = "mux"
    abstain: Abstain = "count"
    tie: Tie = "accuracy"
    seed: int = 0
    validation_accuracy: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def supports(self) -> Supports:
        """What rows support that were drawn so."""
        return Supports(self.samples, self.abstain, self.tie, self.selector)

    def rule(self, problems: Iterable[str], pool: Pool) -> StoppingRule:
        """The lossless rule. Raises `InputError` for a selector that cannot stop early."""
        return StoppingRule(
            problems,
            [member.name for member in pool.members],
            selector=self.selector,
            validation_accuracy=self.validation_accuracy,
            abstain=self.abstain,
            tie=self.tie,
            seed=self.seed,
        )

    def rounds_waste(self, pool: Pool) -> bool:
        """Whether rounds may ask samples that single calls would not (docs/stopping.md)."""
        known = self.validation_accuracy
        ranked = self.tie == "accuracy" and all(known.get(m.name) is not None for m in pool.members)
        alone = len(pool.members) == 1 or self.selector.startswith("single:")
        return not alone and (self.selector == "mux" or not ranked)

    def check(self, pool: Pool) -> None:
        """Raise `InputError` for a decision that the stopping policy cannot keep."""
        if self.stop == "lossless":
            self.rule([], pool)


def early_stop(  # noqa: PLR0913  # what a rule depends on
    deciding: Deciding,
    plan: PlanLike,
    pool: Pool,
    key_of: KeyOf,
    logged: Iterable[SampleRow],
    *,
    most: int,
) -> EarlyStop | None:
    """The rule of a run; None where all is asked.

    `logged` are the rows that the log holds of the plan's askings; `most` is how many samples of
    a problem may be asked at once.
    """
    if deciding.stop == "none":
        return None
    if deciding.stop == "unanimous":
        return Unanimous(plan, pool, key_of, logged)
    problems = dict.fromkeys(job.problem.problem_id for job in plan.jobs)
    return Lossless(
        plan,
        deciding.rule(problems, pool),
        key_of,
        logged,
        mark=deciding.supports.mark,
        latency=deciding.latency,
        rounds_waste=deciding.rounds_waste(pool),
        most=most,
    )

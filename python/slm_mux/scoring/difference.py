"""How much a selection gains on the best single model, the fair baseline.

Pairs are problems: the selection's decision against the baseline's self-consistency on the same
problem. The interval is a bootstrap over problems, the p-value McNemar's, exact.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from slm_mux.scoring.intervals import Interval, mcnemar_exact, paired_difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.voting import AnswerTable

ChosenBy = Literal["validation", "these problems"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The best single model, and what told that it is the best."""

    name: str
    chosen_by: ChosenBy


@dataclass(frozen=True, slots=True)
class Difference:
    """The accuracy of a selection less that of its baseline, over the same problems.

    `gained` problems only the selection has right, `lost` only the baseline. `samples` is what
    the baseline's self-consistency votes over, `spent` what the selection votes over in all, both
    per problem; where they are equal so is the price.
    """

    baseline: Baseline
    samples: int
    spent: int
    difference: Interval
    gained: int
    lost: int
    p_value: float

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {
            "baseline": self.baseline.name,
            "chosen_by": self.baseline.chosen_by,
            "baseline_samples": self.samples,
            "selection_samples": self.spent,
            "same_samples": self.samples == self.spent,
            **asdict(self.difference),
            "gained": self.gained,
            "lost": self.lost,
            "mcnemar_p": self.p_value,
        }


def best_single(right: Mapping[str, int], validation_accuracy: Mapping[str, float]) -> Baseline:
    """Name the best of the members, in pool order, with how many problems each has right.

    By validation accuracy where that of every member is known. Otherwise the one with the most
    right on these very problems: being picked by them it is flattered, so a difference to it is
    conservative for the pool. Equal ones: the first of the pool.
    """
    if all(name in validation_accuracy for name in right):
        return Baseline(max(right, key=lambda name: validation_accuracy[name]), "validation")
    return Baseline(max(right, key=lambda name: right[name]), "these problems")


def from_counts(  # noqa: PLR0913  all that a difference is made of
    baseline: Baseline, *, gained: int, lost: int, n: int, samples: int, spent: int
) -> Difference:
    """The difference over `n` problems, of which so many only one of the two has right."""
    # In one order, so that the bootstrap does not depend on that of the problems.
    after = [1.0] * gained + [0.0] * (n - gained)
    before = [0.0] * gained + [1.0] * lost + [0.0] * (n - gained - lost)
    difference = paired_difference(before, after) or Interval(0.0, 0.0, 0.0, 0)
    p_value = mcnemar_exact(lost, gained)
    return Difference(baseline, samples, spent, difference, gained, lost, p_value)


def to_best_single(  # noqa: PLR0913  all that is compared
    table: AnswerTable,
    correct: Sequence[bool | None],
    *,
    pool: Sequence[str],
    validation_accuracy: Mapping[str, float],
    drawn: Mapping[str, int],
    spent: int,
) -> Difference:
    """Compare decisions on every problem of `table` with the best single member of `pool`.

    `drawn` says how many samples of each member there are on a problem, `spent` how many the
    decisions took in all. A baseline with more votes over its first `spent` samples; one with
    fewer over all of its own.
    """
    right = {
        member.member: member.self_consistency.correct
        for member in table.members_summary()
        if member.member in pool
    }
    baseline = best_single({name: right[name] for name in pool}, validation_accuracy)
    enough = drawn[baseline.name] > spent
    votes = table.first_samples(spent) if enough else table
    alone = votes.select(f"single:{baseline.name}").correct
    return from_counts(
        baseline,
        gained=_only(correct, alone),
        lost=_only(alone, correct),
        n=len(correct),
        samples=min(spent, drawn[baseline.name]),
        spent=spent,
    )


def _only(these: Sequence[bool | None], those: Sequence[bool | None]) -> int:
    """On how many problems these are right and those are not."""
    return sum(a is True and b is not True for a, b in zip(these, those, strict=True))

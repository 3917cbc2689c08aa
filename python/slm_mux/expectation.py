"""Expected accuracy: what k samples a member would give, over all ways to draw them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import fsum
from typing import TYPE_CHECKING, Any, Final

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.errors import InputError
from slm_mux.selection import options_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.types import Abstain, Tie

DRAWS: Final = 200
"""Draws of an estimate that has no closed form."""
RESAMPLES: Final = 1000
"""Resamples of a bootstrap interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected accuracy of a pool at `samples` samples a member and problem.

    `value` is the mean over `n` problems of the chance of a right answer, in [0, 1]; `low` and
    `high` are its 95 % percentile bootstrap interval over problems. `undecided` is the expected
    share of answers that nobody could grade, `no_answer` of problems without any; neither is
    right.

    `exact`: a closed form over all draws. Otherwise the mean of `draws` random draws, with the
    `standard_error` of drawing (None where it is exact, or of a single draw). `short` is whether
    some member has fewer responses than `samples` on a problem, where all of them are taken.

    `by_problem` are the chances of a right answer, in table order.
    """

    value: float
    low: float
    high: float
    n: int
    samples: int
    exact: bool
    standard_error: float | None
    draws: int | None
    undecided: float
    no_answer: float
    short: bool
    by_problem: Sequence[float] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AtHand:
    """How many samples of a member there are on every problem.

    `calls` is the fewest on any problem, on `problem` (None in a table without problems); failed
    ones are among them. `responses` is the fewest responses on any problem.
    """

    member: str
    problem: str | None
    calls: int
    responses: int


@dataclass(frozen=True, slots=True)
class Policies:
    """What an expected decision depends on beside its samples; as in `AnswerTable.select`.

    `draws` and `seed` are those of rules without a closed form, and of all where `closed_form` is
    False; `seed` is also that of random ties and of the bootstrap.
    """

    validation_accuracy: Mapping[str, float | None] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    abstain: Abstain = "count"
    tie: Tie = "accuracy"
    seed: int = 0
    draws: int = DRAWS
    closed_form: bool = True

    def options(self) -> dict[str, Any]:
        """As keywords of the table's methods."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def choosing(self, selector: str, members: Sequence[str]) -> dict[str, Any]:
        """As the options of a selection."""
        return options_of(
            selector,
            order=members,
            validation_accuracy=self.validation_accuracy,
            weights=self.weights,
            abstain=self.abstain,
            tie=self.tie,
            seed=self.seed,
        )


def at_hand(table: _core.AnswerTable, members: Sequence[str]) -> list[AtHand]:
    """Count what can be drawn of each member; raises `InputError` for an unknown one."""
    return [AtHand(*fields) for fields in _core.at_hand(table, list(members))]


def refuse_short(found: Sequence[AtHand], samples: int) -> None:
    """Raise `InputError` where a member has fewer calls than `samples` on some problem."""
    least = min(found, key=lambda at: at.calls, default=None)
    if least is not None and least.calls < samples:
        where = f" on problem {least.problem!r}" if least.problem is not None else ""
        raise InputError(
            f"{samples} samples a member are more than there are: {least.member!r} has the "
            f"fewest, {least.calls}{where}: ask for at most that many, or leave the member or "
            "the problem out"
        )


def expected_accuracy(  # noqa: PLR0913  the options are keyword-only above
    table: _core.AnswerTable,
    members: Sequence[str],
    samples: int,
    selector: str,
    policies: Policies,
    *,
    allow_short: bool = False,
) -> Estimate:
    """Estimate what `AnswerTable.expected_accuracy` says."""
    pool = list(members)
    found = at_hand(table, pool)
    if not allow_short:
        refuse_short(found, samples)
    correct, undecided, unanswered, error = _core.expected(
        table,
        policies.choosing(selector, pool),
        samples,
        policies.draws,
        policies.closed_form,
    )
    value = _mean(correct)
    [(low, high)] = limits([correct], policies.seed)
    return Estimate(
        value=value,
        low=max(0.0, low),
        high=min(1.0, high),
        n=len(correct),
        samples=samples,
        exact=error is None,
        standard_error=error if error != float("inf") else None,
        draws=None if error is None else policies.draws,
        undecided=_mean(undecided),
        no_answer=_mean(unanswered),
        short=any(at.responses < samples for at in found),
        by_problem=correct,
    )


def expected_subsets(
    table: _core.AnswerTable,
    members: Sequence[str],
    subsets: Sequence[Sequence[int]],
    samples: int,
    policies: Policies,
) -> list[float]:
    """The exact expected accuracy of `mux` with each of `subsets`, places among `members`.

    Each member is worked out once, so thousands of subsets cost little more than one.
    """
    chosen = [list(subset) for subset in subsets]
    return _core.expected_subsets(table, policies.choosing("mux", members), chosen, samples)


def limits(rates: Sequence[Sequence[float]], seed: int = 0) -> list[tuple[float, float]]:
    """The 95 % percentile bootstrap limits of the mean of each of `rates` over problems.

    All rates are of the same problems, and each of the 1,000 resamples draws the same ones for
    all (Efron 1979). Deterministic for a seed, whatever the number of threads.
    """
    found = _core.bootstrap([list(rate) for rate in rates], RESAMPLES, seed)
    # A mean of equal rates is a hair beside them.
    means = [_mean(rate) for rate in rates]
    both = zip(found, means, strict=True)
    # Chances of nothing add up to -0.0, of which + 0.0 makes 0.0.
    return [(min(low, m) + 0.0, max(high, m) + 0.0) for (low, high), m in both]


def _mean(rates: Sequence[float]) -> float:
    return fsum(rates) / len(rates) if rates else 0.0

"""Intervals for accuracies: Wilson for one decision per problem, bootstrap for rates over samples.

Wilson: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
JASA 22 (1927). Bootstrap: percentile interval over problems (Efron 1979), because the k samples
of one problem are not independent of each other. McNemar: "Note on the sampling error of the
difference between correlated proportions or percentages", Psychometrika 12 (1947), in its exact
conditional form.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import exp, lgamma, log, sqrt
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING

from slm_mux.expectation import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
# Beyond this many problems the bootstrap distribution of a mean is normal to the third digit.
BOOTSTRAP_UP_TO = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval: `value`, `low` and `high` in [0, 1], over `n` units.

    A difference of two shares lies in [-1, 1].
    """

    value: float
    low: float
    high: float
    n: int

    def as_dict(self) -> dict[str, float | int]:
        """As plain data, for JSON."""
        return asdict(self)


def wilson(successes: int, n: int, level: float = LEVEL) -> Interval | None:
    """The Wilson score interval of `successes` among `n` independent decisions.

    None where there are no decisions.
    """
    if n == 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # Clamped: at the ends rounding leaves the value a hair outside.
    return Interval(
        share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)), n
    )


def over_problems(rates: Sequence[float], seed: int = 0) -> Interval | None:
    """The mean of per-problem `rates` with a percentile bootstrap interval over problems.

    Deterministic for a seed; beyond 2,000 problems the normal limit of the same bootstrap.
    """
    if not rates:
        return None
    # Sorted, so that it does not depend on the order of the problems.
    mean, low, high = _bootstrap(sorted(rates), seed)
    return Interval(mean, max(0.0, low), min(1.0, high), len(rates))


def paired_difference(
    before: Sequence[float], after: Sequence[float], seed: int = 0
) -> Interval | None:
    """How much higher `after` is than `before` in the mean; both list the same problems.

    A percentile bootstrap over problems, each drawn with both of its rates (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, ch. 8 and 13): what makes a problem easy
    for both does not widen the interval. Raises ValueError where the lengths differ.
    """
    differences = [b - a for a, b in zip(before, after, strict=True)]
    if not differences:
        return None
    return Interval(*_bootstrap(differences, seed), len(differences))


def mcnemar_exact(lost: int, gained: int) -> float:
    """The two-sided p-value that of `lost + gained` discordant pairs so few fell on one side.

    Each pair falls on either with probability 1/2: twice the binomial tail, at most 1 (Fagerland,
    Lydersen and Laake, "The McNemar test for binary matched-pairs data", BMC Medical Research
    Methodology 13:91, 2013, the exact conditional test).

    >>> round(mcnemar_exact(1, 7), 4)
    0.0703
    """
    n, fewer = lost + gained, min(lost, gained)
    # From the largest term down, each by its ratio to the one before: no huge integers.
    term = exp(lgamma(n + 1) - lgamma(fewer + 1) - lgamma(n - fewer + 1) - n * log(2))
    tail = 0.0
    for k in range(fewer, -1, -1):
        if tail + term == tail:
            break
        tail += term
        term *= k / (n - k + 1)
    return min(1.0, 2 * tail)


def _bootstrap(values: Sequence[float], seed: int) -> tuple[float, float, float]:
    """The mean of `values` and its limits."""
    mean = fmean(values)
    if min(values) == max(values):
        return values[0], values[0], values[0]
    if len(values) > BOOTSTRAP_UP_TO:
        return (mean, *_normal_limits(values, mean))
    ((low, high),) = limits([values], seed)
    return mean, low, high


def _normal_limits(rates: Sequence[float], mean: float) -> tuple[float, float]:
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * stdev(rates) / sqrt(len(rates))
    return mean - half, mean + half

"""Intervals for accuracies: Wilson for one decision per problem, bootstrap for rates over samples.

Wilson: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
JASA 22 (1927). Bootstrap: percentile interval over problems (Efron 1979), because the k samples
of one problem are not independent of each other.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist, fmean, quantiles, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
RESAMPLES = 1000
# Beyond this many problems the bootstrap distribution of a mean is normal to the third digit.
BOOTSTRAP_UP_TO = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval: `value`, `low` and `high` in [0, 1], over `n` units."""

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
    mean = fmean(rates)
    low, high = (
        _normal_limits(rates, mean)
        if len(rates) > BOOTSTRAP_UP_TO
        else _resampled_limits(rates, seed)
    )
    return Interval(mean, max(0.0, low), min(1.0, high), len(rates))


def _resampled_limits(rates: Sequence[float], seed: int) -> tuple[float, float]:
    # Statistics, not secrets: a seeded generator keeps results reproducible.
    draw = random.Random(seed)  # noqa: S311
    means = [fmean(draw.choices(rates, k=len(rates))) for _ in range(RESAMPLES)]
    cuts = quantiles(means, n=40, method="inclusive")
    return cuts[0], cuts[-1]


def _normal_limits(rates: Sequence[float], mean: float) -> tuple[float, float]:
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * stdev(rates) / sqrt(len(rates))
    return mean - half, mean + half

"""What more members and more samples buy: expected accuracy, tokens and cost, with intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slm_mux.expectation import limits, refuse_short
from slm_mux.scoring.intervals import Interval
from slm_mux.study.frontier import pareto
from slm_mux.study.pools import named
from slm_mux.study.stopping import stopped, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from slm_mux.expectation import Estimate, Policies
    from slm_mux.study.recorded import Recorded
    from slm_mux.study.stopping import Stopped, Stopping
    from slm_mux.types import Price

MUX = "mux"
# Each of these is self-consistency where there is one member.
ALIKE_ALONE = (MUX, "majority", "oracle")
UPPER_BOUND = "oracle"


@dataclass(frozen=True, slots=True)
class Gap:
    """How much more accurate a point is than another, paired over problems.

    `members` and `samples` are the other's. `interval` is a bootstrap over problems.
    """

    members: tuple[str, ...]
    samples: int
    interval: Interval


@dataclass(slots=True)
class Point:
    """One pool at one number of samples a member, under one selector.

    `calls`, `tokens` and `cost` (US dollars) are means over problems, the last two None where
    they are not known of every member. With lossless stopping they are what is asked then, and
    `stopped` says more. `to_best_single` compares with self-consistency of the
    pool's best member at as many samples; None for a pool of one, and where that member does not
    have as many.
    """

    selector: str
    members: tuple[str, ...]
    samples: int
    estimate: Estimate
    calls: float
    tokens: float | None
    cost: float | None
    stopped: Stopped | None = None
    pareto: bool = False
    to_mux: Gap | None = None
    to_best_single: Gap | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """What is asked for: `pools` by size; `single:NAME` selectors have a pool of their own."""

    selectors: Sequence[str]
    pools: Mapping[int, tuple[str, ...]]
    samples: Sequence[int]

    def points(self) -> Iterator[tuple[str, tuple[str, ...], int]]:
        """Selector, members and samples of each point, each once."""
        for selector in dict.fromkeys(self.selectors):
            _, colon, alone = selector.partition(":")
            for members in [(alone,)] if colon else self.pools.values():
                for samples in self.samples:
                    yield selector, members, samples

    def members(self) -> list[str]:
        """All who take part."""
        alone = [name for name in self.selectors if ":" in name]
        return list(dict.fromkeys([*named(self.pools), *(n.partition(":")[2] for n in alone)]))


@dataclass(frozen=True, slots=True)
class Scaling:
    """The points of a grid, and what expense the Pareto front is against."""

    points: list[Point]
    against: str


def scale(  # noqa: PLR0913  the options are keyword-only
    recorded: Recorded,
    grid: Grid,
    policies: Policies,
    *,
    prices: Mapping[str, Price] | None = None,
    stopping: Stopping | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Scaling:
    """Estimate every point of the grid from recorded samples.

    With `stopping` a point spends what lossless stopping asks. `progress` is called with the
    points done and the points in all. Raises `InputError` for samples that were stopped early,
    without references, or fewer than asked for, and for a selector that cannot stop early.
    """
    recorded.refuse_early_stopped("scaling")
    recorded.refuse_unlabelled("scaling")
    study = _Study(recorded, policies, prices or {}, stopping)
    refuse_short(recorded.table.at_hand(grid.members()), max(grid.samples, default=0))
    wanted = list(grid.points())
    points = []
    for done, (selector, members, samples) in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted))
        points.append(study.point(selector, members, samples))
    study.compare(points)
    return Scaling(points, _mark_front(points))


def _mark_front(points: Sequence[Point]) -> str:
    """Mark the Pareto front; says against what: cost where it is known, else tokens, else calls."""
    against = next(
        (what for what in ("cost", "tokens") if all(getattr(p, what) is not None for p in points)),
        "calls",
    )
    reached = [point for point in points if point.selector != UPPER_BOUND]
    front = pareto([(getattr(point, against), point.estimate.value) for point in reached])
    for point, on_front in zip(reached, front, strict=True):
        point.pareto = on_front
    return against


@dataclass(slots=True)
class _Study:
    recorded: Recorded
    policies: Policies
    prices: Mapping[str, Price]
    stopping: Stopping | None
    calls: dict[str, int] = field(init=False)
    known: dict[tuple[str, tuple[str, ...], int], Estimate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls = {at.member: at.calls for at in self.recorded.table.at_hand()}

    def estimate(self, selector: str, members: tuple[str, ...], samples: int) -> Estimate:
        if len(members) == 1 and selector in ALIKE_ALONE:
            selector = f"single:{members[0]}"
        place = (selector, members, samples)
        if place not in self.known:
            self.known[place] = self.recorded.table.expected_accuracy(
                members, samples, selector=selector, allow_short=True, **self.policies.options()
            )
        return self.known[place]

    def point(self, selector: str, members: tuple[str, ...], samples: int) -> Point:
        use = {name: self.recorded.use[name] for name in members}
        # Where rows do not tell, as recorded: a prompt for each sample.
        requests = {n: samples if one.per_request is None else 1 for n, one in use.items()}
        tokens = [one.tokens(samples, requests[name]) for name, one in use.items()]
        costs = [
            one.cost(samples, requests[name], self.prices.get(name)) for name, one in use.items()
        ]
        point = Point(
            selector=selector,
            members=members,
            samples=samples,
            estimate=self.estimate(selector, members, samples),
            calls=len(members) * samples,
            tokens=total([None if one is None else sum(one) for one in tokens]),
            cost=total(costs),
        )
        if self.stopping is not None:
            point.stopped = found = self.stopped(selector, members, samples, self.stopping)
            point.calls, point.tokens, point.cost = found.calls, found.tokens, found.cost
        return point

    def stopped(
        self, selector: str, members: tuple[str, ...], samples: int, stopping: Stopping
    ) -> Stopped:
        return stopped(
            self.recorded, selector, members, samples, self.policies, self.prices, stopping
        )

    def compare(self, points: Sequence[Point]) -> None:
        """Fill in the differences; all are of the same resampled problems."""
        pairs = [pair for point in points for pair in self._pairs(point)]
        rates = [
            [mine - other for mine, other in zip(p.estimate.by_problem, o.by_problem, strict=True)]
            for p, _, (_, _, o) in pairs
        ]
        found = limits(rates, self.policies.seed)
        for (point, what, (members, samples, other)), rate, (low, high) in zip(
            pairs, rates, found, strict=True
        ):
            value = point.estimate.value - other.value
            interval = Interval(value, min(low, value), max(high, value), len(rate))
            setattr(point, what, Gap(members, samples, interval))

    def _pairs(
        self, point: Point
    ) -> Iterator[tuple[Point, str, tuple[tuple[str, ...], int, Estimate]]]:
        members, samples = point.members, point.samples
        if point.selector != MUX and ":" not in point.selector:
            yield point, "to_mux", (members, samples, self.estimate(MUX, members, samples))
        if len(members) > 1:
            in_all = len(members) * samples
            best = self._best_single(members, in_all)
            if self.calls[best] >= in_all:
                other = self.estimate(MUX, (best,), in_all)
                yield point, "to_best_single", ((best,), in_all, other)

    def _best_single(self, members: tuple[str, ...], samples: int) -> str:
        """By validation accuracy where it is known of all, else on these very problems."""
        known = self.policies.validation_accuracy
        if all(known.get(name) is not None for name in members):
            return max(members, key=lambda name: known[name] or 0.0)
        least = min(samples, *(self.calls[name] for name in members))
        return max(members, key=lambda name: self.estimate(MUX, (name,), least).value)


def as_dict(point: Point) -> dict[str, Any]:
    """A point as plain data, for `scaling.json`."""
    estimate = point.estimate
    return {
        "selector": point.selector,
        "members": list(point.members),
        "samples": point.samples,
        "accuracy": Interval(estimate.value, estimate.low, estimate.high, estimate.n).as_dict(),
        "standard_error": estimate.standard_error,
        "exact": estimate.exact,
        "draws": estimate.draws,
        "undecided": estimate.undecided,
        "no_answer": estimate.no_answer,
        "short": estimate.short,
        "calls": point.calls,
        "tokens": point.tokens,
        "cost": point.cost,
        "stopped": point.stopped and point.stopped.as_dict(),
        "pareto": point.pareto,
        "difference_to_mux": _difference(point.to_mux),
        "difference_to_best_single": _difference(point.to_best_single),
    }


def _difference(difference: Gap | None) -> dict[str, Any] | None:
    if difference is None:
        return None
    about = {"members": list(difference.members), "samples": difference.samples}
    return difference.interval.as_dict() | about

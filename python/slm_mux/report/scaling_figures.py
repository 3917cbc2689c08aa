"""A scaling study → figures: accuracy against samples, and against what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slm_mux.report.figures import (
    COLOURS,
    DASHES,
    SYMBOLS,
    Figure,
    clipped,
    error_bars,
    plain,
    says,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.report.scaling import Point, Scaling

MAX_CURVES = COLOURS
_UNITS = (
    ("cost", "US dollars a problem"),
    ("tokens", "tokens a problem"),
    ("calls", "calls a problem"),
)

NAMED = 2
"""Models that are named one by one; of more the first."""


@dataclass(frozen=True, slots=True)
class Curves:
    """One selector's curves; `left_out` pools of `pools` are in the table alone."""

    selector: str
    figure: Figure
    pools: int
    left_out: int


def curves(scaling: Scaling) -> list[Curves]:
    """A figure for each selector: a line for each pool, the best ones where there are many."""
    names = list(dict.fromkeys(point.selector for point in scaling.points))
    return [_curves(name, [p for p in scaling.points if p.selector == name]) for name in names]


def _curves(selector: str, points: Sequence[Point]) -> Curves:
    pools: dict[tuple[str, ...], list[Point]] = {}
    for point in points:
        pools.setdefault(point.members, []).append(point)
    for line in pools.values():
        line.sort(key=lambda point: point.samples)
    shown = _most_telling(list(pools.values()))
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": pool_name(line[0].members),
            # Side by side, so that the intervals of several pools can be told apart.
            "x": [point.samples + (number - len(shown) / 2) * 0.04 for point in line],
            "y": [point.accuracy.value for point in line],
            "error_y": error_bars([point.accuracy for point in line], f"@{number}"),
            "line": {"color": f"@{number}", "dash": DASHES[number]},
            "marker": {"symbol": SYMBOLS[number], "size": 8, "color": f"@{number}"},
            "hovertext": [_hover(point) for point in line],
            "hoverinfo": "text",
        }
        for number, line in enumerate(shown)
    ]
    figure = {
        "data": traces,
        "layout": {
            "height": 420,
            "showlegend": True,
            "xaxis": {"title": "samples per model and problem", "dtick": _step(points)},
            "yaxis": {"title": "expected accuracy", "tickformat": ".1~%"},
            "legend": {"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0},
        },
    }
    return Curves(selector, figure, len(pools), len(pools) - len(shown))


def _most_telling(lines: list[list[Point]]) -> list[list[Point]]:
    """The best pool of each size first, then the best of the others; by their last point."""
    if len(lines) <= MAX_CURVES:
        return lines
    ranked = sorted(lines, key=lambda line: -line[-1].accuracy.value)
    first = {len(line[0].members): line for line in reversed(ranked)}
    best = [first[size] for size in sorted(first)][:MAX_CURVES]
    best += [line for line in ranked if line not in best]
    return best[:MAX_CURVES]


def _step(points: Sequence[Point]) -> int:
    return max(1, max(point.samples for point in points) // 10)


def pool_name(members: Sequence[str]) -> str:
    """A pool as a name of bounded length."""
    return (
        clipped(" + ".join(members))
        if len(members) <= NAMED
        else (f"{len(members)} models: {clipped(members[0])} + …")
    )


def _hover(point: Point) -> str:
    how = "exact" if point.exact else "resampled"
    if point.standard_error is not None:
        how += f", standard error {point.standard_error:.2%}"
    return (
        f"{plain(point.selector)}, {point.samples} samples<br>"
        + "<br>".join(plain(name) for name in point.members)
        + f"<br>{says(point.accuracy)}<br>{how}<br>{spent(point)}"
    )


def spent(point: Point) -> str:
    """What a point costs, in the best unit there is."""
    if point.cost is not None:
        return f"${point.cost:,.3g} a problem"
    if point.tokens is not None:
        return f"{point.tokens:,.0f} tokens a problem"
    return "cost not known" if point.calls is None else f"{point.calls:,.1f} calls a problem"


def unit(scaling: Scaling) -> tuple[str, str] | None:
    """The field that tells what points cost, and its name; None where not all tell one."""
    for name, title in _UNITS:
        if all(getattr(point, name) is not None for point in scaling.points):
            return name, title
    return None


def cost(scaling: Scaling) -> Figure | None:
    """Accuracy against cost; filled diamonds on a line are the Pareto front."""
    named = unit(scaling)
    if named is None:
        return None
    name, title = named
    front = sorted((p for p in scaling.points if p.pareto), key=lambda p: getattr(p, name))
    rest = [p for p in scaling.points if not p.pareto]
    shared = {"type": "scatter", "hoverinfo": "text"}
    return {
        "data": [
            {
                **shared,
                "mode": "markers",
                "name": "dominated: another is as good for less",
                "x": [getattr(p, name) for p in rest],
                "y": [p.accuracy.value for p in rest],
                "marker": {"symbol": "circle-open", "size": 6, "color": "@muted"},
                "hovertext": [_hover(p) for p in rest],
            },
            {
                **shared,
                "mode": "lines+markers",
                "name": "Pareto front, 95 % intervals",
                "x": [getattr(p, name) for p in front],
                "y": [p.accuracy.value for p in front],
                "error_y": error_bars([p.accuracy for p in front], "@0"),
                "line": {"color": "@0", "shape": "hv"},
                "marker": {"symbol": "diamond", "size": 10, "color": "@0"},
                "hovertext": [_hover(p) for p in front],
            },
        ],
        "layout": {
            "height": 420,
            "showlegend": True,
            "xaxis": {"title": title, "rangemode": "tozero"},
            "yaxis": {"title": "expected accuracy", "tickformat": ".1~%"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
    }

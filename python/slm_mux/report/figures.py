"""Statistics → Plotly figures as plain data; colours are names that the page's theme resolves.

What a colour tells a symbol, a dash or a pattern tells as well. Every point carries its interval
and its n where a pointer rests on it; the tables beside the figures hold the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence

    from slm_mux.report.selectors import SelectorRow
    from slm_mux.report.statistics import Agreement, Calibration
    from slm_mux.scoring.intervals import Interval

Figure = dict[str, Any]
COLOURS = 8
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "x", "triangle-down")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
_KINDS = {
    "pool": ("whole pool", "circle", 0),
    "single": ("one model, self-consistency", "square", 1),
    "bound": ("upper bound, no rule reaches it", "diamond-open", 2),
}
_STATES = {
    "correct": ("correct", 0, ""),
    "incorrect": ("incorrect", 5, "/"),
    "undecided": ("undecided", 3, "x"),
    "unparsed": ("no answer in it", 4, "."),
    "truncated": ("cut off", 1, "-"),
    "failed": ("call failed", 6, "|"),
}
_PERCENT = ".1~%"
LABEL = 34
"""Characters of a name on an axis; the tables have all of it."""


def clipped(name: str) -> str:
    """A name short enough for an axis; markup of names is switched off."""
    short = name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"
    return plain(short)


def labels(names: Sequence[str]) -> list[str]:
    """Names clipped for an axis, each of its own: Plotly would lay equal ones together."""
    found: list[str] = []
    for name in names:
        short, number = clipped(name), 2
        while short in found:
            short = f"{clipped(name)} ({number})"
            number += 1
        found.append(short)
    return found


def plain(text: str) -> str:
    """Text in which Plotly sees no markup of its own (`<b>`, `<a href>`, `<br>`)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def says(share: Interval) -> str:
    """A share with its interval and n, for hovering."""
    return f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}], n = {share.n:,}"


def _pattern(shape: str) -> dict[str, Any]:
    """A pattern drawn over the colour of a bar."""
    return {
        "shape": shape,
        "fillmode": "overlay",
        "fgcolor": "@paper",
        "fgopacity": 0.75,
        "size": 8,
        "solidity": 0.3,
    }


def error_bars(shares: Sequence[Interval], colour: str) -> dict[str, Any]:
    """Bars from the low to the high end of each interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [share.high - share.value for share in shares],
        "arrayminus": [share.value - share.low for share in shares],
        "color": colour,
        "thickness": 1.5,
        "width": 4,
    }


def by_selector(rows: Sequence[SelectorRow]) -> Figure:
    """A dot and an interval for each selector; symbols tell pools, single models and bounds."""
    traces = []
    names = labels([_label(row) for row in rows])
    for kind, (title, symbol, colour) in _KINDS.items():
        own = [(name, row) for name, row in zip(names, rows, strict=True) if row.kind == kind]
        shares = [row.accuracy for _, row in own]
        if own:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": title,
                    "x": [share.value for share in shares],
                    "y": [name for name, _ in own],
                    "error_x": error_bars(shares, f"@{colour}"),
                    "marker": {"symbol": symbol, "size": 11, "color": f"@{colour}"},
                    "hovertext": [f"{name}<br>{says(row.accuracy)}" for name, row in own],
                    "hoverinfo": "text",
                }
            )
    return {
        "data": traces,
        "layout": {
            "height": 120 + 34 * len(rows),
            "xaxis": {"title": "accuracy, 95 % interval", "tickformat": _PERCENT},
            "yaxis": {
                "autorange": "reversed",
                "categoryorder": "array",
                "categoryarray": names,
                "automargin": True,
            },
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
    }


def _label(row: SelectorRow) -> str:
    name = row.selector.partition(":")[0] if row.kind == "bound" else row.selector
    return name + (" ★" if row.recorded else "")


def reliability(one: Calibration, colour: int) -> Figure:
    """Accuracy against confidence; on the dashed line the two are equal."""
    tint = f"@{colour % COLOURS}"
    shares = [b.correct for b in one.bins]
    ticks = [b.confidence for b in one.bins]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [0, 1],
                "y": [0, 1],
                "line": {"dash": "dash", "color": "@muted", "width": 1},
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": ticks,
                "y": [share.value for share in shares],
                "error_y": error_bars(shares, tint),
                "line": {"color": tint, "width": 1.5, "dash": DASHES[colour % COLOURS]},
                "marker": {"symbol": SYMBOLS[colour % COLOURS], "size": 9, "color": tint},
                "hovertext": [
                    f"confidence {b.confidence:.0%}<br>correct {says(b.correct)}" for b in one.bins
                ],
                "hoverinfo": "text",
            },
        ],
        "layout": {
            "height": 280,
            "showlegend": False,
            "xaxis": {"title": "confidence", "range": [-0.03, 1.06], "tickformat": _PERCENT},
            "yaxis": {"title": "share correct", "range": [-0.16, 1.06], "tickformat": _PERCENT},
            "annotations": [
                {
                    "x": b.confidence,
                    "y": -0.1,
                    "text": f"{b.correct.n:,}",
                    "showarrow": False,
                    "font": {"size": 10, "color": "@muted"},
                }
                for b in one.bins
            ],
        },
    }


def heat_map(pairs: Sequence[Agreement], members: Sequence[str]) -> Figure:
    """Shares of problems on which two members' top keys are the same, with n in each cell."""
    at = {name: number for number, name in enumerate(members)}
    size = len(members)
    values: list[list[float | None]] = [[None] * size for _ in members]
    texts = [[""] * size for _ in members]
    hovers = [[""] * size for _ in members]
    for pair in pairs:
        a, b = at[pair.first], at[pair.second]
        for row, column in ((a, b), (b, a)):
            names = f"{plain(pair.first)} and {plain(pair.second)}"
            hovers[row][column] = f"{names}: " + (says(pair.same) if pair.same else "no problem")
            texts[row][column] = (
                f"{pair.same.value:.0%}<br>n={pair.same.n:,}" if pair.same else "n=0"
            )
            values[row][column] = pair.same.value if pair.same else None
    axis = labels(members)
    return {
        "data": [
            {
                "type": "heatmap",
                "x": axis,
                "y": axis,
                "z": values,
                "text": texts,
                "texttemplate": "%{text}",
                "hovertext": hovers,
                "hoverinfo": "text",
                "colorscale": [[0, "@low"], [1, "@high"]],
                "zmin": 0,
                "zmax": 1,
                "xgap": 2,
                "ygap": 2,
                "colorbar": {"tickformat": _PERCENT, "thickness": 12, "outlinewidth": 0},
            }
        ],
        "layout": {
            "height": 150 + 62 * size,
            "xaxis": {"automargin": True, "tickangle": -30, "showgrid": False},
            "yaxis": {"automargin": True, "autorange": "reversed", "showgrid": False},
        },
    }


def states(counts: Mapping[str, Counter[str]]) -> Figure:
    """What became of every call, a bar for each member; patterns tell the states apart."""
    names = labels(list(counts))
    totals = [sum(counter.values()) for counter in counts.values()]
    traces = []
    for state, (title, colour, pattern) in _STATES.items():
        numbers = [counter[state] for counter in counts.values()]
        if any(numbers):
            traces.append(_bar(title, names, numbers, totals, f"@{colour}", pattern))
    return {
        "data": traces,
        "layout": {
            "barmode": "stack",
            "showlegend": True,
            "height": 130 + 40 * len(names),
            "xaxis": {"title": "samples"},
            "yaxis": {"automargin": True, "autorange": "reversed"},
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "traceorder": "normal",
            },
        },
    }


def causes(counts: Sequence[tuple[str, Interval]]) -> Figure:
    """The share of problems of each outcome, with intervals; what is not correct is hatched."""
    names = [plain(name) for name, _ in counts]
    return {
        "data": [
            _share_bar([one for one in counts if one[0] == "correct"], "@0", ""),
            _share_bar([one for one in counts if one[0] != "correct"], "@5", "/"),
        ],
        "layout": {
            "height": 90 + 36 * len(counts),
            "showlegend": False,
            "xaxis": {
                "title": "share of problems, 95 % interval",
                "tickformat": _PERCENT,
                "rangemode": "tozero",
            },
            "yaxis": {
                "automargin": True,
                "autorange": "reversed",
                "categoryorder": "array",
                "categoryarray": names,
            },
        },
    }


def _share_bar(counts: Sequence[tuple[str, Interval]], colour: str, pattern: str) -> dict[str, Any]:
    shares = [share for _, share in counts]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [plain(name) for name, _ in counts],
        "x": [share.value for share in shares],
        "error_x": error_bars(shares, "@ink"),
        "marker": {"color": colour, "pattern": _pattern(pattern)},
        "hovertext": [f"{plain(name)}: {says(share)}" for name, share in counts],
        "hoverinfo": "text",
    }


def _bar(  # noqa: PLR0913, PLR0917  internal
    title: str,
    names: Sequence[str],
    numbers: Sequence[int],
    totals: Sequence[int],
    colour: str,
    pattern: str,
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": title,
        "y": list(names),
        "x": list(numbers),
        "marker": {
            "color": colour,
            "pattern": _pattern(pattern),
            "line": {"color": "@paper", "width": 1},
        },
        "hovertext": [
            f"{name}<br>{title}: {number:,} of {total:,}"
            for name, number, total in zip(names, numbers, totals, strict=True)
        ],
        "hoverinfo": "text",
    }

"""The tables and small plots of `slm-mux scale`."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from slm_mux.cli.search_table import names
from slm_mux.cli.table import money, points, share, table_console, table_of
from slm_mux.cli.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.table import Table

BARS = "▁▂▃▄▅▆▇█"


def print_scaling(data: Mapping[str, Any], output: Path | None) -> None:
    """Print every point, a curve for each pool, and what the figures mean."""
    console = table_console()
    settings = data["settings"]
    console.print(
        f"{escape(plain(data['task']))}: {data['problems']:,} problems, "
        f"{len(data['models'])} models; expected accuracies with 95 % intervals over problems",
        soft_wrap=True,
    )
    values = [point["accuracy"]["value"] for point in data["points"]]
    for (selector, members), curve in _curves(data["points"]).items():
        bars = _bars(curve, min(values), max(values)) if len(curve) > 1 else ""
        console.print(f"{escape(plain(selector))}, {names(members)}  {bars}", soft_wrap=True)
        console.print(_table(curve))
    console.print(f"* on the Pareto front of accuracy against {settings['pareto_against']}")
    if any(not point["exact"] for point in data["points"]):
        console.print(f"±: standard error of {settings['draws']:,} draws; the others are exact")
    if settings["choose"] == "best":
        console.print(
            "pools are the best on these very problems, which flatters them: see slm-mux search",
            soft_wrap=True,
        )
    if output is not None:
        console.print(f"tables: {escape(str(output))}", soft_wrap=True)


def _noise(point: Mapping[str, Any]) -> str:
    error = point["standard_error"]
    return "" if error is None else f" ± {100 * error:.2f}"


def _single(difference: Mapping[str, Any] | None) -> str:
    if difference is None:
        return "-"
    return f"{points(difference)} {names(difference['members'])}"


def _curves(
    found: Sequence[Mapping[str, Any]],
) -> dict[tuple[str, tuple[str, ...]], list[Mapping[str, Any]]]:
    """The points of each selector and pool."""
    curves: dict[tuple[str, tuple[str, ...]], list[Mapping[str, Any]]] = defaultdict(list)
    for point in found:
        curves[point["selector"], tuple(point["members"])].append(point)
    return curves


def _bars(curve: Sequence[Mapping[str, Any]], low: float, high: float) -> str:
    """A bar for each point: its accuracy, from the lowest of all points to the highest."""
    span = (high - low) or 1.0
    heights = [(point["accuracy"]["value"] - low) / span for point in curve]
    return "".join(BARS[round(height * (len(BARS) - 1))] for height in heights)


def _table(curve: Sequence[Mapping[str, Any]]) -> Table:
    table = table_of(
        ["samples", "calls", "accuracy", "tokens", "cost", "front", "best single, as many calls"],
        left=0,
    )
    for point in curve:
        table.add_row(
            str(point["samples"]),
            str(point["calls"]),
            share(point["accuracy"]) + _noise(point),
            "-" if point["tokens"] is None else f"{point['tokens']:,.0f}",
            money(point["cost"]),
            "*" if point["pareto"] else "",
            _single(point["difference_to_best_single"]),
        )
    return table

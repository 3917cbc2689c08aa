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
    table = table_of(
        ["selector", "pool", "samples", "calls", "accuracy", "tokens", "cost", "front",
         "against the best single at as many calls"],
        left=1,
    )  # fmt: skip
    for point in data["points"]:
        table.add_row(
            escape(plain(point["selector"])),
            names(point["members"]),
            str(point["samples"]),
            str(point["calls"]),
            share(point["accuracy"]) + _noise(point),
            "-" if point["tokens"] is None else f"{point['tokens']:,.0f}",
            money(point["cost"]),
            "*" if point["pareto"] else "",
            _single(point["difference_to_best_single"]),
        )
    console.print(table)
    console.print(f"* on the Pareto front of accuracy against {settings['pareto_against']}")
    if any(not point["exact"] for point in data["points"]):
        console.print(f"±: standard error of {settings['draws']:,} draws; the others are exact")
    if settings["choose"] == "best":
        console.print(
            "pools are the best on these very problems, which flatters them: see slm-mux search",
            soft_wrap=True,
        )
    for label, line in _curves(data["points"]):
        console.print(f"{line}  {label}", soft_wrap=True)
    if output is not None:
        console.print(f"tables: {escape(str(output))}", soft_wrap=True)


def _noise(point: Mapping[str, Any]) -> str:
    error = point["standard_error"]
    return "" if error is None else f" ± {100 * error:.2f}"


def _single(difference: Mapping[str, Any] | None) -> str:
    if difference is None:
        return "-"
    return f"{points(difference)} {names(difference['members'])}"


def _curves(found: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """A line of bars for each selector and pool: accuracy over samples, all on one scale."""
    curves: dict[tuple[str, tuple[str, ...]], list[Mapping[str, Any]]] = defaultdict(list)
    for point in found:
        curves[point["selector"], tuple(point["members"])].append(point)
    if all(len(curve) < 2 for curve in curves.values()):  # noqa: PLR2004  no curve
        return []
    values = [point["accuracy"]["value"] for point in found]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    lines = []
    for (selector, members), curve in curves.items():
        heights = [(p["accuracy"]["value"] - low) / span for p in curve]
        line = "".join(BARS[round(h * (len(BARS) - 1))] for h in heights)
        first, last = curve[0], curve[-1]
        lines.append(
            (
                (
                    f"{escape(plain(selector))}, {names(members)}: "
                    f"{100 * first['accuracy']['value']:.1f} % at {first['samples']} samples, "
                    f"{100 * last['accuracy']['value']:.1f} % at {last['samples']}"
                ),
                line,
            )
        )
    return lines

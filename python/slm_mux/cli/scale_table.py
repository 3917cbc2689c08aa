"""The tables and small plots of `slm-mux scale`."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from slm_mux.cli.search_table import names
from slm_mux.cli.table import money, points, print_wide, share, table_console, table_of
from slm_mux.cli.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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
        print_wide(console, _table(curve))
    console.print(f"* on the Pareto front of accuracy against {settings['pareto_against']}")
    for line in _stopping_lines(data["points"]):
        console.print(line, soft_wrap=True)
    for line in _choices(data):
        console.print(line, soft_wrap=True)
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
        return ""
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
    """A column is left out where nothing is known for it."""
    columns = [name for name in _CELLS if any(_CELLS[name](point) for point in curve)]
    table = table_of(columns, left=0)
    for point in curve:
        table.add_row(*(_CELLS[name](point) or "-" for name in columns))
    return table


_CELLS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "samples": lambda point: str(point["samples"]),
    "calls": lambda point: f"{point['calls']:.1f}" if point["stopped"] else str(point["calls"]),
    "saved": lambda point: share(point["stopped"]["saved"]) if point["stopped"] else "",
    "prompts": lambda point: _prompts(point["stopped"]),
    "rounds": lambda point: f"{point['stopped']['rounds']:.1f}" if point["stopped"] else "",
    "accuracy": lambda point: share(point["accuracy"]) + _noise(point),
    "tokens": lambda point: "" if point["tokens"] is None else f"{point['tokens']:,.0f}",
    "cost": lambda point: "" if point["cost"] is None else money(point["cost"]),
    "front": lambda point: "*" if point["pareto"] else " ",
    "best single, as many samples": lambda point: _single(point["difference_to_best_single"]),
}
"""What each column shows of a point; nothing where it is not known."""


def _prompts(stopped: Mapping[str, Any] | None) -> str:
    """Prompts billed, of those for all samples."""
    if stopped is None:
        return ""
    return f"{stopped['requests']:.1f} of {stopped['all_requests']:.0f}"


def _choices(data: Mapping[str, Any]) -> list[str]:
    """What told between equals, and which single model is the best."""
    settings = data["settings"]
    known = settings["validation_accuracy"] or {}
    lines = []
    if settings["tie"] == "accuracy" and not known:
        lines.append("ties go by pool order: no validation accuracy is known (--accuracy NAME=x)")
    compared = any(point["difference_to_best_single"] for point in data["points"])
    if compared and not all(name in known for name in data["models"]):
        lines.append("the best single model is picked on these very problems, which flatters it")
    priced = any(point["tokens"] is not None for point in data["points"])
    if priced and None in data["samples_per_request"].values():
        lines.append(
            "tokens and cost count prompts as recorded: rows do not say what came in one request"
        )
    return lines


def _stopping_lines(points: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stopping early has kept, and how it asks."""
    each = [point["stopped"] for point in points if point["stopped"]]
    if not each:
        return []
    equal, decisions = (sum(one[name] for one in each) for name in ("equal", "decisions"))
    ways = {"high": "one by one", "low": "in rounds"}
    how = " or ".join(ways[way] for way in ways if any(one["latency"] == way for one in each))
    kept = f"{equal:,} of {decisions:,} decisions are those of all samples"
    return [
        f"stopped once no sample to come could change the decision, asked {how}: {kept}",
        "prompts: billed where one request brings all samples of a round",
    ]

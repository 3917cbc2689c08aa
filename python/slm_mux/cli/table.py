"""The final table, from the figures of a results file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

REASONS = {
    "confidence": "one model surest",
    "accuracy": "tie, by validation accuracy",
    "order": "tie, by pool order",
    "random": "tie, at random",
    "single": "single model",
    "majority": "pooled majority",
    "abstained": "no answer",
}


def print_table(figures: Mapping[str, Any], console: Console | None = None) -> None:
    """Prints accuracies with 95 % intervals, states, tokens and what decided."""
    console = console or Console(highlight=False)
    settings = figures["settings"]
    accuracy = figures["accuracy"]
    console.print(
        f"[bold]{escape(figures['task'])}[/bold]: {accuracy['n']} problems, "
        f"{len(figures['models'])} models x {settings['samples']} samples, "
        f"profile {settings['profile']}"
    )
    console.print(_table(figures))
    for line in notes(figures):
        console.print(escape(line))


def _table(figures: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("model", overflow="fold")
    for name in ("single sample", "self-consistency"):
        table.add_column(name, no_wrap=True)
    for name in ("unparsed", "cut off", "failed", "tokens", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for m in figures["models"]:
        table.add_row(*_member_row(m))
    table.add_section()
    table.add_row(*_total_row(figures))
    if figures["oracle"] is not None:
        table.add_row(
            "[dim]oracle (upper bound)[/dim]", "", f"[dim]{share(figures['oracle'])}[/dim]"
        )
    return table


def _member_row(m: Mapping[str, Any]) -> list[str]:
    states = m["samples"]
    return [
        escape(m["name"]),
        share(m["single_sample"]),
        share(m["self_consistency"]),
        *(f"{states[s]:,}" for s in ("unparsed", "truncated", "failed")),
        f"{m['token_usage']['total_tokens']:,}",
        money(m["cost"]),
    ]


def _total_row(figures: Mapping[str, Any]) -> list[str]:
    name = {"mux": "SLM-MUX"}.get(figures["settings"]["selector"], figures["settings"]["selector"])
    counts = figures["accuracy"]
    return [
        f"[bold]{escape(name)}[/bold]",
        "",
        f"[bold]{share(counts)}[/bold]",
        *(f"{counts[s]:,}" for s in ("no_answer", "truncated", "failed")),
        f"{figures['token_usage']['total_tokens']:,}",
        money(figures["cost"]),
    ]


def share(interval: Mapping[str, Any] | None) -> str:
    """`41.0 % [36.8, 45.4]`, or a dash where there is nothing to say."""
    if interval is None or interval["value"] is None:
        return "-"
    low, high = 100 * interval["low"], 100 * interval["high"]
    return f"{100 * interval['value']:.1f} % [{low:.1f}, {high:.1f}]"


def money(dollars: float | None) -> str:
    """US dollars, or a dash where prices are not known."""
    return "-" if dollars is None else f"${dollars:,.4f}"


def notes(figures: Mapping[str, Any]) -> list[str]:
    """What decided how many problems, and what a reader of the table should know."""
    decided = figures["decided_by"]
    lines = [
        "decided by: "
        + ", ".join(f"{REASONS.get(r, r)} {n}" for r, n in sorted(decided.items(), key=_rank))
    ]
    settings = figures["settings"]
    if settings["tie"] == "accuracy" and not settings["validation_accuracy"]:
        lines.append(
            "ties went by pool order: no validation accuracy is known "
            "(--validation LOG or --accuracy NAME=x)"
        )
    if undecided := figures["accuracy"]["undecided"]:
        lines.append(f"undecided: {undecided} decisions could not be graded")
    if figures["short"]:
        lines.append(
            f"short: {len(figures['short'])} times a model has fewer responses than asked for"
        )
    return lines


def _rank(item: tuple[str, int]) -> int:
    return list(REASONS).index(item[0]) if item[0] in REASONS else len(REASONS)

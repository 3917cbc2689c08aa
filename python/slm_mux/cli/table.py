"""The final table, from the figures of a results file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

PIPE_WIDTH = 120

REASONS = {
    "confidence": "one model surest",
    "accuracy": "tie, by validation accuracy",
    "order": "tie, by pool order",
    "random": "tie, at random",
    "count": "tie, by the count of one model",
    "index": "tie, by the first sample",
    "single": "single model",
    "majority": "pooled majority",
    "abstained": "no answer",
}


def print_table(figures: Mapping[str, Any], console: Console | None = None) -> None:
    """Prints accuracies with 95 % intervals, states, tokens and what decided."""
    console = console or _console()
    settings, accuracy = figures["settings"], figures["accuracy"]
    console.print(
        f"[bold]{escape(figures['task'])}[/bold]: {accuracy['n']:,} problems, "
        f"{len(figures['models'])} models x {settings['samples']} samples, "
        f"profile {settings['profile']}; accuracies with 95 % intervals"
    )
    console.print(_table(figures))
    for line in notes(figures):
        console.print(escape(line), soft_wrap=True)


def _console() -> Console:
    """Standard output; wide where it is a file or a pipe, which do not wrap."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def _table(figures: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("model", overflow="fold", min_width=12)
    table.add_column("single sample", no_wrap=True)
    table.add_column("self-consistency", no_wrap=True)
    for name in ("unparsed", "cut off", "failed", "tokens", "s/call"):
        table.add_column(name, justify="right", overflow="fold", min_width=4)
    priced = any(m["cost"] is not None for m in figures["models"])
    if priced:
        table.add_column("cost", justify="right", no_wrap=True)
    width = len(table.columns)
    for m in figures["models"]:
        table.add_row(*_member_row(m)[:width])
    if len(figures["models"]) > 1:
        table.add_row(*_total_row(figures)[:width])
    if len(figures["models"]) > 1 and figures["oracle"] is not None:
        table.add_row("oracle (upper bound)", "", share(figures["oracle"]), style="dim")
    return table


def _member_row(m: Mapping[str, Any]) -> list[str]:
    states = m["samples"]
    return [
        escape(m["name"]),
        share(m["single_sample"]),
        share(m["self_consistency"]),
        *(f"{states[s]:,}" for s in ("unparsed", "truncated", "failed")),
        f"{m['token_usage']['total_tokens']:,}",
        "-" if m["mean_latency_s"] is None else f"{m['mean_latency_s']:.2f}",
        money(m["cost"]),
    ]


def _total_row(figures: Mapping[str, Any]) -> list[str]:
    selector = figures["settings"]["selector"]
    counts = figures["accuracy"]
    return [
        f"[bold]{escape({'mux': 'SLM-MUX'}.get(selector, selector))}[/bold]",
        "",
        f"[bold]{share(counts)}[/bold]",
        *(f"{counts[s]:,}" for s in ("no_answer", "truncated", "failed")),
        f"{figures['token_usage']['total_tokens']:,}",
        "",
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
    settings = figures["settings"]
    lines = _what_decided(figures) if len(figures["models"]) > 1 else []
    if figures["oracle"] is None and settings["stop"] != "none":
        lines.append(
            "sampled with an early exit: accuracies of single models would be biased, so there "
            "are none"
        )
    if undecided := figures["accuracy"]["undecided"]:
        lines.append(f"undecided: {undecided} decisions could not be graded")
    if figures["short"]:
        lines.append(
            f"short: {len(figures['short'])} times a model has fewer responses than asked for"
        )
    return lines


def _what_decided(figures: Mapping[str, Any]) -> list[str]:
    decided = sorted(figures["decided_by"].items(), key=_rank)
    lines = ["decided by: " + ", ".join(f"{REASONS.get(r, r)} {n}" for r, n in decided)]
    settings = figures["settings"]
    if "order" in figures["decided_by"] and settings["tie"] == "accuracy":
        known = settings["validation_accuracy"]
        why = "equal validation accuracy" if known else "no validation accuracy is known"
        lines.append(f"ties went by pool order: {why} (--validation LOG or --accuracy NAME=x)")
    return lines


def _rank(item: tuple[str, int]) -> int:
    return list(REASONS).index(item[0]) if item[0] in REASONS else len(REASONS)

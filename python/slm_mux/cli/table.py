"""The final table, from the figures of a results file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from slm_mux.cli.text import counted, plain
from slm_mux.types import POOLED_SELECTORS

if TYPE_CHECKING:
    from collections.abc import Sequence

PIPE_WIDTH = 140
WIDEST = 400
WIDE = 110
HEADERS = (
    "model",
    "single sample",
    "self-consistency",
    "unparsed",
    "cut off",
    "failed",
    "tokens",
    "s/call",
    "cost",
)
ACCURACIES = 3  # the columns before the counts

NAMES = {"mux": "SLM-MUX", "oracle": "oracle (upper bound)"}
BOUNDS = {"oracle": "oracle", "any_correct": "any sample correct"}

REASONS = {
    "confidence": "one model surest",
    "accuracy": "tie, by validation accuracy",
    "order": "tie, by pool order",
    "random": "tie, at random",
    "count": "tie, by the count of one model",
    "index": "tie, by the first sample",
    "single": "single model",
    "majority": "pooled majority",
    "weighted": "weighted votes",
    "calibrated": "calibrated votes",
    "unanimous": "all samples agree",
    "oracle": "verdict looked at (upper bound)",
    "abstained": "no answer",
}


def print_table(figures: Mapping[str, Any], console: Console | None = None) -> None:
    """Prints accuracies with 95 % intervals, states, tokens and what decided."""
    console = console or table_console()
    settings, accuracy = figures["settings"], figures["accuracy"]
    problems = counted(accuracy["n"], "problem", "problems")
    models = counted(len(figures["models"]), "model", "models")
    samples = "sample" if settings["samples"] == 1 else "samples"
    console.print(
        f"[bold]{escape(figures['task'])}[/bold]: {problems}, "
        f"{models} x {settings['samples']} {samples}, "
        f"profile {settings['profile']}; accuracies with 95 % intervals",
        soft_wrap=True,
    )
    for table in _tables(figures, wide=console.width >= WIDE):
        console.print(table)
    for line in notes(figures):
        console.print(escape(line), soft_wrap=True)


def table_console() -> Console:
    """Standard output; wide where it is a file or a pipe, which do not wrap."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def print_wide(console: Console, table: Table) -> None:
    """Print a table with all of its columns; a narrower terminal wraps the lines."""
    needed = Measurement.get(console, console.options.update(width=WIDEST), table).maximum
    # A console never prints beyond its own width.
    wide = Console(file=console.file, width=max(needed, console.width), highlight=False)
    wide.print(table)


def table_of(headers: Sequence[str], *, left: int) -> Table:
    """A table with a folding first column; `left` more stand to the left, counts to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(headers[0], overflow="fold")
    for at, header in enumerate(headers[1:]):
        table.add_column(header, justify="left" if at < left else "right", no_wrap=True)
    return table


def _tables(figures: Mapping[str, Any], *, wide: bool) -> list[Table]:
    """One table, or on a narrow terminal accuracies and counts apart."""
    rows = [_member_row(m) for m in figures["models"]]
    several = len(rows) > 1
    # Where sampling stopped early the decision is all that can be said of a single model.
    if several or figures["settings"]["stop"] != "none":
        rows.append(_total_row(figures))
    if several:
        bound = "any_correct" if figures["settings"]["selector"] in POOLED_SELECTORS else "oracle"
        if figures.get(bound) is not None:
            oracle = [f"[dim]{BOUNDS[bound]} (upper bound)[/dim]", "", share(figures[bound])]
            rows.append(oracle + [""] * (len(HEADERS) - len(oracle)))
    priced = any(m["cost"] is not None for m in figures["models"])
    columns = list(range(len(HEADERS) if priced else len(HEADERS) - 1))
    parts = [columns] if wide else [columns[:ACCURACIES], [0, *columns[ACCURACIES:]]]
    return [_table(rows, part) for part in parts]


def _table(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(HEADERS[0], overflow="fold", min_width=12)
    for at in columns[1:]:
        justify: Literal["left", "right"] = "left" if at < ACCURACIES else "right"
        table.add_column(HEADERS[at], justify=justify, no_wrap=True)
    for row in rows:
        if any(row[at] for at in columns[1:]):
            table.add_row(*(row[at] for at in columns))
    return table


def _member_row(m: Mapping[str, Any]) -> list[str]:
    states = m["samples"]
    return [
        escape(m["name"]),
        share(m["single_sample"]),
        share(m["self_consistency"]),
        *(f"{states[s]:,}" for s in ("unparsed", "truncated", "failed")),
        _tokens(m["token_usage"]),
        "-" if m["mean_latency_s"] is None else f"{m['mean_latency_s']:.2f}",
        money(m["cost"]),
    ]


def _total_row(figures: Mapping[str, Any]) -> list[str]:
    selector = figures["settings"]["selector"]
    counts = figures["accuracy"]
    return [
        f"[bold]{escape(NAMES.get(selector, selector))}[/bold]",
        "",
        f"[bold]{share(counts)}[/bold]",
        *(f"{counts[s]:,}" for s in ("no_answer", "truncated", "failed")),
        _tokens(figures["token_usage"]),
        "",
        money(figures["cost"]),
    ]


def _tokens(usage: Mapping[str, int] | None) -> str:
    return "-" if usage is None else f"{usage['total_tokens']:,}"


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
    if difference := figures.get("difference"):
        lines += difference_lines(difference, settings["selector"])
    if figures["oracle"] is None and settings["stop"] != "none":
        lines.append(
            f"sampled with --stop {settings['stop']}: accuracies of single models would be biased, "
            "so there are none"
        )
    if undecided := figures["accuracy"]["undecided"]:
        lines.append(f"undecided: {undecided} decisions could not be graded")
    if short := figures["short"]:
        # A list of problems and models, or a count by model.
        times = sum(short.values()) if isinstance(short, Mapping) else len(short)
        often = counted(times, "time", "times")
        lines.append(f"short: {often} a model has fewer responses than asked for")
        if settings["stop"] == "lossless":
            lines.append(
                "samples that could change a decision are missing: sampling was cut off, or went "
                "by other accuracies or another pool order than here"
            )
    return lines


def difference_lines(difference: Mapping[str, Any], selector: str) -> list[str]:
    """What the selection gains on the best single model, and at which price."""
    d, name = difference, plain(difference["baseline"])
    known = {"validation": "by validation accuracy", "these problems": "on these very problems"}
    lines = [
        (
            f"{NAMES.get(selector, selector)} against {name}, the best single model "
            f"{known[d['chosen_by']]}, self-consistency at {d['baseline_samples']} samples: "
            f"{points(d)}, {d['gained']:,} gained, {d['lost']:,} lost, "
            f"McNemar p = {d['mcnemar_p']:.2g}"
        )
    ]
    if not d["same_samples"]:
        lines.append(
            f"not the same price: {d['selection_samples']} samples a problem against "
            f"{d['baseline_samples']}; the fair baseline is {name} at {d['selection_samples']}"
        )
    if d["chosen_by"] != "validation":
        lines.append(f"{name} is picked by the problems scored, which flatters it")
    return lines


def points(interval: Mapping[str, Any]) -> str:
    """`+1.2 points [-0.4, +2.9]`."""
    value, low, high = (100 * interval[name] for name in ("value", "low", "high"))
    return f"{value:+z.1f} points [{low:+z.1f}, {high:+z.1f}]"


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

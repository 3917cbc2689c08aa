"""The table of `verify`: how accuracy moves from rung to rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from slm_mux.cli.table import money, share, table_console

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

STATES = ("correct", "incorrect", "undecided", "no_answer", "truncated", "failed")
HEADERS = (
    "after",
    "accuracy",
    "correct",
    "incorrect",
    "undecided",
    "no answer",
    "cut off",
    "failed",
)
LIMITS = {
    "sympy_time": "out of time",
    "sympy_memory": "out of memory",
    "sympy_depth": "nested too deep",
    "sympy_size": "too large",
    "sympy_died": "process died",
    "sympy_error": "error in SymPy",
    "sympy_unsupported": "not supported",
    "judge_unclear": "judge neither yes nor no",
    "judge_failed": "judge did not reply",
    "judge_length": "too long for the judge",
    "no_reference": "no reference answer",
}


def print_verification(
    summary: Mapping[str, Any], task: str, console: Console | None = None
) -> None:
    """Prints accuracy after each rung, of the selected answers and of each model's."""
    console = console or table_console()
    steps = summary["accuracy"]
    console.print(
        f"[bold]{escape(task)}[/bold]: {steps[-1]['n']:,} problems, kind {summary['kind']}; "
        "accuracy after each rung, with 95 % intervals",
        soft_wrap=True,
    )
    console.print(_rungs(steps))
    if len(summary["models"]) > 1:
        console.print(_models(summary["models"], summary["stages"]))
    for line in notes(summary):
        console.print(escape(line), soft_wrap=True)


def _rungs(steps: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(HEADERS, right_from=2)
    for step in steps:
        table.add_row(step["stage"], share(step), *(f"{step[state]:,}" for state in STATES))
    return table


def _models(models: Mapping[str, Sequence[Mapping[str, Any]]], stages: Sequence[str]) -> Table:
    table = _table(("model", *stages), right_from=len(stages) + 1)
    for name, steps in models.items():
        table.add_row(escape(name), *(share(step) for step in steps))
    return table


def _table(headers: Sequence[str], *, right_from: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, header in enumerate(headers):
        table.add_column(header, justify="right" if at >= right_from else "left", overflow="fold")
    return table


def notes(summary: Mapping[str, Any]) -> list[str]:
    """What decided, what limits were hit, and what the judge used."""
    by = ", ".join(f"{stage} {count}" for stage, count in summary["decided_by"].items())
    lines = [f"decided by: {by}"] if by else []
    if summary["limits"]:
        hit = (f"{LIMITS.get(limit, limit)} {n}" for limit, n in summary["limits"].items())
        lines.append("answers left undecided by a limit: " + ", ".join(hit))
    if summary["judge"] is not None:
        lines.append(_judge(summary["judge"]))
    return lines


def _judge(judge: Mapping[str, Any]) -> str:
    cost = "" if judge["cost"] is None else f", {money(judge['cost'])}"
    return (
        f"judge {judge['model']}: {judge['asked']:,} asked, {judge['cached']:,} from the cache, "
        f"{judge['failed']:,} failed; {judge['token_usage']['total_tokens']:,} tokens{cost}"
    )

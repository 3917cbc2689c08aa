"""The table of `verify`: how accuracy moves from rung to rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from slm_mux.cli.table import WIDE, money, share, table_console, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

STATES = {
    "correct": "correct",
    "incorrect": "incorrect",
    "undecided": "undecided",
    "no_answer": "no answer",
    "truncated": "cut off",
    "failed": "failed",
}
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
    wide = console.width >= WIDE
    console.print(_rungs(steps, wide=wide))
    if len(summary["models"]) > 1:
        console.print(_models(summary["models"], summary["stages"], wide=wide))
    for line in notes(summary):
        console.print(escape(line), soft_wrap=True)


def _rungs(steps: Sequence[Mapping[str, Any]], *, wide: bool) -> Table:
    """On a narrow terminal without the states that nothing is in."""
    states = [state for state in STATES if wide or any(step[state] for step in steps)]
    table = table_of(["after", "accuracy", *(STATES[state] for state in states)], left=1)
    for step in steps:
        table.add_row(step["stage"], share(step), *(f"{step[state]:,}" for state in states))
    return table


def _models(
    models: Mapping[str, Sequence[Mapping[str, Any]]], stages: Sequence[str], *, wide: bool
) -> Table:
    """On a narrow terminal the first rung and the last."""
    shown = range(len(stages)) if wide else sorted({0, len(stages) - 1})
    table = table_of(["model", *(stages[at] for at in shown)], left=len(shown))
    for name, steps in models.items():
        table.add_row(escape(name), *(share(steps[at]) for at in shown))
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

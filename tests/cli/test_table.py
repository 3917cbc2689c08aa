"""The final table: everything is on it, at any width, and texts are never markup."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from slm_mux.cli.table import points, print_table, print_wide, table_of


def interval(value: float) -> dict[str, float]:
    return {"value": value, "low": value / 2, "high": value, "n": 10}


def figures(*, cost: float | None = None) -> dict[str, Any]:
    states = {"unparsed": 21, "truncated": 22, "failed": 23}
    outcomes = {"no_answer": 1, "truncated": 2, "failed": 3, "undecided": 4}
    models = [
        {
            "name": f"[red]{name}",
            "single_sample": interval(0.25),
            "self_consistency": interval(0.5),
            "samples": states,
            "token_usage": {"total_tokens": 12345},
            "mean_latency_s": 1.5,
            "cost": cost,
        }
        for name in "ab"
    ]
    return {
        "task": "t",
        "settings": {
            "samples": 3, "profile": "canonical", "selector": "mux", "tie": "accuracy",
            "stop": "none", "validation_accuracy": None,
        },
        "models": models,
        "accuracy": {**interval(0.75), **outcomes},
        "oracle": interval(0.875),
        "token_usage": {"total_tokens": 24690},
        "cost": cost,
        "decided_by": {"confidence": 7, "order": 3},
        "short": [{"problem_id": "p", "model": "a"}],
    }  # fmt: skip


def printed(width: int, **about: Any) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_table(figures(**about), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 140])
def test_everything_is_on_it(width: int) -> None:
    text = printed(width)
    for part in (
        "[red]a", "25.0 % [12.5, 25.0]", "50.0 % [25.0, 50.0]", "75.0 % [37.5, 75.0]",
        "87.5 % [43.8, 87.5]", "21", "22", "23", "12,345", "1.50", "SLM-MUX", "oracle",
        "one model surest 7, tie, by pool order 3", "no validation accuracy is known",
        "undecided: 4", "short: 1",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize("width", [80, 140])
def test_cost_is_shown_where_it_is_known(width: int) -> None:
    assert "cost" not in printed(width)
    assert "$0.1250" in printed(width, cost=0.125)


def test_a_narrow_terminal_loses_no_column() -> None:
    text = io.StringIO()
    table = table_of(["model", *(f"column {at}" for at in range(12))], left=0)
    table.add_row("m", *(f"value {at}" for at in range(12)))
    print_wide(Console(file=text, width=40, highlight=False), table)
    header, row = text.getvalue().splitlines()
    assert all(f"column {at}" in header and f"value {at}" in row for at in range(12))


def test_what_is_rounded_to_nothing_has_no_sign() -> None:
    difference = {"value": -0.0001, "low": -0.02, "high": -0.0}
    assert points(difference) == "+0.0 points [-2.0, +0.0]"

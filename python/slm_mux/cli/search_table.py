"""The tables of `slm-mux search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from slm_mux.cli.table import points, print_wide, share, table_console, table_of
from slm_mux.cli.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

SHOWN_TIES = 3


def print_search(data: Mapping[str, Any]) -> None:
    """Print the best pools, how they did elsewhere, rankings and the sweep."""
    console = table_console()
    console.print(_heading(data), soft_wrap=True)
    _best(console, data["sizes"])
    if data["test_problems"] is None:
        console.print(
            "in-sample: chosen by these very problems, so the figures are optimistic: "
            "give others with --test",
            soft_wrap=True,
        )
    else:
        _tests(console, data)
    for one in data["sizes"]:
        _ranking(console, one)
    _sweep(console, data["sweep"])


def _heading(data: Mapping[str, Any]) -> str:
    settings = data["settings"]
    about = {
        "paper": f"union - {settings['lambda']:g} x contradictions",
        "expected": "expected accuracy of SLM-MUX",
    }
    return escape(
        f"{plain(data['task'])}: {len(data['models'])} models, "
        f"{data['validation_problems']:,} validation problems; {about[settings['objective']]}"
    )


def names(members: Sequence[str]) -> str:
    """Members in one cell."""
    return escape(" + ".join(plain(name) for name in members))


def _best(console: Console, sizes: Sequence[Mapping[str, Any]]) -> None:
    table = table_of(
        ["models", "best pool", "score", "union", "contradict", "tied", "pools", "another wins"],
        left=2,
    )
    for one in sizes:
        stability = one["stability"]
        table.add_row(
            str(one["size"]),
            names(one["members"]),
            *_score(one),
            str(one["tied"]),
            f"{one['subsets']:,}",
            "-" if stability is None else f"{100 * stability['other_won']:.0f} %",
        )
    print_wide(console, table)
    for one in sizes:
        others = [names(tie) for tie in one["ties"] if tie != one["members"]]
        if others:
            more = "" if one["tied"] <= SHOWN_TIES + 1 else ", …"
            console.print(f"as good: {'; '.join(others[:SHOWN_TIES])}{more}", soft_wrap=True)
    if any(one["stability"] for one in sizes):
        console.print(
            "another wins: how often another pool is the best where as many problems are drawn "
            "again",
            soft_wrap=True,
        )


def _score(one: Mapping[str, Any]) -> list[str]:
    counts = (one["union"], one["contradictions"])
    interval = one.get("interval")
    score = share(interval) if interval else f"{one['score']:.4f}"
    return [score, *("-" if n is None else f"{n:,}" for n in counts)]


def _tests(console: Console, data: Mapping[str, Any]) -> None:
    console.print(f"on {data['test_problems']:,} other problems, with 95 % intervals:")
    table = table_of(["models", "SLM-MUX", "random pools", "gain on random"], left=1)
    for one in data["sizes"]:
        test = one["test"]
        random = test["random"]
        error = random["standard_error"]
        noise = "" if error is None else f" ± {100 * error:.2f}"
        table.add_row(
            str(one["size"]),
            share(test["accuracy"]),
            share(random["accuracy"]) + noise,
            points(random["gain"]),
        )
    print_wide(console, table)
    for one in data["sizes"]:
        single = one["test"]["difference_to_best_single"]
        if single is not None:
            same = (
                ""
                if single["same_samples"]
                else f" (the pool votes over {single['selection_samples']})"
            )
            console.print(
                f"{one['size']} models against {escape(plain(single['baseline']))} at "
                f"{single['baseline_samples']} samples{same}: {points(single)}, "
                f"McNemar p = {single['mcnemar_p']:.2g}",
                soft_wrap=True,
            )


def _ranking(console: Console, one: Mapping[str, Any]) -> None:
    if not one["ranking"]:
        return
    table = table_of(["rank", f"pools of {one['size']}", "score", "union", "contradict"], left=2)
    for rank, subset in enumerate(one["ranking"], 1):
        table.add_row(str(rank), names(subset["members"]), *_score(subset))
    print_wide(console, table)


def _sweep(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    table = table_of(["λ", "best pool", "score", "union", "contradict", "tied"], left=2)
    for row in rows:
        for one in row["sizes"]:
            tied = str(one["tied"])
            table.add_row(f"{row['lambda']:g}", names(one["members"]), *_score(one), tied)
    print_wide(console, table)

"""What stopping early saves without changing answers, and rules that change some.

    python benches/studies/stopping.py --output stopping.json

Reads `pools.tar.gz` in $SLM_MUX_DATA. Every pair and triple of members is asked again, problem by
problem, in random draws of its recorded samples: by the lossless rule, one by one and in rounds
(`AnswerTable.replay_stopping`), and by the published early exit. Single members are asked up to
forty samples by the lossless rule, by adaptive-consistency and by windows of early-stopping
self-consistency. Ties, weights and the order of asking go by the accuracies on the half of the
problems in which a problem is not. Figures are averaged per problem over draws and pools; errors
are a bootstrap over problems, because draws and pools share them.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import default_rng
from numpy.typing import NDArray
from selecting import Drawn, Pool, draw, recorded

from slm_mux import AnswerTable
from slm_mux.stopping import Replay
from slm_mux.types import Abstain, Tie

KS = (3, 5, 9)
SIZES = (2, 3)
RULES: dict[str, tuple[str, Abstain, Tie]] = {
    "mux": ("mux", "count", "accuracy"),
    "mux/drop": ("mux", "drop", "accuracy"),
    "mux/order": ("mux", "count", "order"),
    "majority": ("majority", "count", "accuracy"),
    "weighted": ("weighted", "count", "accuracy"),
}
MOST = 64
"""Samples of a problem that a round may have."""
LONG = 40
"""Samples of a single member, as the rules for these were published."""
THRESHOLD = 0.95
WIDTH = 5
TRIALS = {"math500": 10, "aime2025": 60}
DRAWS = 1000
PRICES = np.geomspace(0.01, 1, 81)
"""Of a prompt, in responses."""
THRESHOLDS = (0.0, 0.02, 0.03, 0.05, 0.07, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.5, 1.0)
Floats = NDArray[np.float64]
Accuracies = Sequence[Mapping[str, float]]


# --- rules that change answers; keys are numbers in the order of asking, -1 for none


@dataclass(frozen=True)
class Stopped:
    """How many samples a rule asked, and the key that it takes."""

    asked: int
    key: int


def plurality(keys: Sequence[int]) -> int:
    """Self-consistency: the most frequent key, of equal ones the first seen."""
    counts = Counter(key for key in keys if key >= 0)
    return counts.most_common(1)[0][0] if counts else -1


def unanimous(firsts: Sequence[int]) -> bool:
    """The published early exit of SLM-MUX: the first samples of all members agree."""
    return firsts[0] >= 0 and len(set(firsts)) == 1


@cache
def surer(top: int, second: int) -> float:
    """P(p > 1/2) for p of Beta(top + 1, second + 1), a tail of the binomial distribution."""
    tosses = top + second + 1
    return sum(comb(tosses, heads) for heads in range(top + 1)) / float(2**tosses)


def adaptive(keys: Sequence[int], threshold: float = THRESHOLD) -> Stopped:
    """Adaptive-consistency (arXiv 2305.11860): stop once the top key is probably ahead."""
    counts: Counter[int] = Counter()
    for asked, key in enumerate(keys, 1):
        counts.update([key] if key >= 0 else [])
        top, second = ([count for _, count in counts.most_common(2)] + [0, 0])[:2]
        if surer(top, second) > threshold:
            return Stopped(asked, plurality(keys[:asked]))
    return Stopped(len(keys), plurality(keys))


def windows(keys: Sequence[int], width: int = WIDTH) -> Stopped:
    """ESC (arXiv 2401.10480): stop once the samples of a window agree; then vote on all so far."""
    for end in range(width, len(keys) + 1, width):
        if unanimous(keys[end - width : end]):
            return Stopped(end, plurality(keys[:end]))
    return Stopped(len(keys), plurality(keys))


# --- sums over draws and pools


@dataclass
class Sums:
    """By cell and problem sums of the figures that `ASKED` or `CHANGED` names; by pool as well."""

    problems: int
    cells: dict[str, Floats] = field(default_factory=dict)
    pools: dict[str, Floats] = field(default_factory=dict)

    def add(self, cell: str, problem: int, figures: Sequence[float], pool: str = "") -> None:
        """Add `figures` of one problem."""
        values = np.asarray(figures, dtype=float)
        sums = self.cells.setdefault(cell, np.zeros((len(values), self.problems)))
        sums[:, problem] += values
        if pool:
            self.pools[f"{cell} {pool}"] = self.pools.get(f"{cell} {pool}", 0) + values

    def join(self, other: Sums) -> None:
        """Add what another process found."""
        for mine, theirs in ((self.cells, other.cells), (self.pools, other.pools)):
            for name, values in theirs.items():
                mine[name] = mine.get(name, 0) + values


ASKED = ("decisions", "all", "members", "asked", "equal", "asked_r", "equal_r", "rounds", "prompts")
"""Of lossless stopping: all samples, one request for each member; what single calls asked; what
rounds asked, waited for and were billed."""
CHANGED = ("decisions", "all", "asked", "differs", "right", "right_all")
"""Of the other rules."""


def subsets(pool: Pool) -> Iterator[tuple[str, ...]]:
    """Every pair and triple."""
    for size in SIZES:
        yield from combinations(pool.members, size)


def halves(pool: Pool, seed: int) -> tuple[NDArray[np.int64], Accuracies]:
    """The half of each problem, and by half the accuracies on the other one."""
    half = np.zeros(pool.problems, dtype=int)
    half[default_rng([seed, 1]).permutation(pool.problems)[pool.problems // 2 :]] = 1
    known = []
    for side in (0, 1):
        others = np.flatnonzero(half != side)
        right = [[np.isin(cell, [*pool.right[p]]).mean() for cell in pool.keys[p]] for p in others]
        known.append(dict(zip(pool.members, np.mean(right, axis=0).tolist(), strict=True)))
    return half, known


def one_problem(pool: Pool, problem: int) -> AnswerTable:
    """All recorded samples of a problem."""
    cells = pool.keys[problem]
    sizes = [len(cell) for cell in cells]
    keys = np.concatenate(cells)
    rows = pa.table(
        {
            "problem_id": [str(problem)] * len(keys),
            "model": np.repeat(pool.members, sizes),
            "sample_index": np.concatenate([np.arange(size) for size in sizes]),
            "key": pa.array(keys.astype(str), mask=keys < 0),
        }
    )
    return AnswerTable.from_samples(rows, members=pool.members)


def replayed(ask: Callable[..., Replay], members: int) -> list[float]:
    """The figures `ASKED` of one problem; `ask` is a replay that lacks only `most`."""
    single, rounds = ask(most=1), ask(most=MOST)
    times = single.decisions
    return [
        times,
        single.total.all,
        times * members,
        single.total.asked,
        single.equal,
        rounds.total.asked,
        rounds.equal,
        rounds.rounds * times,
        rounds.total.requests,
    ]


def lossless(pool: Pool, problem: int, known: Mapping[str, float], trials: int, sums: Sums) -> None:
    """Replay one problem with every pool and every member alone."""
    table = one_problem(pool, problem)
    ask = partial(
        table.replay_stopping, validation_accuracy=known, trials=trials, seed=problem
    )  # the seed tells the draws alone: ties go by accuracy
    for members in subsets(pool):
        for k in KS:
            for rule, (selector, abstain, tie) in RULES.items():
                play = partial(ask, members, k, selector=selector, abstain=abstain, tie=tie)
                cell = f"{pool.name} {len(members)} {k} {rule}"
                found = replayed(play, len(members))
                sums.add(cell, problem, found, ",".join(members))
    for name in pool.members:
        found = replayed(partial(ask, [name], LONG, selector=f"single:{name}"), 1)
        sums.add(f"{pool.name} 1 {LONG} lossless", problem, found)


def changed(pool: Pool, problem: int, full: int, stopped: Stopped, all_: int) -> list[float]:
    """The figures `CHANGED` of one decision."""
    right = pool.right[problem]
    return [
        1, all_, stopped.asked, stopped.key != full, stopped.key in right, full in right
    ]  # fmt: skip


def alone(pool: Pool, problem: int, trials: int, seed: int, sums: Sums) -> None:
    """Stop single members by the two published rules."""
    rng = default_rng([seed, 2, problem])
    for cell in pool.keys[problem]:
        for _ in range(trials):
            keys = rng.permutation(cell)[:LONG].tolist()
            full = plurality(keys)
            for name, rule in (("adaptive", adaptive), ("windows", windows)):
                found = changed(pool, problem, full, rule(keys), len(keys))
                sums.add(f"{pool.name} 1 {LONG} {name}", problem, found)


def early_exit(
    drawn: Drawn, problems: Sequence[int], known: Mapping[str, float], sums: Sums
) -> None:
    """Decide one draw of some problems by the published early exit, else by `mux`."""
    pool = drawn.pool
    for k in KS:
        table = drawn.table(k, problems)
        for members in subsets(pool):
            keys = table.select("mux", order=members, validation_accuracy=known).keys
            at = [pool.members.index(name) for name in members]
            for problem, key in zip(problems, keys, strict=True):
                firsts = drawn.keys[problem, at, 0].tolist()
                full = -1 if key is None else int(key)
                size = len(members)
                exits = unanimous(firsts)
                stopped = Stopped(size, firsts[0]) if exits else Stopped(size * k, full)
                found = changed(pool, problem, full, stopped, size * k)
                sums.add(f"{pool.name} {size} {k} unanimous", problem, found)


def study(pool: Pool, problems: Sequence[int], trials: int, seed: int) -> Sums:
    """All sums over some problems of a pool."""
    sums = Sums(pool.problems)
    half, known = halves(pool, seed)
    for problem in problems:
        lossless(pool, problem, known[half[problem]], trials, sums)
        alone(pool, problem, trials, seed, sums)
    for trial in range(trials):
        drawn = draw(pool, default_rng([seed, 3, trial]))
        for side in (0, 1):
            mine = [problem for problem in problems if half[problem] == side]
            if mine:
                early_exit(drawn, mine, known[side], sums)
    return sums


def work(task: str, part: tuple[int, int], trials: int, seed: int) -> Sums:
    """The sums of one process, which takes one problem in `part[1]`."""
    pool = recorded(task)
    return study(pool, range(part[0], pool.problems, part[1]), trials, seed)


# --- figures and their errors


def of_lossless(at: Mapping[str, Floats]) -> dict[str, Floats]:
    """Figures from the means of `ASKED`; per decision where they are no shares."""
    return {
        "saved": 100 * (1 - at["asked"] / at["all"]),
        "saved_in_rounds": 100 * (1 - at["asked_r"] / at["all"]),
        "waits": at["asked"],
        "waits_in_rounds": at["rounds"],
        "prompts_in_rounds": at["prompts"],
        "break_even": (at["asked_r"] - at["asked"]) / (at["asked"] - at["prompts"]),
    }


def of_changed(at: Mapping[str, Floats]) -> dict[str, Floats]:
    """Figures from the means of `CHANGED`, in points of a hundred."""
    return {
        "saved": 100 * (1 - at["asked"] / at["all"]),
        "differs": 100 * at["differs"],
        "gain": 100 * (at["right"] - at["right_all"]),
        "accuracy_of_all": 100 * at["right_all"],
    }


def summary(sums: Floats, seed: int) -> dict[str, float]:
    """Figures with standard errors and, for the break-even, a 95 % interval."""
    names, figures = (ASKED, of_lossless) if len(sums) == len(ASKED) else (CHANGED, of_changed)
    means = sums / sums[0]
    chosen = default_rng(seed).integers(0, means.shape[1], (DRAWS, means.shape[1]))
    again = figures(dict(zip(names, means[:, chosen].mean(axis=2), strict=True)))
    found = {}
    for name, value in figures(dict(zip(names, means.mean(axis=1), strict=True))).items():
        found[name] = float(value)
        found[f"{name}_se"] = float(again[name].std())
        if name == "break_even":
            low, high = np.quantile(again[name], [0.025, 0.975])
            found |= {"low": float(low), "high": float(high)}
    totals = dict(zip(names, sums.sum(axis=1), strict=True))
    kept = ("decisions", "equal", "equal_r")
    return found | {name: int(totals[name]) for name in kept if name in totals}


def regrets(pools: Sequence[Floats]) -> dict[str, tuple[float, float]]:
    """By threshold what going by it costs more than the better way, in %: on average and at worst.

    A threshold asks in rounds from this price of a prompt on; averages are over pools and `PRICES`.
    """
    sums = dict(zip(ASKED, np.asarray(pools).T[:, :, np.newaxis], strict=True))
    single = sums["asked"] * (1 + PRICES)
    rounds = sums["asked_r"] + sums["prompts"] * PRICES
    best = np.minimum(single, rounds)
    found = {}
    for threshold in THRESHOLDS:
        extra = 100 * (np.where(threshold <= PRICES, rounds, single) / best - 1)
        found[str(threshold)] = (float(extra.mean()), float(extra.max()))
    return found


def thresholds(pools: Mapping[str, Floats]) -> dict[str, dict[str, tuple[float, float]]]:
    """The regrets by task and rule over pools and k; and over tasks, each counting the same."""
    by_rule: dict[str, dict[str, list[Floats]]] = {}
    for name, sums in pools.items():
        task, _, _, rule, _ = name.split(maxsplit=4)
        by_rule.setdefault(rule, {}).setdefault(task, []).append(sums)
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for rule, tasks in by_rule.items():
        each = {task: regrets(sums) for task, sums in tasks.items()}
        found |= {f"{task} {rule}": costs for task, costs in each.items()}
        found[f"all {rule}"] = {
            str(one): (
                sum(costs[str(one)][0] for costs in each.values()) / len(each),
                max(costs[str(one)][1] for costs in each.values()),
            )
            for one in THRESHOLDS
        }
    return found


# --- tables

NAMES = {"math500": "MATH-500", "aime2025": "AIME 2025"}
Cells = Mapping[str, Mapping[str, float]]


def table(title: str, columns: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """Markdown, with a title; `columns` with bars between."""
    head = [f"{title}:", "", f"| {columns} |", "|---" * len(columns.split("|")) + "|"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows), ""]


def shown(figures: Mapping[str, float], name: str, digits: int = 1, sign: str = "") -> str:
    """A figure with its error."""
    return f"{figures[name]:{sign}.{digits}f} ± {figures[f'{name}_se']:.{digits}f}"


def rows_of(cells: Cells, rule: str) -> list[tuple[str, list[str]]]:
    """The cells that `rule` was tried on, less the rule, and how a row of each starts."""
    found = [cell.rpartition(" ")[0] for cell in cells if cell.split()[3] == rule]
    names = [cell.split() for cell in found]
    starts = [[NAMES.get(task, task), size, k] for task, size, k in names]
    return list(zip(found, starts, strict=True))


def most(cells: Cells, rules: Sequence[str], one: str, other: str) -> float:
    """The largest difference of two figures over the cells of `rules`."""
    found = [figures for cell, figures in cells.items() if cell.split()[3] in rules]
    return max(abs(figures[one] - figures[other]) for figures in found)


def mux_rows(cells: Cells) -> list[list[str]]:
    """What `mux` saves."""
    rows = []
    for cell, start in rows_of(cells, "mux"):
        count, drop, order = (cells[f"{cell} {rule}"] for rule in ("mux", "mux/drop", "mux/order"))
        both = [shown(one, name) for one in (count, drop) for name in ("saved", "saved_in_rounds")]
        waits = [shown(order, "saved"), shown(count, "waits"), shown(count, "waits_in_rounds", 2)]
        price = f"{count['break_even']:.3f} [{count['low']:.3f}, {count['high']:.3f}]"
        rows.append([*start, *both, *waits, price])
    return rows


def pooled_rows(cells: Cells) -> list[list[str]]:
    """What `majority` and `weighted` save."""
    rows = []
    for cell, start in rows_of(cells, "majority"):
        row = list(start)
        for rule in ("majority", "weighted"):
            at = cells[f"{cell} {rule}"]
            row += [shown(at, "saved"), shown(at, "waits")]
            row += [shown(at, "waits_in_rounds", 2), shown(at, "prompts_in_rounds", 2)]
        rows.append(row)
    return rows


def early_rows(cells: Cells) -> list[list[str]]:
    """The published early exit beside lossless stopping."""
    rows = []
    for cell, start in rows_of(cells, "unanimous"):
        at = cells[f"{cell} unanimous"]
        saved = [shown(cells[f"{cell} mux"], "saved"), shown(at, "saved")]
        changes = [shown(at, "differs", 2), shown(at, "gain", 2, "+")]
        rows.append([*start, *saved, *changes, f"{at['accuracy_of_all']:.2f}"])
    return rows


def alone_rows(cells: Cells) -> list[list[str]]:
    """Single members by each rule."""
    rows = []
    for cell, (task, *_) in rows_of(cells, "lossless"):
        at = cells[f"{cell} lossless"]
        same = f"{at['decisions'] - at['equal']} of {at['decisions']}"
        rows.append([task, "lossless", shown(at, "saved"), same, ""])
        for rule in ("adaptive", "windows"):
            at = cells[f"{cell} {rule}"]
            changes = [shown(at, "differs", 2), shown(at, "gain", 2, "+")]
            rows.append([task, rule, shown(at, "saved"), *changes])
    return rows


def tables(found: Mapping[str, Any]) -> str:
    """All as Markdown."""
    cells: Cells = found["cells"]
    every = [figures for figures in cells.values() if "equal" in figures]
    equal = sum(figures["equal"] + figures["equal_r"] for figures in every)
    start = "pool | models | k"
    waits = "waits | in rounds"
    mux = f"{start} | not asked, % | in rounds | `drop` | in rounds | ties by order | {waits}"
    each = f"{waits} | prompts in rounds"
    pooled = f"{start} | not asked, % | {each} | `weighted` | {each}"
    changes = "answers that differ, % | change of accuracy"
    costs = [
        [rule, *(f"{mean:.2f} / {worst:.1f}" for mean, worst in by.values())]
        for rule, by in found["thresholds"].items()
    ]
    lines = [f"Lossless: {equal} of {2 * sum(one['decisions'] for one in every)} equal", ""]
    more = most(cells, ("mux", "mux/drop", "mux/order"), "waits_in_rounds", "prompts_in_rounds")
    title = f"`mux`; prompts in rounds are as many as rounds, within {more:.3f}"
    lines += table(title, f"{mux} | break-even", mux_rows(cells))
    more = most(cells, ("majority", "weighted"), "saved", "saved_in_rounds")
    title = f"`majority` and `weighted`; rounds ask the same samples, within {more:.3f} points"
    lines += table(title, pooled, pooled_rows(cells))
    lossless = f"{start} | lossless: not asked, % | early exit | {changes} | accuracy of all"
    lines += table("The early exit", lossless, early_rows(cells))
    lines += table("Single models", f"pool | rule | not asked, % | {changes}", alone_rows(cells))
    title = "Cost beyond the better way's when going by a threshold, %, on average / at worst"
    return "\n".join(lines + table(title, f"| {' | '.join(map(str, THRESHOLDS))}", costs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, help=f"Draws of each problem; default {TRIALS}.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tasks", nargs="+", default=list(TRIALS))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--tables", action="store_true", help="Print an earlier output.")
    asked = parser.parse_args()
    if not asked.tables:
        asked.output.write_text(json.dumps(measured(asked), indent=1))
    found = json.loads(asked.output.read_text())
    print(f"seed {found['seed']}, trials {found['trials']}\n\n{tables(found)}")


def measured(asked: argparse.Namespace) -> dict[str, object]:
    """Run the study as asked."""
    cells: dict[str, dict[str, float]] = {}
    pools: dict[str, Floats] = {}
    trials = {task: asked.trials or TRIALS[task] for task in asked.tasks}
    parts = [(at, asked.processes) for at in range(asked.processes)]
    for task in asked.tasks:
        run = partial(work, task, trials=trials[task], seed=asked.seed)
        with ProcessPoolExecutor(asked.processes) as processes:
            first, *others = processes.map(run, parts)
        for other in others:
            first.join(other)
        pools |= first.pools
        cells |= {cell: summary(sums, asked.seed) for cell, sums in first.cells.items()}
    return {"seed": asked.seed, "trials": trials, "cells": cells, "thresholds": thresholds(pools)}


if __name__ == "__main__":
    main()

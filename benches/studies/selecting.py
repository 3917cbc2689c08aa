"""Every selector against `mux` and the best single member, on recorded pools.

    python benches/studies/selecting.py --splits 200 --output selectors.json

Reads `pools.tar.gz` in $SLM_MUX_DATA. A split draws samples anew from the recorded ones, in random
order without replacement, and divides the problems into validation and test at random; every pair
and triple of members is decided by every selector at each k. Validation tells accuracies, weights
and which single member is best; test problems count. A difference is averaged per problem over
all splits and subsets in which it was a test problem; its standard error is a bootstrap over
problems, because splits and subsets share them.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from slm_mux import AnswerTable
from slm_mux.study.calibration import calibrate
from slm_mux.study.recorded import Wanted, load

KS = (2, 3, 5, 9)
SIZES = (2, 3)
RULES = ("majority", "weighted", "switch", "unanimous", "calibrated", "oracle")
FEW = {"math500": (20, 50, 100), "aime2025": (8,)}
"""Numbers of validation problems beside half of all."""
DRAWS = 1000
Right = NDArray[np.float64]


@dataclass
class Pool:
    """Recorded answers: by problem and member the key numbers (-1: none) and what is correct."""

    name: str
    members: list[str]
    problems: int
    keys: list[list[NDArray[np.int64]]]
    right: list[set[int]]


def recorded(task: str) -> Pool:
    """Read one task of the pools."""
    path = Path(os.environ["SLM_MUX_DATA"], "pools.tar.gz")
    table = load([path], Wanted(task=task, kind="math")).table
    members = table.members
    keys, right = [], []
    for candidates in table.candidates(members):
        right.append({at for at, one in enumerate(candidates) if one.correct})
        drawn = []
        for place in range(len(members)):
            counts = [one.votes[place][0] for one in candidates]
            size = candidates[0].votes[place][1] if candidates else 0
            numbers = np.repeat(np.arange(len(counts)), counts)
            drawn.append(np.concatenate([numbers, np.full(size - sum(counts), -1)]))
        keys.append(drawn)
    return Pool(task, members, len(keys), keys, right)


@dataclass
class Drawn:
    """One split's samples: in drawn order, `most` of each member on each problem."""

    pool: Pool
    keys: NDArray[np.int64]

    def table(self, samples: int, problems: Sequence[int]) -> AnswerTable:
        """The first samples of each cell."""
        keys = self.keys[np.asarray(problems), :, :samples]
        count, members, _ = keys.shape
        flat = keys.reshape(-1)
        problem = np.repeat(np.asarray(problems), members * samples)
        correct = np.array(
            [key in self.pool.right[p] for p, key in zip(problem, flat, strict=True)]
        )
        rows = pa.table(
            {
                "problem_id": problem.astype(str),
                "model": np.tile(np.repeat(self.pool.members, samples), count),
                "sample_index": np.tile(np.arange(samples), count * members),
                "key": pa.array(flat.astype(str), mask=flat < 0),
                "correct": correct,
            }
        )
        return AnswerTable.from_samples(
            rows, problems=[str(p) for p in problems], members=self.pool.members
        )

    def accuracy(self, samples: int, problems: Sequence[int]) -> dict[str, float]:
        """Single-sample accuracies."""
        keys = self.keys[np.asarray(problems), :, :samples]
        right = [
            [[key in self.pool.right[p] for key in cell] for cell in row]
            for p, row in zip(problems, keys, strict=True)
        ]
        means = np.asarray(right, dtype=float).mean(axis=(0, 2))
        return dict(zip(self.pool.members, means.tolist(), strict=True))


def draw(pool: Pool, rng: Generator) -> Drawn:
    """Draw as many samples of each cell as any comparison needs."""
    most = max(KS) * max(SIZES)
    cells = [[rng.permutation(cell)[:most] for cell in row] for row in pool.keys]
    return Drawn(pool, np.asarray(cells))


def verdicts(table: AnswerTable, selector: str, **options: Any) -> Right:
    """1 where the decision is correct."""
    correct = table.select(selector, **options).correct
    return np.fromiter((one is True for one in correct), dtype=float, count=len(correct))


@dataclass
class Sums:
    """By cell and rule, sums over splits and subsets per problem: accuracy, and two gains."""

    problems: int
    sums: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def add(self, cell: str, test: NDArray[np.int64], rights: Sequence[Right]) -> None:
        """Add `rights` (right, mux, single) of the test problems."""
        right, mux, single = rights
        sums = self.sums.setdefault(cell, np.zeros((4, self.problems)))
        sums[0, test] += 1
        for at, values in enumerate((right, right - mux, right - single), 1):
            sums[at, test] += values


def split(pool: Pool, seed: int, sums: Sums) -> None:
    """One random draw, one random division."""
    rng = default_rng([seed, pool.problems])
    drawn = draw(pool, rng)
    order = rng.permutation(pool.problems)
    half = pool.problems // 2
    test = np.sort(order[half:])
    tables = {k: drawn.table(k, test.tolist()) for k in KS}
    singles = _Singles(drawn, test, np.sort(order[:half]))
    for validated in (half, *FEW[pool.name]):
        known = np.sort(order[:validated]).tolist()
        for k in KS:
            accuracy = drawn.accuracy(k, known)
            validation = drawn.table(k, known)
            for size in SIZES:
                for members in combinations(pool.members, size):
                    cell = f"{pool.name} {size} {k} {validated}"
                    at = (drawn.pool, cell, test, sums)
                    _subset(at, tables[k], validation, members, accuracy, singles.best(members, k))


def _subset(  # noqa: PLR0913, PLR0917
    at: tuple[Pool, str, NDArray[np.int64], Sums],
    table: AnswerTable,
    validation: AnswerTable,
    members: Sequence[str],
    accuracy: dict[str, float],
    single: Right,
) -> None:
    pool, cell, test, sums = at
    known = {member: accuracy[member] for member in members}
    options: dict[str, Any] = {"order": members, "validation_accuracy": known}
    mux = verdicts(table, "mux", **options)
    sums.add(f"{cell} mux", test, (mux, mux, single))
    half = f"{cell}".endswith(f" {pool.problems // 2}")
    for rule in RULES if half else ("weighted", "calibrated"):
        if rule == "calibrated":
            options["weights"] = calibrate(validation, members).weights
        sums.add(f"{cell} {rule}", test, (verdicts(table, rule, **options), mux, single))


class _Singles:
    """Self-consistency of each member at M·k samples; the best by validation."""

    def __init__(self, drawn: Drawn, test: NDArray[np.int64], known: NDArray[np.int64]) -> None:
        everything = list(range(drawn.pool.problems))
        self._known, self._test, self._rights = known, test, {}
        for samples in {size * k for size in SIZES for k in KS}:
            table = drawn.table(samples, everything)
            for name in drawn.pool.members:
                self._rights[name, samples] = verdicts(table, f"single:{name}")

    def best(self, members: Sequence[str], k: int) -> Right:
        samples = len(members) * k
        best = max(members, key=lambda name: self._rights[name, samples][self._known].mean())
        return self._rights[best, samples][self._test]


def work(task: str, seeds: Sequence[int]) -> dict[str, NDArray[np.float64]]:
    """The sums of some splits."""
    pool = recorded(task)
    sums = Sums(pool.problems)
    for seed in seeds:
        split(pool, seed, sums)
    return sums.sums


def summary(sums: NDArray[np.float64]) -> dict[str, float]:
    """Means over problems in points of a hundred, with bootstrap standard errors."""
    seen = sums[0] > 0
    means = 100 * sums[1:, seen] / sums[0, seen]
    rng = default_rng(0)
    chosen = rng.integers(0, means.shape[1], (DRAWS, means.shape[1]))
    errors = means[:, chosen].mean(axis=2).std(axis=1)
    names = ("accuracy", "to_mux", "to_single")
    found = {name: float(mean) for name, mean in zip(names, means.mean(axis=1), strict=True)}
    return found | {f"{n}_se": float(e) for n, e in zip(names, errors, strict=True)}


def tables(cells: Mapping[str, Mapping[str, float]]) -> str:
    """The cells as Markdown, half of the problems for validation first."""
    lines: list[str] = []
    for title, name in (("mux", "to_mux"), ("the best single member", "to_single")):
        rules = ["mux", *RULES] if name == "to_single" else list(RULES)
        lines += [f"Difference to {title}, in points:", ""]
        lines += ["| pool | members | k | validation | mux | " + " | ".join(rules) + " |"]
        lines += ["|---" * (5 + len(rules)) + "|"]
        for cell in dict.fromkeys(cell.rpartition(" ")[0] for cell in cells):
            pool, size, k, known = cell.split()
            found = [cells.get(f"{cell} {rule}") for rule in rules]
            shown = [f"{f[name]:+.2f} ± {f[name + '_se']:.2f}" if f else "" for f in found]
            start = [pool, size, k, known, f"{cells[cell + ' mux']['accuracy']:.2f}"]
            lines.append("| " + " | ".join([*start, *shown]) + " |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tasks", nargs="+", default=["math500", "aime2025"])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--tables", action="store_true", help="Print an earlier output.")
    asked = parser.parse_args()
    if asked.tables:
        print(tables(json.loads(asked.output.read_text())["cells"]))
        return
    table: dict[str, dict[str, float]] = {}
    for task in asked.tasks:
        parts = [range(at, asked.splits, asked.processes) for at in range(asked.processes)]
        total: dict[str, NDArray[np.float64]] = {}
        with ProcessPoolExecutor(asked.processes) as processes:
            for found in processes.map(work, [task] * len(parts), parts):
                for cell, sums in found.items():
                    total[cell] = total.get(cell, 0) + sums
        for cell, sums in total.items():
            table[cell] = summary(sums)
            print(cell, {name: round(value, 2) for name, value in table[cell].items()}, flush=True)
        asked.output.write_text(json.dumps({"splits": asked.splits, "cells": table}, indent=1))


if __name__ == "__main__":
    main()

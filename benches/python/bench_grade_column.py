"""Times `slm_mux.grade` on a million short answers: as Arrow columns and as lists, in one run.

Prints one Markdown table: millions of answers a second by the clock and the ratio to the lists,
for an answer out of a few forms against a reference of such, and for numbers below 1,000, whose
pairs hardly repeat. Threads are those of `RAYON_NUM_THREADS`; the best of some runs counts.

    RAYON_NUM_THREADS=2 python benches/python/bench_grade_column.py
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa

import slm_mux

ROWS = 1_000_000
REPEATS = 5
FORMS = (
    "7",
    r"\frac{1}{2}",
    "12.5",
    "x=5",
    r"\boxed{3}",
    "42",
    "-3",
    r"\sqrt{2}",
    "(1,2)",
    "100",
    "0.25",
    "2x+1",
)


def main() -> None:
    """Print the table."""
    threads = os.environ.get("RAYON_NUM_THREADS", str(os.cpu_count()))
    print(f"{threads} threads, pyarrow {pa.__version__}, slm-mux {slm_mux.__version__};")
    print("millions of answers a second (x the lists)\n")
    print("| answers | lists | Arrow columns |")
    print("|---|---|---|")
    rng = random.Random(0)
    cases: dict[str, Callable[[], str]] = {
        "of twelve forms": lambda: rng.choice(FORMS),
        "numbers below 1,000": lambda: str(rng.randrange(1000)),
    }
    for name, answer in cases.items():
        answers = [answer() for _ in range(ROWS)]
        references = [answer() for _ in range(ROWS)]
        lists = rate(answers, references)
        arrow = rate(pa.array(answers), pa.array(references))
        print(f"| {name} | {lists:.2f} | {arrow:.2f} ({arrow / lists:.1f}x) |")


def rate(answers: Any, references: Any) -> float:
    """Millions of rows a second, at the best of some runs."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        slm_mux.grade(answers, references, kind="math")
        best = min(best, time.perf_counter() - start)
    return ROWS / best / 1e6


if __name__ == "__main__":
    main()

"""Times subset search and expected accuracy on made-up tables, search beside its plain reference.

Prints one Markdown table: milliseconds of the call from Python, the best of some runs, and for
search how many times as many subsets a second as the loops of `tests/reference/search.py` score,
whose cells are counted beforehand, too.

    RAYON_NUM_THREADS=2 python benches/python/bench_studies.py
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from itertools import combinations, islice
from math import comb
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from reference import search as reference
from reference import voting
from slm_mux import AnswerTable

PROBLEMS, REPEATS, TRIED = 500, 9, 300
Row = dict[str, Any]


def rows(members: int, samples: int, keys: int) -> list[Row]:
    """Members of unequal skill; `keys` answers a problem, the first of them right."""
    draw = random.Random(1)
    return [
        {"problem_id": str(problem), "model": f"m{at}", "sample_index": index, "key": key}
        for problem in range(PROBLEMS)
        for at in range(members)
        for index in range(samples)
        for key in (
            "0" if draw.random() < 0.3 + 0.3 * at / members else str(draw.randrange(1, keys)),
        )
    ]


REFERENCES = {str(problem): "0" for problem in range(PROBLEMS)}


def best(run: Callable[[], Any]) -> float:
    """Milliseconds of the fastest run."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def reference_rate(found: list[Row], members: int, size: int) -> float:
    """Subsets a second of the plain loops."""
    table, options = voting.from_samples(found, dict(REFERENCES)), reference.Options()
    known = reference.standings(table, table.members, options)
    subsets = list(islice(combinations([f"m{at}" for at in range(members)], size), TRIED))
    start = time.perf_counter()
    for subset in subsets:
        reference.score(known, table.problems, subset, options)
    return len(subsets) / (time.perf_counter() - start)


def main() -> None:
    print("| what | ms | against the reference |")
    print("|---|---:|---:|")
    for members, sizes in ((50, [5]), (20, [2, 3, 4, 5])):
        found = rows(members, 5, 8)
        table = AnswerTable.from_samples(found, references=REFERENCES)
        took = best(lambda table=table, sizes=sizes: table.search_subsets(sizes=sizes))
        subsets = sum(comb(members, size) for size in sizes)
        few = [row for row in found if int(row["model"][1:]) < 8]
        ratio = subsets / took * 1000 / reference_rate(few, 8, sizes[-1])
        print(f"| {subsets:,} subsets of {members} models | {took:.2f} | {ratio:,.0f}x |")
    table = AnswerTable.from_samples(rows(5, 80, 17), references=REFERENCES)
    took = best(lambda: table.expected_accuracy(table.members, 5))
    print(f"| expected accuracy, 5 models, 5 of 80 samples, 17 answers | {took:.2f} | |")


if __name__ == "__main__":
    main()

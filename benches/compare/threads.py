"""Sixteen threads grade the same million pairs: one result, and how fast.

Pairs are the recorded responses of the first round with their references, in another order in
every thread. Prints the rate of one thread, that of all together, and whether all agree.

    python benches/compare/threads.py --pairs 1000000
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import time
from concurrent.futures import ThreadPoolExecutor

from recorded import first_round

import slm_mux

THREADS = 16


def main() -> None:
    """Grade with one thread, then with all, and compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=1_000_000)
    wanted = options.parse_args().pairs
    rows = list(itertools.islice(itertools.cycle(first_round()), wanted))
    start = time.perf_counter()
    expected = digest([row["response"] for row in rows], [row["gold"] for row in rows], 0)
    alone = time.perf_counter() - start
    with ThreadPoolExecutor(THREADS) as threads:
        start = time.perf_counter()
        shifts = range(0, THREADS * 1000, 1000)
        found = list(threads.map(lambda shift: shifted(rows, shift), shifts))
        together = time.perf_counter() - start
    print(f"{wanted} pairs: {wanted / alone:,.0f}/s from one thread")
    print(f"{THREADS} threads: {THREADS * wanted / together:,.0f}/s together")
    print(f"threads that agree with the first: {sum(each == expected for each in found)}")


def shifted(rows: list[dict[str, str]], shift: int) -> str:
    """Grade from another row on."""
    turned = rows[shift:] + rows[:shift]
    return digest([row["response"] for row in turned], [row["gold"] for row in turned], shift)


def digest(responses: list[str], golds: list[str], shift: int) -> str:
    """The grades as one hash, in the order of the rows; a thousandth of them at a time."""
    grades: list[str] = []
    for at in range(0, len(responses), 1000):
        part = slm_mux.grade(responses[at : at + 1000], golds[at : at + 1000], kind="math")
        grades.extend("" if grade is None else "|".join(map(str, grade)) for grade in part)
    grades = grades[len(grades) - shift :] + grades[: len(grades) - shift]
    return hashlib.sha256("\n".join(grades).encode()).hexdigest()


if __name__ == "__main__":
    main()

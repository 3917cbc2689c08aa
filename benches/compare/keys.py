"""Speed of keys on one thread.

The MATH-500 reference answers as an Arrow column, as they are (repeated, and once in a
fresh process so that nothing is remembered) and with other digits in the same forms, so that no
text comes twice; plain numbers. The longest that any one text takes is for `make worst`.

    python benches/compare/keys.py
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time

import pyarrow as pa

os.environ["RAYON_NUM_THREADS"] = "1"  # read when the extension starts its threads

from recorded import math_500

import slm_mux

ROWS = 200_000
REPEATS = 7


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    answers = [row["answer"] for row in math_500()]
    if given.once:
        json.dump(seconds(answers), sys.stdout)
        return
    print(f"{platform.machine()}, Python {platform.python_version()}, one thread,")
    print(f"slm-mux {slm_mux.__version__}, pyarrow {pa.__version__}\n")
    rates(answers)


def rates(answers: list[str]) -> None:
    """Print keys a second."""
    rng = random.Random(0)
    cold = statistics.median(first_pass() for _ in range(21))
    print("| texts | keys/s |")
    print("|---|---|")
    print(f"| MATH-500 answers, first pass of a process | {len(answers) / cold:,.0f} |")
    repeated = answers * (ROWS // len(answers))
    cases = {
        "MATH-500 answers, repeated": repeated,
        "their forms with other digits": [
            redigit(rng, a) for a in answers * (ROWS // len(answers))
        ],
        "plain numbers": [plain_number(rng) for _ in range(5 * ROWS)],
    }
    for name, texts in cases.items():
        best = statistics.median(seconds(texts) for _ in range(REPEATS))
        print(f"| {name} | {len(texts) / best:,.0f} |")


def first_pass() -> float:
    """Seconds of one pass over the answers in a process of its own."""
    command = [sys.executable, __file__, "--once"]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def seconds(texts: list[str]) -> float:
    """CPU seconds of the keys of a column."""
    column = pa.array(texts)
    slm_mux.key(pa.array(["1"]), kind="math")
    start = time.process_time()
    slm_mux.key(column, kind="math")
    return time.process_time() - start


def redigit(rng: random.Random, answer: str) -> str:
    """Another number of the same length in place of each; single digits stay."""

    def other(found: re.Match[str]) -> str:
        size = len(found[0])
        return str(rng.randrange(10 ** (size - 1), 10**size))

    return re.sub(r"[1-9][0-9]+", other, answer)


def plain_number(rng: random.Random) -> str:
    """An integer, a decimal, or one with separators."""
    value = rng.randrange(10 ** rng.randint(1, 6))
    return rng.choice([str(value), str(value), f"{value / 100:.2f}", f"{value:,}", f"-{value}"])


if __name__ == "__main__":
    main()

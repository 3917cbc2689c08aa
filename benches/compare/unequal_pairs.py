"""A million pairs of unequal expressions: how many share a key. None may.

Half of the pairs differ by construction: an expression that has a value, and the same with a
term or factor that must change it, often a tiny one. The other half are an expression and a copy
changed somewhere inside, kept where the two values at one point differ in the first 40 of 60
digits. Each side is written in a spelling of its own. Keys that stand for a value are counted
apart from those of texts that were not understood, which cannot collide by value.

    python benches/compare/unequal_pairs.py --pairs 1000000 --processes 2
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

os.environ["RAYON_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

import mpmath

import slm_mux
from reference.math_generate import changed, constant, expression
from reference.math_number import Scale, Undecided, Undefined, wide
from reference.math_render import render
from reference.math_tree import Tree, add, multiply, negate, number, power, symbols
from reference.math_value import point, value

DIGITS = 60
BATCH = 2000
NEXT_TO_NOTHING = 1e-40
FACTORS = (Fraction(2), Fraction(-1), Fraction(10), Fraction(1, 2), Fraction(99, 100))
Found = tuple[Counter[str], list[tuple[str, str, str]]]


def main() -> int:
    """Print the count, the rate and every shared key."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=1_000_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    start = time.monotonic()
    batches = range(given.seed, given.seed + -(-given.pairs // BATCH))
    counts: Counter[str] = Counter()
    shared: list[tuple[str, str, str]] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for count, found in pool.map(batch, batches, chunksize=4):
            counts += count
            shared += found
    rate = counts["pairs"] / (time.monotonic() - start)
    print(f"pairs of unequal expressions: {counts['pairs']:,} ({rate:,.0f}/s)")
    print(f"  by construction {counts['built']:,}, by value {counts['measured']:,}")
    print(f"  both understood: {counts['understood']:,}")
    print(f"sharing a key: {len(shared)}")
    for one, other, key in shared[:50]:
        print(f"  {one!r}\n  {other!r}\n    {key}")
    return 1 if shared else 0


def batch(seed: int) -> Found:
    """So many pairs of one seed, and those that share a key."""
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    pairs = []
    while len(pairs) < BATCH:
        how, made = built(rng) if len(pairs) % 2 else measured(rng)
        if made:
            pairs.append(tuple(render(tree, rng.choice) for tree in made))
            counts[how] += 1
    keys = slm_mux.key([text for pair in pairs for text in pair], kind="math")
    shared = []
    for (one, other), key, key_of_other in zip(pairs, keys[::2], keys[1::2], strict=True):
        counts["pairs"] += 1
        counts["understood"] += understood(key) and understood(key_of_other)
        if key == key_of_other:
            shared.append((one, other, key))
    return counts, shared


def understood(key: str | None) -> bool:
    """Whether a key stands for a value."""
    return key is not None and not key.startswith("v1:raw")


def built(rng: random.Random) -> tuple[str, tuple[Tree, Tree] | None]:
    """An expression, and one that differs from it wherever it has a value but zero."""
    tree = expression(rng.choice, rng.choice([1, 2, 3]))
    known = sample(tree)
    if known is None or abs(known) < NEXT_TO_NOTHING:
        return "built", None
    tiny = power(number(10), number(-rng.choice([1, 3, 9, 15, 20, 25])))
    makers = [
        lambda: add(tree, tiny),
        lambda: add(tree, negate(tiny)),
        lambda: add(tree, number(rng.choice([1, 2, 3]))),
        lambda: multiply(tree, number(rng.choice(FACTORS))),
        lambda: multiply(number(rng.choice(FACTORS)), tree),
    ]
    return "built", (tree, rng.choice(makers)())


def measured(rng: random.Random) -> tuple[str, tuple[Tree, Tree] | None]:
    """An expression and a changed copy, where their values differ."""
    make = constant if rng.random() < 0.3 else expression
    tree = make(rng.choice, rng.choice([1, 2, 3]))
    other = changed(rng.choice, tree)
    values = sample(tree, other), sample(other, tree)
    if None in values:
        return "measured", None
    largest = max(map(abs, values))
    differ = abs(values[0] - values[1]) > largest * mpmath.mpf(10) ** -40
    return "measured", (tree, other) if differ else None


def sample(tree: Tree, other: Tree | None = None) -> Any:
    """The value at one point for the names of both, to 60 digits; nothing where there is none."""
    names = symbols(tree) | (symbols(other) if other else set())
    with mpmath.workdps(DIGITS):
        try:
            return wide(value(tree, point(names, 1), Scale()))
        except (Undefined, Undecided):
            return None


if __name__ == "__main__":
    sys.exit(main())

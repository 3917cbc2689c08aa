"""Times the `paper` profile against its Python reference, on the same texts in one run.

Prints one Markdown table: nanoseconds a text and the ratio to the reference, for one text at a
time, a list, and an Arrow column on one thread and on all cores. The texts are the recorded
ones of `$SLM_MUX_DATA`, or made up where there are none.

    python benches/python/bench_answers.py
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

import slm_mux

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from reference import paper  # noqa: E402  (the folder is made known above)

DATA = Path(os.environ.get("SLM_MUX_DATA", ROOT.parent / "shared" / "data"))
ROWS = 100_000
REPEATS = 7


def main() -> None:
    """Measure every kind; the process with one thread is this script again."""
    if "--arrow-only" in sys.argv:
        json.dump({name: arrow(*case) for name, case in cases().items()}, sys.stdout)
        return
    one_thread = run_again(threads="1")
    all_cores = run_again(threads="0")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ")
    print(f"pyarrow {pa.__version__}, slm-mux {slm_mux.__version__}; ns a text (x the reference)\n")
    print("| what | reference | one by one | list | Arrow, 1 thread | Arrow, all cores |")
    print("|---|---|---|---|---|---|")
    for name, (texts, verb, kind) in cases().items():
        times = in_python(texts, verb, kind)
        times += [one_thread[name], all_cores[name]]
        cells = [f"{times[0]:.0f}"] + [f"{t:.0f} ({times[0] / t:.1f}x)" for t in times[1:]]
        print(f"| {name}, {len(texts):,} texts | " + " | ".join(cells) + " |")


def cases() -> dict[str, tuple[list[str], str, str]]:
    """What is measured: name → texts, verb, kind."""
    boxed = [t for t in recorded("dylan_math_dev") if r"\boxed{" in t] or made_up(boxed_text)
    numbers = recorded("gsm8k_4models") or made_up(number_text)
    letters = recorded("bbh_davinci") or made_up(letter_text)
    spans = [span for text in boxed if (span := paper.extract(text, "math"))]
    return {
        "math, extract": (at_least(ROWS, boxed), "extract", "math"),
        "math, key": (at_least(ROWS, spans), "key", "math"),
        "number, extract": (at_least(ROWS, numbers), "extract", "number"),
        "choice, extract": (at_least(ROWS, letters), "extract", "choice"),
    }


def in_python(texts: list[str], verb: str, kind: str) -> list[float]:
    """The reference, one by one, a list."""
    reference, ours = getattr(paper, verb), getattr(slm_mux, verb)
    some = texts[:20_000]
    return [
        best(lambda: [reference(text, kind) for text in some], len(some), repeats=3),
        best(lambda: [ours(text, kind=kind, profile="paper") for text in some], len(some)),
        best(lambda: ours(texts, kind=kind, profile="paper"), len(texts)),
    ]


def arrow(texts: list[str], verb: str, kind: str) -> float:
    """Arrow in, Arrow out."""
    column = pa.array(texts)
    ours = getattr(slm_mux, verb)
    return best(lambda: ours(column, kind=kind, profile="paper"), len(texts))


def best(work: Callable[[], object], texts: int, repeats: int = REPEATS) -> float:
    """Nanoseconds a text, in the best of a few runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter_ns()
        work()
        times.append(time.perf_counter_ns() - start)
    return min(times) / texts


def run_again(*, threads: str) -> dict[str, float]:
    """The Arrow times of a process with so many threads; 0 means all cores."""
    done = subprocess.run(
        [sys.executable, __file__, "--arrow-only"],
        env={**os.environ, "RAYON_NUM_THREADS": threads},
        check=True,
        capture_output=True,
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


def recorded(name: str) -> list[str]:
    """The responses of one recorded file; none where it is absent."""
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [row["response"] for row in rows if row["response"]]


def at_least(rows: int, texts: list[str]) -> list[str]:
    """The texts, over and over."""
    return texts * -(-rows // len(texts))


def made_up(text: Callable[[random.Random], str]) -> list[str]:
    """Texts of a fixed seed."""
    rng = random.Random(0)
    return [text(rng) for _ in range(10_000)]


def prose(rng: random.Random) -> str:
    """A worked solution of some hundred characters."""
    step = r"We have $\frac{x}{%d} + %d = \sqrt{%d}$, and so it goes on. "
    return "".join(
        step % (rng.randrange(99), rng.randrange(99), rng.randrange(99))
        for _ in range(rng.randrange(4, 24))
    )


def boxed_text(rng: random.Random) -> str:
    """A solution that ends in a box."""
    return prose(rng) + rf"Hence $\boxed{{\frac{{{rng.randrange(99)}}}{{7}}}}$."


def number_text(rng: random.Random) -> str:
    """A solution that ends in a marked number."""
    return prose(rng) + f"#### {rng.randrange(9999)}"


def letter_text(rng: random.Random) -> str:
    """A solution that ends in a letter."""
    return prose(rng) + f"So the answer is ({rng.choice('ABCD')})."


if __name__ == "__main__":
    main()

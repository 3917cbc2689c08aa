"""Times the `paper` profile against its Python reference, on the same texts in one run.

Prints one Markdown table: nanoseconds a text and the ratio to the reference, for one text at a
time, a list, and an Arrow column on one thread and on all cores. Times are of the processor,
so that other work on the machine does not count; on all cores they are of the clock. The texts
are the recorded ones of `$SLM_MUX_DATA`, or made up where there are none.

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
REPEATS = 25
ONE_THREAD = os.environ.get("RAYON_NUM_THREADS") == "1"


def main() -> None:
    """Print the table; what is in it is measured by this script again, as `--times`."""
    if "--times" in sys.argv:
        json.dump({name: measured(*case) for name, case in cases().items()}, sys.stdout)
        return
    timed = {threads: run_again(threads) for threads in ("1", "0")}
    print(f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()},")
    print(f"pyarrow {pa.__version__}, slm-mux {slm_mux.__version__}; ns a text (x the reference)\n")
    print("| what | reference | one by one | list | Arrow, 1 thread | Arrow, all cores |")
    print("|---|---|---|---|---|---|")
    for name, (reference, one, several, column) in timed["1"].items():
        times = (one, several, column, timed["0"][name][3])
        cells = [f"{reference:.0f}", *(f"{t:.0f} ({reference / t:.1f}x)" for t in times)]
        print(f"| {name} | " + " | ".join(cells) + " |")


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


def measured(texts: list[str], verb: str, kind: str) -> list[float]:
    """The reference, one by one, a list, and Arrow in and out."""
    reference, ours = getattr(paper, verb), getattr(slm_mux, verb)
    some, column = texts[:20_000], pa.array(texts)
    return [
        best(lambda: [reference(text, kind) for text in some], len(some), repeats=7),
        best(lambda: [ours(text, kind=kind, profile="paper") for text in some], len(some)),
        best(lambda: ours(texts, kind=kind, profile="paper"), len(texts)),
        best(lambda: ours(column, kind=kind, profile="paper"), len(texts)),
    ]


def best(work: Callable[[], object], texts: int, repeats: int = REPEATS) -> float:
    """Nanoseconds a text, in the best of a few runs."""
    clock = time.process_time_ns if ONE_THREAD else time.perf_counter_ns
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times) / texts


def run_again(threads: str) -> dict[str, list[float]]:
    """The times of a process with so many threads; 0 means all cores."""
    done = subprocess.run(
        [sys.executable, __file__, "--times"],
        env={**os.environ, "RAYON_NUM_THREADS": threads},
        check=True,
        stdout=subprocess.PIPE,
    )
    times: dict[str, list[float]] = json.loads(done.stdout)
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

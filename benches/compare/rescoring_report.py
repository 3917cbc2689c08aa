"""The tables of the bulk re-scoring, in Markdown."""

from __future__ import annotations

import platform
import statistics
import subprocess
from importlib.metadata import version

from contestants import NEWLINES, OURS
from peer import PEER_PYTHON

MEGABYTE = 1_000_000
PEERS = ("polars", "duckdb", "orjson", "pyarrow")


def head(threads: int, repeats: int) -> None:
    """Print the machine, the versions, and the columns of the table of times."""
    print(f"{platform.machine()}, {threads} threads, {repeats} rounds; {versions()}\n")
    print("| file | samples | who | least s | median s | median / ours | median / newlines |")
    print("|---|---|---|---|---|---|---|")


def versions() -> str:
    """What is compared, by name and version."""
    ask = f"from importlib.metadata import version as v\nfor n in {PEERS}: print(n, v(n))"
    done = subprocess.run([PEER_PYTHON, "-c", ask], check=True, stdout=subprocess.PIPE, text=True)
    ours = [f"Python {platform.python_version()}", f"slm-mux {version('slm-mux')}"]
    return ", ".join(ours + done.stdout.splitlines())


def times(name: str, samples: int, seconds: dict[str, list[float]]) -> None:
    """Print the rows of one file."""
    medians = {who: statistics.median(each) for who, each in seconds.items()}
    for who, each in seconds.items():
        row = [name, f"{samples:,}", who, f"{min(each):.3f}", f"{medians[who]:.3f}"]
        row += [ratio(medians, who, to) for to in (OURS, NEWLINES)]
        print(f"| {' | '.join(row)} |", flush=True)


def ratio(medians: dict[str, float], who: str, to: str) -> str:
    """How many times as long as another, where that was measured."""
    return f"{medians[who] / medians[to]:.2f}" if to in medians else "-"


def curve(seconds: dict[int, dict[str, list[float]]]) -> None:
    """Print the median seconds by number of samples."""
    names = list(next(iter(seconds.values())))
    print(f"\n| samples | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for samples, each in seconds.items():
        medians = [f"{statistics.median(each[name]):.4f}" for name in names]
        print(f"| {samples:,} | {' | '.join(medians)} |")


def memory(name: str, samples: int, bytes_of: dict[str, tuple[int, int]]) -> None:
    """Print what each took of memory on one file."""
    print(f"\n| {name}, {samples:,} samples | MB after the imports | MB beyond that |")
    print("|---|---|---|")
    for who, (before, peak) in bytes_of.items():
        print(f"| {who} | {before / MEGABYTE:.0f} | {(peak - before) / MEGABYTE:.0f} |")

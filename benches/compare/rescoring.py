"""Bulk re-scoring side by side with its peers: one script, one run, the data included.

Ours does all of it (extraction, keys, tallies, selection, grades), the peers only what
`rescoring_peers.py` says. The same number of threads each, in processes that have started and
done their imports; files as the page cache holds them once read from disk; the contestants
alternate, after a round that is not counted. Then the largest memory, each in a fresh process, and
a plot of time against samples.

    python benches/compare/rescoring.py --data FOLDER --ten --distinct

`--ten` adds ten million samples (5.4 GB), `--distinct` a file where every sample has an answer
of its own, with `--ten` of ten million too. Files are made in the folder where they are missing
(`sample_files.py`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import rescoring_report as report
from contestants import DUCKDB, NEWLINES, OURS, POLARS, ROOT, Asked, Contestant, present
from peer import HERE, PEER_PYTHON
from recorded import DATA
from sample_files import DEFAULT_FOLDER, MILLION, read_anew

FILES = ("sorted", "shuffled", "real", "parquet", "gzip", "zstd")
TEN = 10 * MILLION
CURVE = (10_000, 100_000, MILLION, TEN)
CURVE_OF = (OURS, NEWLINES, POLARS, DUCKDB)

Ready = list[tuple[Contestant, Asked]]
File = tuple[str, int]
"""A name and how many samples."""
Seconds = dict[str, list[float]]
"""The seconds of each contestant, by name, a round each."""


def main() -> None:
    """Measure, print the tables, write the plot."""
    given = arguments()
    largest = TEN if given.ten else MILLION
    files = [(name, MILLION) for name in there(given.files)]
    files += [("sorted", TEN)] * given.ten + [("distinct", largest)] * given.distinct
    for name, samples in files:
        made(given.data, name, samples)
    those = present()
    report.head(given.threads, given.repeats)
    with ExitStack() as stack:
        ready = [(each, stack.enter_context(each.start(given.threads))) for each in those]
        times = {each: rounds(ready, *each, given) for each in files}
        if given.plot:
            draw(curve(ready, times, largest, given), given.plot)
    for name, samples in files:
        if name in given.memory:
            report.memory(name, samples, peaks(those, name, samples, given))


def arguments() -> argparse.Namespace:
    """What the command line says."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="where the files are")
    options.add_argument("--files", nargs="*", default=FILES, choices=FILES, metavar="NAME")
    options.add_argument("--ten", action="store_true")
    options.add_argument("--distinct", action="store_true")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--memory", nargs="*", default=("sorted", "distinct"), metavar="NAME")
    options.add_argument("--plot", type=Path, default=ROOT / "benches" / "rescoring_curve.svg")
    options.add_argument("--no-plot", dest="plot", action="store_const", const=None)
    return options.parse_args()


def there(names: list[str]) -> list[str]:
    """The names without `real` where the recorded data is absent, which is said."""
    if "real" not in names or DATA.is_dir():
        return names
    print(f"real is missing below: there is no recorded data in {DATA} ($SLM_MUX_DATA)\n")
    return [name for name in names if name != "real"]


@cache
def made(folder: Path, name: str, samples: int) -> Path:
    """The path of a file, made by the peers' venv, so that this process stays small.

    A new process counts the size of the one that started it as its own.
    """
    script = HERE / "sample_files.py"
    command = [PEER_PYTHON, script, "--data", folder, "--samples", str(samples), name]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip())


def rounds(ready: Ready, name: str, samples: int, given: argparse.Namespace) -> Seconds:
    """Everyone's times on one file, in turns; printed."""
    some = [(each, asked) for each, asked in ready if name in each.files]
    seconds: Seconds = {each.name: [] for each, _ in some}
    for size in {min(each.samples or samples, samples) for each, _ in some}:
        read_anew(made(given.data, name, size))
    for turn in range(1 + given.repeats):
        for each, asked in some:
            size = min(each.samples or samples, samples)
            measured = asked.ask(each.name, made(given.data, name, size))
            if measured.samples not in {None, size}:
                raise SystemExit(f"{each.name} saw {measured.samples} of {size} samples")
            if turn:
                seconds[each.name].append(measured.seconds * samples / size)
    report.times(name, samples, seconds)
    return seconds


def curve(
    ready: Ready, known: dict[File, Seconds], largest: int, given: argparse.Namespace
) -> dict[int, Seconds]:
    """Times on sorted files of growing size, those that are known not measured again."""
    files = [("sorted", size) for size in CURVE if size <= largest]
    times = {each: known.get(each) or rounds(ready, *each, given) for each in files}
    names = [each.name for each, _ in ready if each.name in CURVE_OF]
    return {size: {who: times[name, size][who] for who in names} for name, size in files}


def draw(times: dict[int, Seconds], path: Path) -> None:
    """Print the curve, and plot it in the peers' venv."""
    report.curve(times)
    command = [PEER_PYTHON, HERE / "rescoring_plot.py", path]
    subprocess.run(command, check=True, input=json.dumps(times), text=True)


def peaks(
    those: list[Contestant], name: str, samples: int, given: argparse.Namespace
) -> dict[str, tuple[int, int]]:
    """Bytes after the imports and at the most, of those that run in Python, each anew."""
    found = {}
    for each in those:
        if each.script and name in each.files and each.samples is None:
            with each.start(given.threads) as asked:
                measured = asked.ask(each.name, made(given.data, name, samples))
            found[each.name] = (measured.before, measured.peak)
    return found


if __name__ == "__main__":
    main()

"""The files that the re-scoring is measured on, made where they are missing.

    python benches/compare/sample_files.py --data FOLDER sorted shuffled real parquet gzip zstd

| name | file | what |
|---|---|---|
| `sorted` | `sorted.jsonl` | a million made-up samples (`sample_text.py`) |
| `shuffled` | `shuffled.jsonl` | the same lines in another order |
| `real` | `real.jsonl` | recorded responses (`recorded.py`), repeated to a million rows |
| `distinct` | `distinct.jsonl` | like `sorted`, each sample with an answer of its own |
| `parquet` | `sorted.parquet` | `sorted` as zstd Parquet |
| `gzip`, `zstd` | `sorted.jsonl.gz`, `sorted.jsonl.zst` | `sorted`, packed as one stream |

`--samples` makes other sizes, whose file names carry their number. A file is complete or absent:
it is written under another name first. Parquet and zstd need the venv of the peers.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import sample_text
from recorded import all_rounds

MILLION = 1_000_000
DEFAULT_FOLDER = Path(tempfile.gettempdir()) / "slm_mux_samples"
BLOCK = 1 << 20
LINES_AT_ONCE = 10_000
ROW_GROUP = 122_880
"""Rows of a Parquet row group: what DuckDB writes by default, so that both threads have work."""


def file(folder: Path, name: str, samples: int = MILLION) -> Path:
    """The path of a file, which is made if it is not there."""
    ending, make = MAKERS[name]
    stem = "sorted" if name in PACKED else name
    size = "" if samples == MILLION else f"_{samples}"
    path = folder / f"{stem}{size}.{ending}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.unfinished")
        make(folder, samples, unfinished)
        unfinished.rename(path)
    return path


def read_anew(path: Path) -> None:
    """Have the page cache hold the file as it is read from disk.

    Pages of a file that was just written are single ones there, which the kernel copies at half
    the speed of those that it reads ahead.
    """
    with path.open("rb", buffering=0) as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while opened.read(BLOCK):
            pass


def make_sorted(_folder: Path, samples: int, path: Path) -> None:
    """Made-up samples by problem, model and index."""
    write(path, sample_text.lines(samples))


def make_distinct(_folder: Path, samples: int, path: Path) -> None:
    """The same with as many answers as samples."""
    write(path, sample_text.lines(samples, distinct=True))


def make_shuffled(folder: Path, samples: int, path: Path) -> None:
    """The sorted lines in an order that never changes; all of them are held in memory."""
    with file(folder, "sorted", samples).open("rb") as source:
        lines = source.readlines()
    random.Random(0).shuffle(lines)
    write(path, lines)


def make_real(_folder: Path, samples: int, path: Path) -> None:
    """Recorded responses over and over, numbered on within problem and model."""
    write(path, itertools.islice(repeated(all_rounds()), samples))


def repeated(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    """The rows as lines without end; every pass gives the samples new indexes."""
    seen: Counter[tuple[str, str]] = Counter()
    parts = [(whose(row), *around_index(row)) for row in rows]
    for series, before, after in itertools.cycle(parts):
        yield b"%b%d%b" % (before, seen[series], after)
        seen[series] += 1


def whose(row: dict[str, Any]) -> tuple[str, str]:
    """The problem and the model, within which samples are numbered."""
    return row["qid"], row["model"]


def around_index(row: dict[str, Any]) -> tuple[bytes, bytes]:
    """The line of a recorded row, before and after its sample index."""
    head = {"problem_id": row["qid"], "model": row["model"]}
    tail = {"response": row["response"], "reference_answer": row["gold"]}
    before, after = (json.dumps(part, ensure_ascii=False) for part in (head, tail))
    return f'{before[:-1]}, "sample_index": '.encode(), f", {after[1:]}\n".encode()


def make_gzip(folder: Path, samples: int, path: Path) -> None:
    """The sorted lines in one gzip member."""
    with gzip.open(path, "wb", compresslevel=6) as target:
        copy(file(folder, "sorted", samples), target)


def make_zstd(folder: Path, samples: int, path: Path) -> None:
    """The sorted lines in one zstd frame."""
    import pyarrow as pa  # noqa: PLC0415  # not needed for the others

    with pa.CompressedOutputStream(str(path), "zstd") as target:
        copy(file(folder, "sorted", samples), target)


def make_parquet(folder: Path, samples: int, path: Path) -> None:
    """The sorted samples as zstd Parquet."""
    import pyarrow.dataset as ds  # noqa: PLC0415  # not needed for the others

    sorted_lines = ds.dataset(file(folder, "sorted", samples), format="json")
    options = ds.ParquetFileFormat().make_write_options(compression="zstd")
    with tempfile.TemporaryDirectory(dir=folder) as parts:
        ds.write_dataset(
            sorted_lines,
            parts,
            format="parquet",
            file_options=options,
            min_rows_per_group=ROW_GROUP,
            max_rows_per_group=ROW_GROUP,
            preserve_order=True,
        )
        (part,) = Path(parts).iterdir()
        part.rename(path)


def write(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines, some thousand at a time."""
    rest = iter(lines)
    with path.open("wb") as target:
        while block := b"".join(itertools.islice(rest, LINES_AT_ONCE)):
            target.write(block)


def copy(source: Path, target: BinaryIO) -> None:
    """Copy a file into an open one."""
    with source.open("rb") as opened:
        shutil.copyfileobj(opened, target, BLOCK)


Maker = Callable[[Path, int, Path], None]
MAKERS: dict[str, tuple[str, Maker]] = {
    "sorted": ("jsonl", make_sorted),
    "shuffled": ("jsonl", make_shuffled),
    "real": ("jsonl", make_real),
    "distinct": ("jsonl", make_distinct),
    "parquet": ("parquet", make_parquet),
    "gzip": ("jsonl.gz", make_gzip),
    "zstd": ("jsonl.zst", make_zstd),
}
PACKED = frozenset({"parquet", "gzip", "zstd"})
JSON_LINES = frozenset(MAKERS) - PACKED


def main() -> None:
    """Make the files and print where each is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DEFAULT_FOLDER)
    options.add_argument("--samples", type=int, default=MILLION)
    options.add_argument("names", nargs="+", choices=MAKERS)
    given = options.parse_args()
    for name in given.names:
        print(file(given.data, name, given.samples))


if __name__ == "__main__":
    main()

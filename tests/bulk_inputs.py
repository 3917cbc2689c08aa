"""Sample files of every sort, small, for the tests of bulk scoring."""

from __future__ import annotations

import gzip
import json
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]


def plain_row(problem: int, model: str, index: int | None, answer: object, **more: Any) -> Row:
    """A row of a log; the reference of a problem is its number."""
    row: Row = {
        "task": "sums", "kind": "math", "problem_id": f"p{problem}", "model": model,
        "sample_index": index, "response": rf"It is \boxed{{{answer}}}.", "finish_reason": "stop",
        "reference_answer": str(problem), "pool_index": "abc".find(model[0]),
    }  # fmt: skip
    if index is None:
        del row["sample_index"]
    return row | more


def rows(problems: int = 6, samples: int = 3) -> list[Row]:
    """Two members; `a` is right on even problems, `b` in every sample but the first."""
    return [
        plain_row(p, model, k, p if (p % 2 == 0 if model == "a" else k > 0) else p + 1)
        for p in range(problems)
        for model in "ab"
        for k in range(samples)
    ]


def packed(data: bytes) -> bytes:
    """As zstd."""
    return zstd.compress(data)


def jsonl(some: list[Row]) -> bytes:
    """Rows as lines."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in some)


def lists(some: list[Row]) -> list[Row]:
    """The same, one row a problem and member, its responses in a list."""
    found: dict[tuple[str, str], Row] = {}
    for given in some:
        row = dict(given)
        index, response = row.pop("sample_index"), row.pop("response")
        held = found.setdefault((row["problem_id"], row["model"]), row | {"generations": []})
        assert index == len(held["generations"])
        held["generations"].append(response)
    return list(found.values())


def write(path: Path, some: list[Row]) -> Path:
    """Write rows in the format that the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = jsonl(some)
    match path.suffixes[-1]:
        case ".gz":
            path.write_bytes(gzip.compress(data))
        case ".zst":
            path.write_bytes(packed(data))
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(some), path, row_group_size=7)
        case ".arrow":
            table = pa.Table.from_pylist(some)
            with pa.ipc.new_file(str(path), table.schema) as file:
                file.write_table(table, max_chunksize=5)
        case ".ipc":
            table = pa.Table.from_pylist(some)
            with pa.ipc.new_stream(str(path), table.schema) as stream:
                stream.write_table(table, max_chunksize=5)
        case _:
            path.write_bytes(data)
    return path

"""Made-up sides of a comparison, and comparing them, for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from roaring import bitmap_of
from slm_mux.scoring.comparing import Comparing, compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def row(problem: str, index: int, verdict: Any, **fields: Any) -> dict[str, Any]:
    """A row of another tool, of model `m` on task `t`."""
    about = {"task": "t", "problem_id": problem, "model": "m", "sample_index": index}
    return about | {"is_correct": verdict} | fields


def write_rows(path: Path, rows: Iterable[Any]) -> Path:
    """Write rows (or raw lines) as JSONL."""
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in rows]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def figures(a: Path, b: Path, **how: Any) -> dict[str, Any]:
    """The comparison of two files or folders."""
    return compare(a, b, Comparing(**how)).figures


def decision(problem: str, outcome: str, **fields: Any) -> dict[str, Any]:
    """A row of `decisions.parquet`."""
    about = {"task": "t", "problem_id": problem, "reference_answer": "1", "key": "1"}
    exemplar = {"answer": "1", "model": "m", "sample_index": 0}
    return about | exemplar | {"outcome": outcome} | fields


def sample(problem: str, index: int, verdict: str | None, **fields: Any) -> dict[str, Any]:
    """A row of `samples.parquet`."""
    about = {"task": "t", "problem_id": problem, "model": "m", "sample_index": index}
    read = {"state": "ok", "rule": "boxed", "stage": "key", "span": "1", "key": "1"}
    return about | read | {"verdict": verdict} | fields


def tally(problem: str, verdict: str | None, indexes: set[int], **fields: Any) -> dict[str, Any]:
    """A row of `tallies.parquet`."""
    about = {"task": "t", "kind": "math", "problem_id": problem, "model": "m", "state": "ok"}
    told = {"key": "1", "verdict": verdict, "exemplar": "1"}
    return {**about, **told, "indexes": bitmap_of(indexes), **fields}


def write_folder(
    path: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    **tables: Sequence[Mapping[str, Any]],
) -> Path:
    """A folder as `rescore --output DIR` writes it; a table per keyword."""
    path.mkdir()
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(list(rows)), path / f"{name}.parquet")
    if settings is not None:
        (path / "summary.json").write_text(json.dumps({"tasks": [{"settings": settings}]}))
    return path

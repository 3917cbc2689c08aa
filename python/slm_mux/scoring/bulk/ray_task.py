"""What a task of the cluster does: a bundle of pieces → records and notes, as Arrow.

A result has a row for each batch of records (at most 8 MB), so that whoever merges them holds
one at a time beside what is merged: `records list<struct>, notes str?, size i64, error str?`.
Notes and the bytes that were read stand in the last row of a bundle; an error stands alone.
Errors are data here: the cluster would wrap a raised one, and print its stack.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from slm_mux import __version__
from slm_mux.errors import InputError
from slm_mux.tallies import Scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.scoring.bulk.cutting import Cut
    from slm_mux.tallies import Rules


@dataclass(frozen=True, slots=True)
class Order:
    """What all tasks are told; `folder` is where relative names start from."""

    rules: Rules
    bundles: Sequence[Sequence[Cut]]
    folder: str
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Result:
    """A row of what a task gives."""

    records: pa.RecordBatch
    notes: str | None = None
    size: int = 0
    error: str | None = None


def tally_bundles(numbers: pa.Table, order: Order) -> Iterator[pa.Table]:
    """Tally the bundles whose numbers stand in the column `id`."""
    wanted: list[Any] = numbers["id"].to_pylist()
    for number in wanted:
        try:
            results = _tallied(order.bundles[number], order)
        except InputError as error:
            results = [Result(_records(Scan())[0], error=str(error))]
        yield from map(_as_table, results)


def results_in(table: pa.Table) -> Iterator[Result]:
    """The rows of a table of results, copied: what is read in place stays in the object store."""
    for batch in table.to_batches():
        rows: list[Any] = batch.select(["notes", "size", "error"]).to_pylist()
        for records, row in zip(batch["records"], rows, strict=True):
            yield Result(_copy(pa.RecordBatch.from_struct_array(records.values)), **row)


def _copy(records: pa.RecordBatch) -> pa.RecordBatch:
    return pa.ipc.read_record_batch(records.serialize(), records.schema)


def _tallied(bundle: Sequence[Cut], order: Order) -> list[Result]:
    _check(bundle, order)
    # Whole or not at all in memory, and so in the same batches whichever machine does it again.
    scan = Scan(order.rules).read(
        (one.piece._replace(path=_path(one, order)) for one in bundle),
        threads=1,
        memory=sys.maxsize,
    )
    for one in bundle:  # no line: the name as it was given takes the place of the path
        scan.read_lines(b"", name=one.piece.path, number=one.piece.number)
    notes = scan.notes()
    *all_but_last, last = _records(scan)
    end = Result(last, notes, sum(one.size for one in bundle))
    return [*map(Result, all_but_last), end]


def _check(bundle: Sequence[Cut], order: Order) -> None:
    """Raises `InputError` where this node does not see, or run, what the others do."""
    node = platform.node()
    if __version__ != order.version:
        raise InputError(
            f"node {node} has slm-mux {__version__}, the job is of {order.version}: "
            "install one version on all nodes"
        )
    for one in bundle:
        try:
            size = os.stat(_path(one, order)).st_size  # noqa: PTH116
        except OSError as error:
            reason = f"cannot be read on node {node}: {error.strerror}"
        else:
            reason = f"has {size:,} bytes on node {node}, not {one.file_size:,}"
            if size == one.file_size:
                continue
        raise InputError(f"{one.piece.path}: {reason}: all nodes must see the same files")


def _path(one: Cut, order: Order) -> str:
    return os.path.join(order.folder, one.piece.path)  # noqa: PTH118  a name, not a path to walk


def _records(scan: Scan) -> list[pa.RecordBatch]:
    """The batches of a scan, one without rows where there is none."""
    table = pa.table(scan.records())
    return table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]


def _as_table(result: Result) -> pa.Table:
    records = result.records.to_struct_array()
    return pa.table(
        {
            "records": pa.ListArray.from_arrays(pa.array([0, len(records)], pa.int32()), records),
            "notes": pa.array([result.notes], pa.string()),
            "size": pa.array([result.size], pa.int64()),
            "error": pa.array([result.error], pa.string()),
        }
    )

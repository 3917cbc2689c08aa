"""Rows of other tools' layouts and of JSON lists, scanned after all other files."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux import columns
from slm_mux.importing import Losses, read
from slm_mux.importing.json_walk import walk
from slm_mux.importing.peek import peek
from slm_mux.importing.source import Source
from slm_mux.store.jsonl import LineError
from slm_mux.store.rows import encode_row
from slm_mux.tallies import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from arro3.core import RecordBatch

    from slm_mux.scoring.bulk.local import Work
    from slm_mux.tallies import Scan

_CHUNK = 4 << 20  # bytes of rows at a time


def import_into(
    scan: Scan, sources: Sequence[str], number: int, work: Work
) -> tuple[Losses, dict[str, Any]]:
    """Scan the rows of `sources` as lines of one file, the `number`-th; what was lost and is bad.

    Where single samples are kept, these are among them. Raises `InputError` as `importing.read`.
    """
    losses = Losses()
    if not sources:
        return losses, scan.bad()
    chunks = _chunks(_lines(scan, sources, losses))
    name = ", ".join(sources)
    if work.samples is not None:
        return losses, _kept(scan, chunks, name, number, work)
    offset = 0
    for lines in chunks:
        scan.read_lines(lines, name=name, number=number, offset=offset)
        offset += len(lines)
    return losses, scan.bad()


def _chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, some at a time."""
    chunk = bytearray()
    for line in lines:
        chunk += line
        if len(chunk) >= _CHUNK:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)


def _lines(scan: Scan, sources: Sequence[str], losses: Losses) -> Iterator[bytes]:
    """The rows as lines: of our log, or as they are where names are mapped."""
    lists = [name for name in sources if scan.rules.fields and peek(name).is_list]
    for name in lists:
        yield from _list_lines(name, losses)
    others = [name for name in sources if name not in lists]
    if others:
        yield from _row_lines(scan, others, losses)


def _list_lines(name: str, losses: Losses) -> Iterator[bytes]:
    """The items of a JSON list."""
    source = Source(name)
    with source.open() as stream:
        for number, (_, item) in enumerate(walk(stream, source.name, into=lambda _: False), 1):
            losses.records += 1
            try:
                yield encode_row(item)
            except LineError as error:
                losses.note_bad(f"{source.name}:{number}", str(error))


def _row_lines(scan: Scan, sources: Sequence[str], losses: Losses) -> Iterator[bytes]:
    """The rows of other tools' layouts, those that stand for no sample where they come."""
    rules = scan.rules
    empty: list[bytes] = []
    rows = read(
        sources,
        model=rules.model,
        unnamed=rules.task,  # the scan leaves out what is of other tasks
        kind=rules.kind,
        losses=losses,
        on_empty=lambda row: empty.append(encode_row(row)),
    )
    for row in rows:
        yield from empty
        empty.clear()
        try:
            yield encode_row(row)
        except LineError as error:
            problem, model = row["problem_id"], row["model"]
            losses.note_bad(f"problem {problem!r}, model {model!r}", str(error))
    yield from empty


def _kept(
    scan: Scan, chunks: Iterator[bytes], name: str, number: int, work: Work
) -> dict[str, Any]:
    """Scan by way of a file, as only the samples of files are kept; what is bad, under `name`."""
    spill = work.spill if work.spill and work.spill.is_dir() else None
    with tempfile.TemporaryDirectory(dir=spill) as folder:
        log, samples = Path(folder, "converted.jsonl"), Path(folder, "samples.parquet")
        with log.open("wb") as stream:
            stream.writelines(chunks)
        scan.read(
            [Piece(str(log), number)],
            memory=work.memory,
            spill=work.spill,
            samples=samples,
            metadata=work.metadata,
        )
        assert work.samples is not None  # noqa: S101 - they are kept
        renamed = (_of_file(batch, name) for batch in columns.read_batches(samples))
        before = columns.read_batches(work.samples) if number else ()
        columns.write_batches(
            work.samples,
            columns.read_schema(samples),
            itertools.chain(before, renamed),
            metadata=work.metadata,
        )
    return _renamed(scan.bad(), str(log), name)


def _of_file(batch: RecordBatch, name: str) -> RecordBatch:
    """The samples as of the file `name`."""
    from arro3.core import Array, DataType  # noqa: PLC0415

    at = batch.schema.names.index("file")
    column = batch.schema.field(at)
    names = Array([name] * batch.num_rows, DataType.utf8()).cast(column.type)
    return batch.set_column(at, column, names)


def _renamed(bad: dict[str, Any], log: str, name: str) -> dict[str, Any]:
    """What is bad, the rows of `log` as of the file `name`."""
    for row in bad["listed"]:
        if row["file"] == log:
            row["file"] = name
    return bad

"""Files as the extension reads them: what they hold, and Parquet as Arrow without pyarrow."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.errors import InputError
from slm_mux.parts import made_in, telling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from arro3.core import RecordBatch, Schema, Table

    from slm_mux.arrow import ArrowTable

MOST_LINE_BYTES: int = _core.MOST_LINE_BYTES
"""The longest line of a file of lines that is read, its end not counted."""

Format = Literal["lines", "gzip", "zstd", "parquet", "arrow", "arrow-stream"]


@dataclass(frozen=True, slots=True)
class Description:
    """What a file holds, told by its content.

    `extent` says how far it can be cut up: its bytes for plain lines, its row groups or record
    batches for columns; None where it is read from end to end. `metadata` is what slm-mux wrote
    beside the columns, `columns` their names; None for other files and damaged ones.
    """

    format: Format
    extent: int | None
    metadata: Mapping[str, Any] | None
    columns: tuple[str, ...] | None
    size: int


def describe(path: str | os.PathLike[str]) -> Description:
    """Look at a file. Raises `InputError` where it cannot be read, or its metadata is damaged."""
    form, extent, metadata, columns, size = _core.describe(path)
    own = made_in(metadata, os.fspath(path)) if metadata else None
    names = None if columns is None else tuple(columns)
    return Description(cast("Format", form), extent, own, names, size)


def plainly(message: str) -> str:
    """An error of a reader, in plain words where it names a compression that is not built in."""
    found = re.search(r"[^:]*argument error: .*Disabled feature at compile time: (\w+)", message)
    if found is None:
        return message
    what = f" compressed with {found[1]}, which is not read: write it anew with zstd or snappy"
    return message.replace(found[0], what).replace(": the file breaks off:", ":")


def read_schema(path: str | os.PathLike[str]) -> Schema:
    """The columns of a Parquet file. Raises `InputError` where it cannot be read."""
    schema: Schema = _core.ParquetRows(path).schema()
    return schema


def read_batches(
    path: str | os.PathLike[str], columns: Sequence[str] | None = None
) -> Iterator[RecordBatch]:
    """Read a Parquet file batch by batch, in the named columns; by default all.

    A batch takes a few megabytes, however long the texts are. The columns come in the order of
    the file; one that it lacks is left out. Raises `InputError` where the file cannot be read.
    """
    try:
        yield from _core.ParquetRows(path, None if columns is None else list(columns))
    except InputError as error:
        raise InputError(plainly(str(error))) from None


def read_parquet(path: str | os.PathLike[str], columns: Sequence[str] | None = None) -> Table:
    """Read a whole Parquet file, with what slm-mux wrote beside the columns in its schema.

    Raises `InputError` where it cannot be read.
    """
    from arro3.core import Table  # noqa: PLC0415

    rows = _core.ParquetRows(path, None if columns is None else list(columns))
    schema: Schema = rows.schema()
    table = Table.from_batches(list(rows), schema=schema)
    made = _core.describe(path)[2]
    return telling(table, made) if made else table


def write_parquet(
    path: str | os.PathLike[str],
    rows: ArrowTable,
    *,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write Arrow rows as Parquet, whole or not at all, making missing folders.

    `metadata` is kept in the file under `slm_mux`. Raises `InputError` where it cannot be
    written.
    """
    _core.write_parquet(
        path, rows, metadata=json.dumps(metadata, sort_keys=True) if metadata else ""
    )


def write_batches(
    path: str | os.PathLike[str],
    schema: Schema,
    batches: Iterable[RecordBatch],
    *,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write batches as they come. Raises as `write_parquet`, and whatever `batches` raises."""
    from arro3.core import RecordBatchReader  # noqa: PLC0415

    raised: list[BaseException] = []

    def watched() -> Iterator[RecordBatch]:
        try:
            yield from batches
        except BaseException as error:  # crosses Arrow's stream as no more than a text
            raised.append(error)
            raise

    try:
        write_parquet(path, RecordBatchReader.from_batches(schema, watched()), metadata=metadata)
    except InputError:
        if raised:
            raise raised[0] from None
        raise

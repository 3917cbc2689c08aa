"""Parquet files as rows, of columns that are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from arro3.core import DataType, Table

_SLICE = 10_000  # rows that are Python objects at a time
_NUMBERS = {"sample_index", "count"}


def rows_of(path: Path, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table of ours, with the columns that are asked for; all of them may be null.

    Raises `InputError` where the file cannot be read, or a column is missing or of another type.
    """
    table = read_parquet(path)
    for name in columns:
        if name not in table.column_names:
            raise InputError(
                f"{path}: no column {name}: is it a table that rescore --output DIR wrote?"
            )
        _check_type(path, name, table.schema.field(name).type)
    for batch in table.select(list(columns)).to_batches():
        for start in range(0, batch.num_rows, _SLICE):
            part = batch.slice(start, min(_SLICE, batch.num_rows - start))
            yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def _check_type(path: Path, name: str, kind: DataType) -> None:
    from arro3.core import DataType as Is  # noqa: PLC0415

    inner = (kind.value_type or kind) if Is.is_dictionary(kind) else kind
    texts = (Is.is_string, Is.is_large_string, Is.is_string_view)
    allowed, what = ((Is.is_integer,), "whole numbers") if name in _NUMBERS else (texts, "texts")
    if not any(fits(inner) for fits in (Is.is_null, *allowed)):
        raise InputError(f"{path}: column {name} is not of {what}")


def read_parquet(path: Path) -> Table:
    """The whole table of a file. Raises `InputError` where it cannot be read."""
    from arro3.core import Table  # noqa: PLC0415

    try:
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise InputError(f"{path}: reading Parquet needs pyarrow: pip install pyarrow") from None
    try:
        return Table.from_arrow(pyarrow.parquet.read_table(path))
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"{path}: not a Parquet file that can be read: {error}") from None

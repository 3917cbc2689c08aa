"""Parquet files as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arro3.core import DataType


def columns_of(path: str) -> dict[str, Any]:
    """The columns of a file by name, each with an empty value of its type.

    Lists of objects have one that is empty. Raises InputError.
    """
    schema = columns.read_schema(path)
    return {name: _empty(schema.field(name).type) for name in schema.names}


def _empty(kind: DataType) -> Any:
    from arro3.core import DataType as Is  # noqa: PLC0415

    inner = (kind.value_type or kind) if Is.is_dictionary(kind) else kind
    lists = (Is.is_list, Is.is_large_list, Is.is_fixed_size_list)
    item = inner.value_type
    if item is not None and Is.is_struct(item) and any(fits(inner) for fits in lists):
        return [{}]
    texts = (Is.is_string, Is.is_large_string, Is.is_string_view)
    for tests, empty in ((lists, []), ((Is.is_struct,), {}), (texts, "")):
        if any(fits(inner) for fits in tests):
            return empty
    return None


def rows_of(path: str) -> Iterator[dict[str, Any]]:
    """The rows of a file as plain data. Raises InputError where it is damaged."""
    for batch in columns.read_batches(path):
        names = batch.schema.names
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield dict(zip(names, row, strict=True))

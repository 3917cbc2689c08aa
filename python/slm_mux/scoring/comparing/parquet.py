"""Parquet files as rows, of columns that are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux import columns
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from arro3.core import DataType

_NUMBERS = {"sample_index", "count", "exemplar_index"}
_SETS = {"indexes"}
_FLAGS = {"short"}
_SHARES = {"confidence"}


def rows_of(path: Path, wanted: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table of ours, with the columns that are asked for; all of them may be null.

    Raises `InputError` where the file cannot be read, or a column is missing or of another type.
    """
    schema = columns.read_schema(path)
    for name in wanted:
        if name not in schema.names:
            raise InputError(
                f"{path}: no column {name}: is it a table that rescore --output DIR wrote?"
            )
        _check_type(path, name, schema.field(name).type)
    for batch in columns.read_batches(path, wanted):
        yield from zip(*(batch.column(name).to_pylist() for name in wanted), strict=True)


def _check_type(path: Path, name: str, kind: DataType) -> None:
    from arro3.core import DataType as Is  # noqa: PLC0415

    inner = (kind.value_type or kind) if Is.is_dictionary(kind) else kind
    allowed, what = _allowed(name)
    if not any(fits(inner) for fits in (Is.is_null, *allowed)):
        raise InputError(f"{path}: column {name} is not of {what}")


def _allowed(name: str) -> tuple[Sequence[Callable[[DataType], bool]], str]:
    """What the type of a column may be, and how that is called."""
    from arro3.core import DataType as Is  # noqa: PLC0415

    if name in _NUMBERS:
        return (Is.is_integer,), "whole numbers"
    if name in _SETS:
        return (Is.is_binary, Is.is_large_binary, Is.is_binary_view), "bytes"
    if name in _FLAGS:
        return (Is.is_boolean,), "true or false"
    if name in _SHARES:
        return (Is.is_floating,), "numbers"
    return (Is.is_string, Is.is_large_string, Is.is_string_view), "texts"

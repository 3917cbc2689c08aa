"""Parquet in and out, behind three functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import arro3.core

_ROWS = 64  # at a time: list columns may hold thousands of responses a row


def columns_of(path: str) -> dict[str, Any]:
    """The columns of a file by name, each with an empty value of its type."""
    with _opened(path) as file:
        return {field.name: _empty(str(field.type)) for field in file.schema_arrow}


def _empty(kind: str) -> Any:
    if kind.startswith(("list", "large_list", "fixed_size_list")):
        return []
    if kind.startswith("struct"):
        return {}
    return "" if "string" in kind else None


def rows_of(path: str) -> Iterator[dict[str, Any]]:
    """The rows of a file as plain data, some at a time. Raises InputError where it is damaged."""
    arrow = _pyarrow()
    with _opened(path) as file:
        try:
            for batch in file.iter_batches(batch_size=_ROWS):
                yield from batch.to_pylist()
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: a damaged Parquet file ({_line(error)})") from None


def write_parquet(
    path: Path, table: arro3.core.RecordBatchReader, *, metadata: dict[str, str] | None = None
) -> None:
    """Write what comes over Arrow's stream interface, batch by batch, a row group each."""
    arrow = _pyarrow()
    reader = arrow.RecordBatchReader.from_stream(table)
    schema = reader.schema.with_metadata(metadata or {})
    with arrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _opened(path: str) -> Any:
    arrow = _pyarrow()
    try:
        return arrow.parquet.ParquetFile(path, pre_buffer=False)
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: a damaged Parquet file ({_line(error)})") from None


def _pyarrow() -> Any:
    try:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise InputError("reading and writing Parquet needs pyarrow: pip install pyarrow") from None
    return pa


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0]

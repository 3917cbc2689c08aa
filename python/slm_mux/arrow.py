"""Arrow as it comes from any library: by the PyCapsule interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from arro3.core import RecordBatchReader


class ArrowArray(Protocol):
    """An Arrow array."""

    def __arrow_c_array__(self, requested_schema: Any = None, /) -> tuple[Any, Any]:
        """Give the capsules of schema and array."""


@runtime_checkable
class ArrowStream(Protocol):
    """A stream of Arrow arrays or of record batches."""

    def __arrow_c_stream__(self, requested_schema: Any = None, /) -> Any:
        """Give the capsule of the stream."""


Column = ArrowArray | ArrowStream
ArrowTable = ArrowStream
"""What gives its rows as Arrow: tables and streams of pyarrow, polars, duckdb, arro3."""


def is_arrow(what: object) -> bool:
    """Whether this is a table, batch or stream of Arrow rows."""
    return hasattr(what, "__arrow_c_stream__") or hasattr(what, "__arrow_c_array__")


def reader_of(rows: ArrowTable) -> RecordBatchReader:
    """The batches of Arrow rows. Raises `TypeError` for what is not Arrow."""
    from arro3.core import RecordBatchReader  # noqa: PLC0415

    if not is_arrow(rows):
        raise TypeError(f"Arrow rows are wanted (a table, batch or stream), not {rows!r:.40}")
    return RecordBatchReader.from_arrow(rows)

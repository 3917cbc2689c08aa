"""Parquet files as Arrow tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from arro3.core import Table


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

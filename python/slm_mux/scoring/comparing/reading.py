"""Which of the layouts an input has, told by its content, and reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing.source import source_of
from slm_mux.scoring.comparing.folder import TABLES, read_folder
from slm_mux.scoring.comparing.result_files import read_collection_side, read_results_side
from slm_mux.scoring.comparing.rows import read_rows
from slm_mux.scoring.recorded_results import load_object
from slm_mux.store.jsonl import PARQUET, LineError, parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from slm_mux.scoring.comparing.fields import FieldMap
    from slm_mux.scoring.comparing.side import Side


def read_side(side: Side, fields: FieldMap) -> None:
    """Reads `side.path`: a folder of tables, a results file, a collection, or rows.

    A file whose first line is an object is JSONL, unless that object is a whole results file.
    Raises `InputError` where it is none of them, or cannot be read.
    """
    if side.path.is_dir():
        read_folder(side)
    elif (whole := _whole(side)) is None:
        _read_lines(side, fields)
    elif isinstance(whole.get("results"), list):
        read_results_side(side, whole)
    elif isinstance(whole.get("responses"), list):
        read_collection_side(side, whole)
    else:
        raise InputError(
            f"{side.path}: neither `results` nor `responses` in it: give a results file, a folder "
            "of rescore --output DIR, or rows with verdicts (JSONL)"
        )
    if not side.units:
        raise InputError(f"{side.path}: empty: there is nothing to compare")
    side.finish()


def _whole(side: Side) -> Mapping[str, Any] | None:
    """The file as one object; None where its lines are rows."""
    _refuse_table(side.path)
    first = _first_line(side)
    if not first:
        raise InputError(f"{side.path}: empty: there is nothing to compare")
    try:
        row = parse_object(first)
    except LineError:
        if not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
            raise InputError(
                f"{side.path}: neither an object nor rows of JSON in it: give a results file, a "
                "folder of rescore --output DIR, or rows with verdicts (JSONL)"
            ) from None
        return load_object(side.path)
    wraps = isinstance(row.get("results"), list) or isinstance(row.get("responses"), list)
    return row if wraps else None


def _first_line(side: Side) -> bytes:
    return next((line for _, line in _lines(side)), b"")


def _read_lines(side: Side, fields: FieldMap) -> None:
    read_rows(side, _lines(side), fields)


def _lines(side: Side) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, unpacked. Raises InputError."""
    for (_, number), line in source_of(side.path).lines():
        yield number, line


def _refuse_table(path: Path) -> None:
    """Raise InputError for one table of a folder, which tells less than half."""
    if not source_of(path).head().startswith(PARQUET):
        return
    if path.name in TABLES:
        raise InputError(f"{path}: is one table of a scoring: give its folder, {path.parent}")
    raise InputError(
        f"{path}: is a Parquet file: score it first (slm-mux rescore --output DIR), or give rows "
        "with verdicts as JSONL"
    )

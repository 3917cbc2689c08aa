"""Parts of tallies as they travel between processes: Arrow rows that tell their rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slm_mux.answers import KEY_VERSION, __version__
from slm_mux.errors import InputError
from slm_mux.provenance import BY_ROW, GIVEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from arro3.core import RecordBatch, RecordBatchReader, Schema, Table

    from slm_mux.types import Profile

_OWN = "slm_mux"
_MARK = "made_by"
"""The column of a part that tells its rules: engines keep columns, few keep metadata."""


def mark_of(profile: Profile, *, unnumbered: bool) -> str:
    """What a part says of its rules, in every row; short, for there are many."""
    numbering = BY_ROW if unnumbered else GIVEN
    return f"{profile} {KEY_VERSION} {__version__} {numbering}"


def read_marks(marks: Sequence[str | None], profile: Profile) -> bool:
    """Whether rows of these parts were numbered by file and row.

    Raises `InputError` for parts of another profile or another version of slm-mux.
    """
    rules = mark_of(profile, unnumbered=False).rpartition(" ")[0]
    by_row = False
    for mark in marks:
        made, _, numbering = (mark or "").rpartition(" ")
        if made != rules:
            raise InputError(
                f"a part made by other rules ({made or 'not told'}, here {rules}): "
                "tally and merge by the same Rules and one version of slm-mux"
            )
        by_row |= numbering == BY_ROW
    return by_row


def told(schema: Schema) -> str | None:
    """What is told of the rules beside the columns."""
    return schema.metadata_str.get(_OWN)


def made_in(text: str, name: str) -> dict[str, Any]:
    """What `name` tells of how it was made. Raises `InputError` where that is damaged."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(
            f"{name}: its metadata under slm_mux is no JSON object: written by another tool, or "
            "damaged: score the samples anew"
        )
    return found


def telling(table: Table, made: str) -> Table:
    """The same rows, telling by what rules they were made."""
    return table.with_schema(table.schema.with_metadata({_OWN: made}))


def marked(records: Table) -> Table:
    """Records with a column that says what is told beside the others."""
    from arro3.core import Array, ChunkedArray, DataType  # noqa: PLC0415

    mark, text = told(records.schema), DataType.string()
    chunks = [Array([mark] * length, type=text) for length in records.chunk_lengths]
    return records.append_column(_MARK, ChunkedArray(chunks, type=text))


def with_marks(
    reader: RecordBatchReader,
) -> Iterator[tuple[RecordBatchReader | RecordBatch, list[str | None]]]:
    """Rows with what they tell of their rules: the distinct marks, none where nothing is told."""
    if _MARK not in reader.schema.names:
        mark = told(reader.schema)
        yield reader, [] if mark is None else [mark]
        return
    for batch in reader:
        yield batch, list(dict.fromkeys(batch.column(_MARK).to_pylist()))


def signed(records: Table) -> Table:
    """The same with signed integers, which every engine knows."""
    from arro3.core import DataType  # noqa: PLC0415

    whole = DataType.int64()
    for at in range(records.num_columns):
        named = records.schema.field(at)
        if DataType.is_unsigned_integer(named.type):
            column = records.column(at).cast(whole)
            records = records.set_column(at, named.with_type(whole), column)
    return records

"""Which field of a row is what, and what it may hold."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable, Sequence
from typing import Any

from slm_mux.store.jsonl import mended
from slm_mux.tasks.files import ProblemsFile, Row, loads, named

REFERENCE = ("answer", "reference_answer", "reference", "solution", "target")
CHOICES = ("choices", "options")
IDENTITY = ("problem_id", "unique_id", "id", "qid", "idx")

LETTERS = string.ascii_uppercase


def find_field(file: ProblemsFile, names: Sequence[str]) -> str | None:
    """The field of the file that bears one of the names: the first name that any row has.

    Case does not matter; one field serves all rows, so that two schemas in one file show up
    as missing fields.
    """
    seen = {name for row in file.rows for name, value in row.fields.items() if value is not None}
    lowered = {name.lower(): name for name in sorted(seen, reverse=True)}
    exact = [name for name in names if name in seen]
    loose = [lowered[name.lower()] for name in names if name.lower() in lowered]
    return next(iter(exact + loose), None)


def need_field(file: ProblemsFile, names: Sequence[str], what: str) -> str:
    """As `find_field`, or an error that lists the fields there are."""
    field = find_field(file, names)
    if field is None:
        there = ", ".join(map(repr, list(file.rows[0].fields)[:8])) or "none"
        wanted = " or ".join(map(repr, names))
        raise file.error(
            f"no field holds the {what}: name it {wanted} (fields: {there})", file.rows[0]
        )
    return field


def text_of(file: ProblemsFile, row: Row, field: str) -> str:
    """The text of a field that every row must have."""
    value = row.fields.get(field)
    if value is None:
        raise file.error(f"field {field!r} is missing: every problem needs it", row)
    if type(value) is not str:
        raise file.error(f"field {field!r} must be text, not {named(value)}", row)
    if not value.strip():
        raise file.error(f"field {field!r} is empty: every problem needs it", row)
    return _unicode(file, row, field, value)


def scalar_of(file: ProblemsFile, row: Row, field: str) -> str | None:
    """The text or number of a field, as text; None where it is absent or blank."""
    value = row.fields.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise file.error(f"field {field!r} must be text or a number, not {named(value)}", row)
    return _unicode(file, row, field, str(value)) if value.strip() else None


def _unicode(file: ProblemsFile, row: Row, field: str, value: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise file.error(
            f"field {field!r} is not valid Unicode (half a surrogate pair): mend it", row
        )
    return value


def list_of(file: ProblemsFile, row: Row, field: str) -> list[str]:
    """The texts of a list field; CSV cells may hold the list as JSON."""
    value: Any = row.fields.get(field)
    if value is None:
        raise file.error(f"field {field!r} is missing: every problem needs its options", row)
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_cell(file, row, field, value)
    if not isinstance(value, list):
        raise file.error(f"field {field!r} must be a list of options, not {named(value)}", row)
    for item in value:
        if not isinstance(item, str) or not item.strip():
            raise file.error(f"field {field!r} must hold texts, none of them empty", row)
    return [_unicode(file, row, field, str(item)) for item in value]


def _json_cell(file: ProblemsFile, row: Row, field: str, cell: str) -> Any:
    try:
        return loads(cell)
    except (ValueError, RecursionError):
        message = f'field {field!r} is not a JSON list: write it as ["first", "second"]'
        raise file.error(message, row) from None


def given_id(file: ProblemsFile, row: Row, field: str | None) -> str | None:
    """The id the file gives, as text."""
    return scalar_of(file, row, field) if field else None


def hashed_id(task: str, text: str, choices: Iterable[str] = ()) -> str:
    """The id under which a problem without one is asked: the task and a digest of its text."""
    return f"{task}-{_digest(text, choices)}"


def text_id(text: str, choices: Iterable[str] = ()) -> str:
    """The id of recorded samples whose problem has none, the same in the bulk scan."""
    return f"text:{_digest(text, choices)}"


def _digest(text: str, choices: Iterable[str]) -> str:
    """16 hex digits of SHA-256.

    The options, in order, are part of it: another order is another problem to a model.
    """
    body = "\0".join(map(mended, (text, *choices))).encode()
    return hashlib.sha256(body).hexdigest()[:16]

"""`--map FIELD=NAME`: a name that the samples do not have is said aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.columns import describe
from slm_mux.errors import InputError
from slm_mux.importing.peek import peek

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LOOKED_AT = 20
"""Files whose columns, or first row, are looked at."""
_UNSEEN = object()


def unmapped(fields: Mapping[str, str], names: Sequence[str]) -> Iterator[str]:
    """A line for each mapped name that no file has at first sight, where that can be told."""
    files = [name for name in names if name != "-"][:_LOOKED_AT]
    if not fields or not files or "-" in names:
        return
    found = [_first_row(name) for name in files]
    if not all(found):
        return
    for field, name in fields.items():
        if not any(_leads_in(row, name) for row in found):
            there = ", ".join(sorted(set().union(*found))[:_LOOKED_AT])
            what = f"{files[0]} begins without a field {name!r} (it has {there})"
            yield f"--map {field}={name}: {what}"


def _leads_in(row: Mapping[str, Any], name: str) -> bool:
    """Whether a row has a field of this name, or one inside of others where it has dots."""
    if name in row:
        return True
    value: Any = row
    for step in name.split("."):
        if value is _UNSEEN:
            return True
        if isinstance(value, list) and step.isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return True


def _first_row(name: str) -> Mapping[str, Any]:
    """A file's columns, whose values are not seen, or its first row; nothing where that fails."""
    try:
        columns = describe(name).columns
        return peek(name).row if columns is None else dict.fromkeys(columns, _UNSEEN)
    except InputError:  # the scan says where the damage is
        return {}

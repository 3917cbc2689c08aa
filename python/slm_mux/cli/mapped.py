"""`--map FIELD=NAME`: a name that the samples do not have is said aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.columns import describe
from slm_mux.errors import InputError
from slm_mux.importing.peek import peek

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LOOKED_AT = 20
"""Files whose columns, or first row, are looked at."""


def unmapped(fields: Mapping[str, str], names: Sequence[str]) -> Iterator[str]:
    """A line for each mapped name that no file has at first sight, where that can be told."""
    files = [name for name in names if name != "-"][:_LOOKED_AT]
    if not fields or not files or "-" in names:
        return
    found = [_names_in(name) for name in files]
    if not all(found):
        return
    seen = set().union(*found)
    for field, name in fields.items():
        if name not in seen:
            there = ", ".join(sorted(seen)[:_LOOKED_AT])
            what = f"{files[0]} begins without a field {name!r} (it has {there})"
            yield f"--map {field}={name}: {what}"


def _names_in(name: str) -> set[str]:
    """The names of a file's columns, or of its first row's fields; none where they are not seen."""
    try:
        columns = describe(name).columns
        return set(peek(name).row if columns is None else columns)
    except InputError:  # the scan says where the damage is
        return set()

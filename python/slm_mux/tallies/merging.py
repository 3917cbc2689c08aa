"""Parts of tallies: made of a batch, wherever it lies, and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.arrow import is_arrow
from slm_mux.errors import InputError
from slm_mux.parts import marked, signed
from slm_mux.tallies.scanning import Scan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arro3.core import Table

    from slm_mux.arrow import ArrowTable
    from slm_mux.tallies.rules import Rules


def tally(
    rows: ArrowTable, rules: Rules | None = None, *, file: int = 0, first: int | None = None
) -> Table:
    """Tally the rows of an Arrow batch, as far as that goes for a part: records to be merged.

    Rows need a `sample_index`, or the batch a place: `first` is the number of its first row in
    its file, `file` the number of that file among all (see `Piece`), and samples are numbered in
    that order. Integers are signed, which every engine knows. Rows that cannot be used are left
    out; a `Scan` also tells of them (`notes`).

    Raises `InputError` for rows without an index where `first` is not given.
    """
    scan = Scan(rules).read_rows(rows, name="", number=file, first=first or 0)
    if scan.unnumbered and first is None:
        raise InputError(
            f"{scan.unnumbered:,} rows without a sample_index, and a batch does not say where it "
            "stands: give sample_index, or tally(…, file=NUMBER, first=ROW)"
        )
    return signed(marked(scan.records()))


def merge(records: Iterable[ArrowTable], rules: Rules | None = None) -> Scan:
    """Put the records of many parts together: `merge(parts).finish()`.

    Raises `InputError` for parts that were made by other rules.
    """
    if is_arrow(records):
        raise TypeError("merge takes parts, not one of them: write merge([part], rules)")
    whole = Scan(rules)
    for part in records:
        whole.add(part)
    return whole

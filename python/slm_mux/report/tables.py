"""The tables of a folder that `rescore --output DIR` wrote, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from slm_mux.errors import InputError
from slm_mux.scoring.comparing.parquet import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class DecisionRow(NamedTuple):
    """A row of decisions.parquet."""

    task: str
    problem_id: str
    reference_answer: str | None
    key: str | None
    answer: str | None
    model: str | None
    sample_index: int | None
    confidence: float | None
    reason: str | None
    outcome: str
    short: bool | None


class SampleRow(NamedTuple):
    """A row of samples.parquet; without an index samples are numbered by row."""

    task: str
    problem_id: str
    model: str
    state: str
    sample_index: int | None
    verdict: str | None
    key: str | None
    span: str | None
    stage: str | None
    rule: str | None


class TallyRow(NamedTuple):
    """A row of tallies.parquet: samples alike, and the first of them."""

    task: str
    problem_id: str
    model: str
    state: str
    count: int  # type: ignore[assignment]  # not the method of tuples
    exemplar_index: int
    verdict: str | None
    key: str | None
    exemplar: str | None


Row = TypeVar("Row", DecisionRow, SampleRow, TallyRow)
_NEEDED: dict[type, tuple[str, ...]] = {
    DecisionRow: ("task", "problem_id", "outcome"),
    SampleRow: ("task", "problem_id", "model", "state"),
    TallyRow: ("task", "problem_id", "model", "state", "count", "exemplar_index"),
}


def read_rows(path: Path, kind: type[Row]) -> Iterator[Row]:
    """The rows of a table.

    Raises `InputError` where a column is missing or of another type, or a value is missing that
    each row needs.
    """
    needed = [kind._fields.index(name) for name in _NEEDED[kind]]
    for number, values in enumerate(rows_of(path, kind._fields)):
        for at in needed:
            if values[at] is None:
                raise InputError(f"{path}, row {number}: {kind._fields[at]} is missing")
        yield kind(*values)

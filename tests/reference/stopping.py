"""When a decision is settled: by trying every outcome of the samples that may still come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from reference.selection import Options
from reference.selectors import select
from reference.voting import from_samples

Row = dict[str, Any]

UNPARSED, FAILED = "unparsed", "failed"


def decision(rows: Sequence[Row], problem: str, options: Options) -> tuple[str | None, str | None]:
    """Key and member."""
    table = from_samples(rows, {}, problems=[problem], members=list(options.order or ()))
    [decided] = select(table, options)
    return decided.key, decided.model


def row_of(problem: str, member: str, index: int, key: str | None, state: str | None) -> Row:
    """A row of the answer table."""
    found = {"problem_id": problem, "model": member, "sample_index": index, "key": key}
    return found if state is None else found | {"state": state}


def is_settled(
    rows: Sequence[Row], missing: Sequence[tuple[str, int]], problem: str, options: Options
) -> bool:
    """Whether each outcome of the missing samples (member, index) decides as what is there.

    A sample may give a key that is known, a new one (as many as there are samples), none, or
    fail.
    """
    known = {row["key"] for row in rows if row["key"] is not None}
    keys = [*sorted(known), *(f"new {number}" for number in range(len(missing)))]
    outcomes = [(key, None) for key in keys] + [(None, UNPARSED), (None, FAILED)]
    wanted = decision(rows, problem, options)
    for chosen in product(outcomes, repeat=len(missing)):
        more = [
            row_of(problem, member, index, key, state)
            for (member, index), (key, state) in zip(missing, chosen, strict=True)
        ]
        if decision([*rows, *more], problem, options) != wanted:
            return False
    return True

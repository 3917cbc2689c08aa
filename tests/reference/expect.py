"""Expected accuracy by trying every draw: what the closed form is to equal. Exact fractions.

A draw takes, of each member's responses to a problem, `k` in a random order without
replacement, all of them where there are fewer, and numbers them as they were drawn. A rule of
`reference.voting` then decides. The expected accuracy is the share of draws that come out
right, over all problems.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations, product
from typing import TYPE_CHECKING

from reference.selection import Decision, Options, pool_of
from reference.selectors import select
from reference.voting import Sample, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def draws(cell: dict[int, Sample], k: int) -> list[tuple[Sample, ...]]:
    """List the ordered draws of up to `k` responses, each as likely; one empty draw of none."""
    responses = [cell[index] for index in sorted(cell) if cell[index].state != "failed"]
    return list(permutations(responses, min(k, len(responses))))


def decisions(table: Table, problem: str, options: Options, k: int) -> Iterator[Decision]:
    """Decide one problem for every combination of the members' draws, each as likely."""
    pool = pool_of(table, options)
    for drawn in product(*(draws(table.cell(problem, member), k) for member in pool)):
        samples = {
            (problem, member, index): sample
            for member, chosen in zip(pool, drawn, strict=True)
            for index, sample in enumerate(chosen)
        }
        yield from select(Table([problem], table.members, samples), options)


def share(outcomes: Sequence[str], wanted: Sequence[str]) -> Fraction:
    """Say how many of the outcomes are among those wanted."""
    return Fraction(sum(outcome in wanted for outcome in outcomes), len(outcomes))


def expected(table: Table, options: Options, k: int) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Give for each problem the chances of a right, an undecided and no answer."""
    rows = []
    for problem in table.problems:
        outcomes = [one.outcome for one in decisions(table, problem, options, k)]
        none = ("no_answer", "truncated", "failed")
        right, undecided = share(outcomes, ["correct"]), share(outcomes, ["undecided"])
        rows.append((right, undecided, share(outcomes, none)))
    return rows

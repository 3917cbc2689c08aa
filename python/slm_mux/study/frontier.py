"""The Pareto front: what cannot be had more accurately for as little."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def pareto(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether each (expense, value) is on the front: less is better, then more is better.

    A point is not on it where another has at most its expense and at least its value, and is
    better in one of the two; points equal in both stand or fall together.

    >>> pareto([(1, 0.5), (2, 0.4), (2, 0.6), (3, 0.6)])
    [True, False, True, False]
    """
    front = [False] * len(points)
    best_before = float("-inf")
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1]))
    for _, alike in groupby(order, key=lambda i: points[i][0]):
        same = list(alike)
        best = points[same[0]][1]
        if best > best_before:
            for i in same:
                front[i] = points[i][1] == best
            best_before = best
    return front

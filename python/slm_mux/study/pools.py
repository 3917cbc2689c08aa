"""Which members a pool of each size has: the first in pool order, or the best there are."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Literal

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.expectation import Policies
    from slm_mux.voting import AnswerTable

Choose = Literal["order", "best"]
MOST_SUBSETS = 200_000
"""Pools of one size that are tried; beyond it `search` is the tool."""


def first_members(members: Sequence[str], sizes: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The first of the pool, for each size."""
    return {size: tuple(members[:size]) for size in sizes}


def best_members(
    table: AnswerTable, sizes: Sequence[int], samples: int, policies: Policies
) -> dict[int, tuple[str, ...]]:
    """The members with the highest expected accuracy of `mux` at `samples` each, by size.

    All pools of a size are tried; of equals the one whose members come first. Chosen and
    measured on the same problems a pool looks better than it is. Raises `InputError` where there
    are more than 200,000 pools of a size.
    """
    members = table.members
    return {size: _best(table, members, size, samples, policies) for size in sizes}


def _best(
    table: AnswerTable, members: Sequence[str], size: int, samples: int, policies: Policies
) -> tuple[str, ...]:
    count = comb(len(members), size)
    if count > MOST_SUBSETS:
        raise InputError(
            f"--choose best: there are {count:,} pools of {size} of {len(members)} models: name "
            "fewer with --models, or use slm-mux search"
        )
    pools = list(combinations(members, size))
    values = table.expected_subsets(pools, samples, policies=policies)
    return max(zip(values, pools, strict=True), key=lambda pair: pair[0])[1]


def named(pools: Mapping[int, Sequence[str]]) -> list[str]:
    """Every member of some pool, once, in the order of the pools."""
    return list(dict.fromkeys(name for pool in pools.values() for name in pool))

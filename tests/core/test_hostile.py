"""Hostile inputs: every verb ends, within its bounds, and names the limit that was hit."""

from __future__ import annotations

from typing import get_args

import pytest

import slm_mux
from core_cases import Case, cases
from slm_mux.types import Profile

LONGEST_KEY = 256
ROWS = cases("hostile")


def text(case: Case) -> str:
    """A text, or pieces of one with how often each comes."""
    pieces = case["input"]
    return pieces if isinstance(pieces, str) else "".join(piece * times for piece, times in pieces)


@pytest.mark.parametrize("profile", get_args(Profile))
@pytest.mark.parametrize("case", ROWS)
def test_every_verb_ends_within_its_bounds(case: Case, profile: Profile) -> None:
    hostile, kind = text(case), case["kind"]
    slm_mux.extract(hostile, kind=kind, profile=profile)
    vote = slm_mux.key(hostile, kind=kind, profile=profile)
    assert profile == "paper" or vote is None or len(vote.encode()) <= LONGEST_KEY
    slm_mux.grade(hostile, hostile, kind=kind, profile=profile)


@pytest.mark.parametrize("case", [row for row in ROWS if "limit" in row.values[0]])
def test_a_limit_that_was_hit_is_named(case: Case) -> None:
    grade = slm_mux.grade(f"\\boxed{{{text(case)}}}", "1", kind="math")
    assert (grade.verdict, grade.limit) == ("undecided", case["limit"])


@pytest.mark.parametrize("case", ROWS)
def test_a_list_gives_what_one_gives(case: Case) -> None:
    hostile = text(case)
    assert slm_mux.key([hostile], kind="math") == [slm_mux.key(hostile, kind="math")]

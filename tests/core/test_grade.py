"""Grading by text and key: the extension equals its reference and the cases."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import slm_mux
from core_cases import Case, cases
from reference import grade as reference
from slm_mux.types import Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
PIECES = ["\\boxed{5}", "5", "5.0", "1/2", "\\frac12", "$", "$x=5$", "#### 5", "A", "(B)", "x", " "]
TEXT = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


@pytest.mark.parametrize("kind", KINDS)
@given(response=TEXT, wanted=TEXT)
def test_grade_equals_the_reference(kind: Kind, response: str, wanted: str) -> None:
    ours = slm_mux.grade(response, wanted, kind=kind)
    theirs = reference.grade(response, wanted, kind)
    assert (*ours[:4], *ours[5:]) == tuple(theirs)


@pytest.mark.parametrize("case", cases("grades"))
def test_grade_of_the_case(case: Case) -> None:
    ours = slm_mux.grade(case["input"], case["reference"], kind=case["kind"])
    assert (ours.verdict, ours.stage, ours.limit) == (
        case["verdict"],
        case["stage"],
        case.get("limit"),
    )


@pytest.mark.parametrize("case", cases("grades"))
def test_the_reference_keeps_the_grades(case: Case) -> None:
    theirs = reference.grade(case["input"], case["reference"], case["kind"])
    assert (theirs.verdict, theirs.stage) == (case["verdict"], case["stage"])

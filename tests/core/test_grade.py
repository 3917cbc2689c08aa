"""Grading: the extension equals its reference by text and key, and keeps the cases."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import slm_mux
from core_cases import Case, cases
from reference import canonical
from reference import grade as reference
from slm_mux.types import Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
PIECES = ["\\boxed{5}", "5", "5.0", "1/2", "\\frac12", "$", "$x=5$", "#### 5", "A", "(B)", "x", " "]
TEXT = st.lists(st.sampled_from(PIECES), max_size=4).map("".join)


_OPTIONS = ["red", " the green one", "B", "3", "3"]
_NAMED = ["the green one", "B", "(b)", "3", "F", "red\n", "$A$", "\\boxed{C}", "", "\ud800"]


@pytest.mark.parametrize("kind", KINDS)
@given(response=TEXT, wanted=TEXT | st.sampled_from(_NAMED), among=st.booleans())
def test_grade_equals_the_reference(kind: Kind, response: str, wanted: str, among: bool) -> None:
    options = _OPTIONS if among and kind == "choice" else None
    grade = slm_mux.grade(response, wanted, kind=kind, choices=options)
    found = canonical.extract(response, kind, options)
    if found is None:
        assert grade.verdict == "no_answer"
        return
    assert (grade.span, grade.rule) == (found.span, found.rule)
    stated = reference.reference_span(wanted, kind, options)
    keys = slm_mux.key(found.span, kind=kind), slm_mux.key(stated, kind=kind)
    verdict, stage = reference.decided(found.span, stated, *keys)
    if verdict == "open":
        assert grade.verdict != "correct" or grade.stage == "lenient"
    else:
        assert (grade.verdict, grade.stage) == (verdict, stage)


@pytest.mark.parametrize("case", cases("grades"))
def test_grade_of_the_case(case: Case) -> None:
    ours = slm_mux.grade(
        case["input"], case["reference"], kind=case["kind"], choices=case.get("choices")
    )
    assert (ours.verdict, ours.stage, ours.limit) == (
        case["verdict"],
        case["stage"],
        case.get("limit"),
    )


@given(response=TEXT, wanted=TEXT)
def test_an_answer_is_graded_alike_with_and_without_its_response(
    response: str, wanted: str
) -> None:
    grade = slm_mux.grade(response, wanted, kind="math")
    if grade.span is not None:
        [alone] = slm_mux.grades.grade_answers(
            [grade.span], [slm_mux.grades.stated(wanted, kind="math")], kind="math"
        )
        assert alone._replace(rule=grade.rule) == grade

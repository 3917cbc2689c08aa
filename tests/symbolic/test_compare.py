"""What SymPy says of pairs of trees, and that it says so either way round."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.symbolic.decide import decide
from symbolic.trees import CASES


def verdict(answer: Any, reference: Any) -> tuple[str, str | None]:
    said = decide(json.dumps(answer), json.dumps(reference))
    return said["verdict"], said["limit"]


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_the_case(case: dict[str, Any]) -> None:
    assert verdict(case["answer"], case["reference"]) == (case["verdict"], case["limit"])


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_the_verdict_is_symmetric(case: dict[str, Any]) -> None:
    assert verdict(case["reference"], case["answer"]) == (case["verdict"], case["limit"])


@pytest.mark.parametrize("text", ["", "null", "[]", "[1]", '{"a": 1}', '"x"', "[[]]", "NaN"])
def test_what_is_no_tree_is_undecided(text: str) -> None:
    assert decide(text, '["number","1"]') == {"verdict": "undecided", "limit": "sympy_tree"}


@pytest.mark.parametrize("text", ["1e9", "0x10", "1_000", "٣", "1/0", "", "--1", "1.5"])
def test_numbers_are_fractions_and_nothing_else(text: str) -> None:
    assert verdict(["number", text], ["number", "1"]) == ("undecided", "sympy_tree")


# --- generated: arithmetic whose value Python's fractions tell

VALUES = st.fractions(min_value=-9, max_value=9, max_denominator=9)
TREES = st.recursive(
    VALUES.map(lambda v: (["number", str(v)], v)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: (["add", p[0][0], p[1][0]], p[0][1] + p[1][1])),
        st.tuples(inner, inner).map(lambda p: (["multiply", p[0][0], p[1][0]], p[0][1] * p[1][1])),
        inner.map(lambda p: (["negate", p[0]], -p[1])),
    ),
    max_leaves=6,
)


@given(a=TREES, b=TREES)
def test_arithmetic_is_decided_by_its_value(
    a: tuple[Any, Fraction], b: tuple[Any, Fraction]
) -> None:
    said, _ = verdict(["add", a[0], ["symbol", "x"]], ["add", ["symbol", "x"], b[0]])
    assert said == ("correct" if a[1] == b[1] else "incorrect")

"""Keys of mathematics: one key for one value however it is spelled, never one for two values."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given

import slm_mux
from core_cases import Case, cases
from math_trees import (
    Spelled,
    decided,
    identities,
    neighbours,
    simple,
    spelled_twice,
    triples,
)
from reference.math_generate import constant, expression, structure
from reference.math_identities import FAMILIES, arithmetic
from reference.math_tree import Tree

RATIONAL = re.compile(r"-?[0-9]+(?:/[0-9]+)?")
Pair = tuple[Spelled, Spelled]


def key(answer: str) -> str | None:
    return slm_mux.key(answer, kind="math")


@given(spelled=spelled_twice(expression))
def test_spellings_of_an_expression_share_a_key(spelled: tuple[Tree, str, str]) -> None:
    _, a, b = spelled
    assert key(a) == key(b)


@given(spelled=spelled_twice(constant))
def test_spellings_of_a_constant_share_a_key(spelled: tuple[Tree, str, str]) -> None:
    _, a, b = spelled
    assert key(a) == key(b)


@given(spelled=spelled_twice(structure))
def test_spellings_of_a_structure_share_a_key(spelled: tuple[Tree, str, str]) -> None:
    _, a, b = spelled
    assert key(a) == key(b)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_two_sides_of_an_identity_share_a_key(family: str) -> None:
    @given(sides=identities(family))
    def shared(sides: tuple[str, str]) -> None:
        assert key(sides[0]) == key(sides[1])

    shared()


@given(pair=neighbours(simple))
def test_a_changed_expression_is_judged_as_by_the_oracle(pair: Pair) -> None:
    (a, text), (b, other) = pair
    verdict = decided(a, b)
    assume(verdict is not None)
    assert (key(text) == key(other)) is verdict


@given(pair=neighbours(constant))
def test_a_changed_constant_is_judged_as_by_the_oracle(pair: Pair) -> None:
    (a, text), (b, other) = pair
    verdict = decided(a, b)
    assume(verdict is not None)
    assert (key(text) == key(other)) is verdict


@given(pair=neighbours(structure))
def test_a_changed_structure_is_judged_as_by_the_oracle(pair: Pair) -> None:
    (a, text), (b, other) = pair
    verdict = decided(a, b)
    assume(verdict is not None)
    assert (key(text) == key(other)) is verdict


@given(answers=triples())
def test_being_the_same_is_symmetric_and_transitive(answers: tuple[str, str, str]) -> None:
    a, b, c = answers
    same = {(x, y): slm_mux.same(x, y, kind="math") for x in answers for y in answers}
    assert all(same[x, x] for x in answers)
    assert all(same[x, y] == same[y, x] for x, y in same)
    assert same[a, c] or not (same[a, b] and same[b, c])


@given(spelled=spelled_twice(lambda choose: arithmetic(choose)[0]))
def test_a_rational_key_is_its_own_key(spelled: tuple[Tree, str, str]) -> None:
    found = key(spelled[1])
    assume(found is not None and RATIONAL.fullmatch(found))
    assert found is not None
    assert key(found) == found


@pytest.mark.parametrize("case", cases("math_identities"))
def test_two_forms_of_one_answer_share_a_key(case: Case) -> None:
    assert key(case["a"]) == key(case["b"]), case["why"]


@pytest.mark.parametrize("case", cases("math_distinct"))
def test_two_answers_have_two_keys(case: Case) -> None:
    assert key(case["a"]) != key(case["b"]), case["why"]

"""The oracle of mathematics agrees with itself and with what is known."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from math_trees import chooser, decided, neighbours, simple
from reference.math_identities import FAMILIES
from reference.math_number import Undecided
from reference.math_tree import (
    PI,
    I,
    Tree,
    X,
    add,
    apply,
    divide,
    multiply,
    negate,
    number,
    power,
    root,
)

TINY = power(number(10), -20)
Y: Tree = ("symbol", "y")
EQUAL = [
    (apply("cos", divide(PI, number(3))), divide(number(1), number(2))),
    (root(power(X, 2)), apply("abs", X)),
    (root(number(-8), 3), number(-2)),
    (("relation", "=", multiply(number(2), X), number(10)), number(5)),
    (("relation", "=", X, Y), ("relation", "=", multiply(number(3), Y), multiply(number(3), X))),
    (("relation", "<", X, number(1)), ("relation", ">", negate(X), number(-1))),
    (("list", number(1), number(2)), ("list", number(2), number(1))),
    (("quantity", number(5), "cm"), number(5)),
]
DIFFERENT = [
    (power(number(2), -99), power(number(2), -98)),
    (add(root(2), TINY), root(2)),
    (apply("abs", X), X),
    (apply("exp", number(-1000)), apply("exp", number(-1001))),
    (("tuple", number(1), number(2)), ("tuple", number(2), number(1))),
    (("relation", "<", X, number(1)), ("relation", "<=", X, number(1))),
    (("relation", "=", power(X, 2), number(4)), number(2)),
    (add(X, I), add(X, negate(I))),
]


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_known_equals(a: Tree, b: Tree) -> None:
    assert decided(a, b) is True


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_known_differences(a: Tree, b: Tree) -> None:
    assert decided(a, b) is False


def test_what_the_rules_leave_open_is_not_decided() -> None:
    pair = (number(1), number(2))
    assert decided(("tuple", *pair), ("interval", *pair, False, False)) is None
    assert issubclass(Undecided, ArithmeticError)


@pytest.mark.parametrize("family", FAMILIES)
def test_identities_are_equal_to_the_oracle(family: str) -> None:
    @given(data=st.data())
    def equal(data: st.DataObject) -> None:
        a, b = FAMILIES[family](chooser(data.draw))
        verdict = decided(a, b)
        assume(verdict is not None)
        assert verdict

    equal()


@given(pair=neighbours(simple))
def test_the_oracle_is_symmetric(pair: tuple[tuple[Tree, str], tuple[Tree, str]]) -> None:
    (a, _), (b, _) = pair
    assert decided(a, b) == decided(b, a)

"""Generated trees and their spellings, as Hypothesis strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import assume
from hypothesis import strategies as st

from reference.math_equal import equal
from reference.math_generate import changed, expression
from reference.math_identities import FAMILIES
from reference.math_number import Undecided, Undefined
from reference.math_pieces import Choose
from reference.math_render import render
from reference.math_tree import Tree

T = TypeVar("T")
Spelled = tuple[Tree, str]


def chooser(draw: Callable[..., Any]) -> Choose:
    """Every free choice is drawn, so that what fails is made smaller."""

    def choose(options: Sequence[T], /) -> T:
        found: T = draw(st.sampled_from(options))
        return found

    return choose


@st.composite
def spelled_twice(draw: st.DrawFn, make: Callable[[Choose], Tree]) -> tuple[Tree, str, str]:
    """A tree that has a value, and two spellings of it."""
    choose = chooser(draw)
    tree = make(choose)
    assume(decided(tree, tree) is not None)
    return tree, render(tree, choose), render(tree, choose)


@st.composite
def identities(draw: st.DrawFn, family: str) -> tuple[str, str]:
    """Two sides of an identity."""
    choose = chooser(draw)
    a, b = FAMILIES[family](choose)
    assume(decided(a, b) is not None)
    return render(a, choose), render(b, choose)


@st.composite
def neighbours(draw: st.DrawFn, make: Callable[[Choose], Tree]) -> tuple[Spelled, Spelled]:
    """A tree and a copy with a small change, which need not change its value."""
    choose = chooser(draw)
    a = make(choose)
    b = changed(choose, a)
    return (a, render(a, choose)), (b, render(b, choose))


@st.composite
def triples(draw: st.DrawFn) -> tuple[str, str, str]:
    """Three answers that often are one: two sides of an identity, and one changed."""
    choose = chooser(draw)
    a, b = FAMILIES[choose(list(FAMILIES))](choose)
    trees = [choose([a, b, changed(choose, a)]) for _ in range(3)]
    first, second, third = (render(tree, choose) for tree in trees)
    return first, second, third


def simple(choose: Choose) -> Tree:
    """An expression of at most two levels in two names."""
    return expression(choose, 2, ("x", "y"))


def decided(a: Tree, b: Tree) -> bool | None:
    """What the oracle says; nothing where it cannot tell."""
    try:
        return equal(a, b)
    except (Undefined, Undecided):
        return None

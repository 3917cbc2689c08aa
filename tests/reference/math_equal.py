"""When two answers are one vote: equality of expression trees, structures included.

Scalars by value; lists and sets without order; tuples, intervals and matrices by place; equations
up to a nonzero factor, where a linear equation in one name is its root and `name = constant` the
constant; inequalities up to a positive factor, from either side; chains as all their links. A list
is the set of its parts, but keeps what it repeats; one value in two forms is that value. What the
rules of the project leave open (a point against an interval, a ratio against a quotient) raises
`Undecided`, and so does what this oracle cannot tell.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath

from reference.math_number import GUARD, Scale, Undecided, Undefined, wide
from reference.math_tree import (
    STRUCTURES,
    Tree,
    add,
    divide,
    multiply,
    negate,
    number,
    substituted,
    subtract,
    symbols,
)
from reference.math_value import COARSE, FINE, POINTS, equal_scalars, point, value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
OPEN_QUESTIONS = [{"tuple", "interval"}, {"ratio", "scalar"}]
PROBES = [Fraction(3, 7), Fraction(-11, 5), Fraction(17, 4), Fraction(-29, 9)]


def equal(a: Tree, b: Tree) -> bool:
    """Whether two answers are one vote."""
    a, b = plain(a), plain(b)
    kinds = {shape(a), shape(b)}
    if kinds in OPEN_QUESTIONS:
        raise Undecided(f"{kinds} is left open")
    if len(kinds) == 2:
        return False
    compare: Callable[[Tree, Tree], bool] = {
        "scalar": equal_scalars,
        "list": unordered,
        "union": unordered,
        "intersection": unordered,
        "tuple": in_order,
        "ratio": in_order,
        "difference": in_order,
        "interval": intervals,
        "matrix": matrices,
        "equation": equations,
        "inequalities": inequalities,
        "unequal": equations,
        "text": texts,
    }[shape(a)]
    return compare(a, b)


def shape(tree: Tree) -> str:
    """What a tree is compared as."""
    if tree[0] == "relation":
        if tree[1] in {"<", "<=", ">", ">="}:
            return "inequalities"
        named = {"=": "equation", "!=": "unequal"}
        if tree[1] not in named:
            raise Undecided(f"the relation {tree[1]}")
        return named[tree[1]]
    if tree[0] == "chain":
        return "inequalities"
    if tree[0] == "set":
        return "list"
    return tree[0] if tree[0] in STRUCTURES else "scalar"


def plain(tree: Tree) -> Tree:
    """Without what votes do not keep: units, a list of one, the name of a constant."""
    if tree[0] in {"quantity", "degrees"}:
        return plain(tree[1])
    if tree[0] in {"list", "union"} and len(tree) == 2:
        return plain(tree[1])
    if tree[0] == "relation" and tree[1] == "=":
        return solved(tree)
    if tree[0] == "list" and tree[1] != tree[-1] and all(equal(tree[1], p) for p in tree[2:]):
        return plain(tree[1])
    return distinct(tree) if tree[0] == "set" else tree


def distinct(tree: Tree) -> Tree:
    """A set without what it repeats."""
    parts: list[Tree] = []
    for part in tree[1:]:
        if not any(equal(part, other) for other in parts):
            parts.append(part)
    return ("set", *parts)


def solved(tree: Tree) -> Tree:
    """The constant of `name = constant`, the root of a linear equation in one name."""
    _, _, left, right = tree
    for name, other in ((left, right), (right, left)):
        if name[0] == "symbol" and not symbols(other):
            return plain(other)
    if shape(left) != "scalar" or shape(right) != "scalar":
        raise Undecided("an equation of structures")
    names = symbols(left) | symbols(right)
    found = linear_root(subtract(left, right), names.pop()) if len(names) == 1 else None
    return tree if found is None else found


def linear_root(expression: Tree, name: str) -> Tree | None:
    """Where a linear expression in one name vanishes; nothing where it is not linear."""
    first, second, *others = PROBES
    at_first, at_second = (substituted(expression, name, number(at)) for at in (first, second))
    slope = divide(subtract(at_second, at_first), number(second - first))
    try:
        if equal_scalars(slope, number(0)):
            return None
        for other in others:
            line = add(at_first, multiply(slope, number(other - first)))
            if not equal_scalars(line, substituted(expression, name, number(other))):
                return None
    except Undefined:
        return None
    return add(number(first), negate(divide(at_first, slope)))


def texts(a: Tree, b: Tree) -> bool:
    return bool(a[1].casefold() == b[1].casefold())


def unordered(a: Tree, b: Tree) -> bool:
    """Whether the parts are the same in some order."""
    if len(a) != len(b):
        return False
    left = list(b[1:])
    for part in a[1:]:
        twin = next((other for other in left if equal(part, other)), None)
        if twin is None:
            return False
        left.remove(twin)
    return True


def in_order(a: Tree, b: Tree) -> bool:
    return len(a) == len(b) and all(map(equal, a[1:], b[1:]))


def intervals(a: Tree, b: Tree) -> bool:
    return a[3:] == b[3:] and all(map(same_end, a[1:3], b[1:3]))


def same_end(a: Tree, b: Tree) -> bool:
    """Whether two ends of intervals are one; an infinite one is only its like."""
    infinite = [end for end in (a, b) if "infinity" in str(end)]
    return a == b if infinite else equal(a, b)


def matrices(a: Tree, b: Tree) -> bool:
    rows, others = a[1:], b[1:]
    if [len(row) for row in rows] != [len(row) for row in others]:
        return False
    pairs = zip(rows, others, strict=True)
    return all(equal(x, y) for row, other in pairs for x, y in zip(row, other, strict=True))


def equations(a: Tree, b: Tree) -> bool:
    """Whether the differences of the sides are proportional."""
    factor = ratio(subtract(*a[2:]), subtract(*b[2:]))
    return factor is not None


def inequalities(a: Tree, b: Tree) -> bool:
    """Whether the links are the same ones, each up to a positive factor."""
    left, right = links(a), links(b)
    if len(left) != len(right):
        return False
    for strict, below in left:
        for other in right:
            if other[0] == strict and positive(ratio(below, other[1])):
                right.remove(other)
                break
        else:
            return False
    return True


def links(tree: Tree) -> list[tuple[bool, Tree]]:
    """What must be below zero, and whether strictly."""
    relations, terms = ([tree[1]], tree[2:]) if tree[0] == "relation" else (tree[1], tree[2])
    out = []
    for relation, a, b in zip(relations, terms[:-1], terms[1:], strict=True):
        if relation not in {"<", "<=", ">", ">="}:
            raise Undecided("a chain of other relations")
        low, high = (a, b) if relation in {"<", "<="} else (b, a)
        out.append((relation in {"<", ">"}, subtract(low, high)))
    return out


def positive(factor: Any) -> bool:
    return factor is not None and wide(factor).real > 0


def ratio(a: Tree, b: Tree) -> Any:
    """The constant nonzero factor between two expressions, where there is one."""
    if symbols(a) != symbols(b):
        return None
    factors = [factor for index in range(POINTS) if (factor := factor_at(a, b, index))]
    if len(factors) < 2:
        raise Undecided("too few points with a value")
    first, *others = factors
    bound = abs(first) * mpmath.mpf(10) ** (2 * GUARD - COARSE)
    return first if all(abs(first - other) <= bound for other in others) else None


def factor_at(a: Tree, b: Tree, index: int) -> Any:
    """The quotient at one point; nothing where there is none."""
    at = point(symbols(a), index)
    with mpmath.workdps(FINE):
        try:
            above, below = (wide(value(side, at, Scale())) for side in (a, b))
        except Undefined:
            return None
        noise = mpmath.mpf(10) ** (GUARD - FINE)
        if abs(above) < noise or abs(below) < noise:
            return None
        return above / below


def same_parts(trees: Sequence[Tree]) -> bool:
    """Whether all of several answers are one vote."""
    return all(equal(trees[0], other) for other in trees[1:])

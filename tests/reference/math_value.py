"""The value of an expression tree, and when two trees are equal: the oracle of equality.

A tree without names has one value. A tree with names is compared at fixed points, real ones of
both signs, with principal branches of powers, roots and logarithms. Values are exact rationals
where every step is rational, and otherwise complex numbers of mpmath at a stated precision; two
are equal when their difference vanishes at the precision of 150 digits and again at 600, against
the size of the largest value met on the way. `Undefined` is raised where there is no value and
`Undecided` where this oracle cannot tell.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING

import mpmath

from reference.math_functions import named_function
from reference.math_number import (
    GUARD,
    Scale,
    Undecided,
    Undefined,
    Value,
    both,
    nothing,
    raised,
    real,
    wide,
)
from reference.math_tree import TRIGONOMETRIC, Tree, symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POINTS = 6
COARSE, FINE = 150, 600


def point(names: set[str], index: int) -> dict[str, Fraction]:
    """The value of each name at the point of an index: below 3 in size, of either sign."""
    return {name: coordinate(name, index) for name in names}


def coordinate(name: str, index: int) -> Fraction:
    digest = hashlib.sha256(f"{name}:{index}".encode()).digest()
    size = Fraction(200 + int.from_bytes(digest[:4], "big") % 2801, 1009)
    return -size if (digest[4] + index) % 2 else size


def equal_scalars(a: Tree, b: Tree) -> bool:
    """Whether two scalars have one value, at every point where both have one."""
    names = symbols(a) | symbols(b)
    used = 0
    for index in range(POINTS if names else 1):
        at = point(names, index)
        try:
            same = equal_at(a, b, at)
        except Undefined:
            if not names:
                raise
            continue
        if not same:
            return False
        used += 1
    if used < min(POINTS, 2 if names else 1):
        raise Undecided("too few points with a value")
    return True


def equal_at(a: Tree, b: Tree, at: Mapping[str, Fraction]) -> bool:
    """Whether two scalars are equal at one point."""
    if not vanishes(a, b, at, COARSE):
        return False
    return vanishes(a, b, at, FINE)


def vanishes(a: Tree, b: Tree, at: Mapping[str, Fraction], digits: int) -> bool:
    """Whether the difference is nothing at a precision; `Undecided` where that is unclear."""
    with mpmath.workdps(digits):
        scale = Scale()
        left, right = value(a, at, scale), value(b, at, scale)
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left == right
        difference = abs(wide(left) - wide(right))
        # Relative to the two themselves, so that 2^-999 differs from 2^-998.
        if difference > max(abs(wide(left)), abs(wide(right))) * mpmath.mpf(10) ** (GUARD - digits):
            return bool(difference <= scale.largest * mpmath.mpf(10) ** (GUARD - digits))
        return True


def value(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """The value of a scalar at a point."""
    kind = tree[0]
    if kind == "apply":
        return scale.seen(applied(tree, at, scale))
    if kind not in RULES:
        raise Undecided(f"{kind} has no value here")
    try:
        return scale.seen(RULES[kind](tree, at, scale))
    except ZeroDivisionError as fault:
        raise Undefined("division by zero") from fault


def parts(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> list[Value]:
    return [value(part, at, scale) for part in tree[1:]]


def of_constant(tree: Tree, _at: Mapping[str, Fraction], _scale: Scale) -> Value:
    known = {"pi": lambda: +mpmath.pi, "e": lambda: +mpmath.e, "i": lambda: mpmath.mpc(0, 1)}
    if tree[1] not in known:
        raise Undefined("infinite")
    return known[tree[1]]()


def of_sum(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    total: Value = Fraction(0)
    for term in parts(tree, at, scale):
        total = scale.seen(both(total, term, lambda a, b: a + b))
    return total


def of_product(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    product: Value = Fraction(1)
    for factor in parts(tree, at, scale):
        product = both(product, factor, lambda a, b: a * b)
    return product


def of_quotient(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    above, below = parts(tree, at, scale)
    if nothing(below, scale):
        raise Undefined("division by zero")
    return both(above, below, lambda a, b: a / b)


def of_power(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    base, exponent = parts(tree, at, scale)
    return raised(base, exponent, scale)


def of_root(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """The principal root; of a negative number without names, the real one of an odd degree."""
    degree, radicand = parts(tree, at, scale)
    if not isinstance(degree, Fraction) or degree.denominator != 1 or degree < 2:
        raise Undecided("a root of that degree")
    negative = real(radicand, scale) and wide(radicand).real < 0
    if degree % 2 and negative and not symbols(tree):
        return -raised(-radicand, 1 / degree, scale)
    return raised(radicand, 1 / degree, scale)


def of_degrees(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """Outside a trigonometric function the plain number."""
    return value(tree[1], at, scale)


def of_negation(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    return -value(tree[1], at, scale)


def of_series(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """A finite sum or product over whole numbers."""
    kind, name, low, high, body = tree
    first, last = value(low, at, scale), value(high, at, scale)
    if not all(isinstance(end, Fraction) and end.denominator == 1 for end in (first, last)):
        raise Undecided("a series without whole ends")
    if last - first > 200:
        raise Undecided("a long series")
    total: Value = Fraction(0 if kind == "sum" else 1)
    for step in range(int(first), int(last) + 1):
        term = value(body, {**at, name[1]: Fraction(step)}, scale)
        total = both(total, term, (lambda a, b: a + b) if kind == "sum" else (lambda a, b: a * b))
    return total


def applied(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """A function that is known by name; degrees count only inside a trigonometric one."""
    name, arguments = tree[1], tree[2:]
    values = [value(argument, at, scale) for argument in arguments]
    if name in TRIGONOMETRIC and arguments[0][0] == "degrees":
        values = [wide(values[0]) * mpmath.pi / 180]
    return named_function(name, values, scale)


RULES: dict[str, Callable[[Tree, Mapping[str, Fraction], Scale], Value]] = {
    "number": lambda tree, _at, _scale: Fraction(tree[1]),
    "symbol": lambda tree, at, _scale: at[tree[1]],
    "constant": of_constant,
    "add": of_sum,
    "multiply": of_product,
    "divide": of_quotient,
    "negate": of_negation,
    "power": of_power,
    "root": of_root,
    "degrees": of_degrees,
    "quantity": of_degrees,
    "sum": of_series,
    "product": of_series,
}

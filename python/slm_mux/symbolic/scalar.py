"""Whether two expressions are equal: shown different at points, or shown equal by algebra."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.evalf import PrecisionExhausted
from sympy.core.function import AppliedUndef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slm_mux.types import Decided


POINTS = 8
SHOWN_BY = 2
"""So many points must tell two expressions apart: one could be a removable accident."""
DIGITS = 15
MOST_DIGITS = 400
_UNFINISHED = (sympy.Integral, sympy.Derivative, sympy.Sum, sympy.Product, sympy.Limit, sympy.Subs)
_NO_VALUE = (sympy.zoo, sympy.nan)


def equal(a: Any, b: Any) -> Decided:
    """`correct` where the difference is shown to be zero, `incorrect` where it is not zero.

    Points where one side has no real value are passed over, unless `i` is written: ln(x^2) and
    2 ln(x) are neither the same function nor apart.
    """
    if a == b:
        return "correct"
    if a.has(*_NO_VALUE) or b.has(*_NO_VALUE):
        return "undecided"
    if a.is_infinite or b.is_infinite:
        return _equal_infinities(a, b)
    calls = (a.atoms(AppliedUndef), b.atoms(AppliedUndef))
    if a.has(*_UNFINISHED) or b.has(*_UNFINISHED):  # quadrature has no sure error bound
        return "correct" if is_zero(a - b) else "undecided"
    if not any(calls):
        return _equal_functions(a, b)
    names = {call: sympy.Dummy(real=True) for call in calls[0] | calls[1]}
    decided = _equal_functions(a.xreplace(names), b.xreplace(names))
    # f(2x) and f(x + x) have got two names: only where all agree, a difference is one.
    return "undecided" if decided == "incorrect" and calls[0] != calls[1] else decided


def _equal_infinities(a: Any, b: Any) -> Decided:
    if {a, b} == {sympy.oo, -sympy.oo} or a.is_finite or b.is_finite:
        return "incorrect"
    return "undecided"


def _equal_functions(a: Any, b: Any) -> Decided:
    apart = told_apart(a, b)
    if apart >= (SHOWN_BY if a.free_symbols | b.free_symbols else 1):
        return "incorrect"
    if not apart and is_zero(a - b):
        return "correct"
    return "undecided"


def told_apart(a: Any, b: Any) -> int:
    """At how many of the points the two certainly differ."""
    return sum(certainly_nonzero(x - y) for x, y in values(a, b))


def values(a: Any, b: Any) -> Iterator[tuple[Any, Any]]:
    """Both sides at the points where both have a value that counts."""
    symbols = sorted(a.free_symbols | b.free_symbols, key=lambda s: (s.name, s.sort_key()))
    if not symbols:
        yield a, b
        return
    imaginary = a.has(sympy.I) or b.has(sympy.I)
    for number in range(POINTS):
        at = point(symbols, number)
        pair = a.xreplace(at), b.xreplace(at)
        if all(_has_value(side, imaginary=imaginary) for side in pair):
            yield pair


def point(symbols: list[Any], number: int) -> dict[Any, Any]:
    """The same fractions of both signs for the same names, run after run."""
    draw = random.Random(f"{number}/{len(symbols)}")  # noqa: S311  # points, not secrets
    return {
        s: draw.choice((-1, 1)) * sympy.Rational(draw.randint(2, 60), draw.randint(7, 23))
        for s in symbols
    }


def _has_value(side: Any, *, imaginary: bool) -> bool:
    value = side.evalf(DIGITS)
    if not value.is_number or value.has(sympy.oo, *_NO_VALUE):
        return False
    return imaginary or bool(value.is_real)


def certainly_nonzero(number: Any) -> bool:
    """Whether a constant is not zero beyond the doubt of rounding."""
    try:
        value = number.evalf(DIGITS, maxn=MOST_DIGITS, strict=True)
    except PrecisionExhausted:
        return False
    return bool(value.is_number and value.is_finite and value.is_zero is False)


def is_zero(difference: Any) -> bool:
    """Whether algebra shows that an expression is zero. False: not shown."""
    if any(_tried(step, difference) == 0 for step in _STEPS):
        return True
    try:
        return difference.equals(0) is True
    except NotImplementedError:
        return False


def _tried(step: Callable[[Any], Any], difference: Any) -> Any:
    try:
        return step(difference)
    except NotImplementedError:  # SymPy's word for what it has no algorithm for
        return None


_STEPS: tuple[Callable[[Any], Any], ...] = (
    sympy.expand,
    sympy.simplify,
    lambda d: sympy.simplify(sympy.sqrtdenest(sympy.radsimp(d))),
    lambda d: sympy.simplify(sympy.expand_func(d)),
    lambda d: sympy.simplify(sympy.expand(d.rewrite(sympy.exp), complex=True)),
)

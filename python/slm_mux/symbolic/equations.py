"""Equations: the same up to a factor, or with the same solutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import AppliedUndef

from slm_mux.symbolic import scalar
from slm_mux.symbolic.build import Node, expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.types import Decided


def equal_equations(a: Sequence[Node], b: Sequence[Node]) -> Decided:
    """Two equations, each as its two sides."""
    left, right = _difference(a), _difference(b)
    factor = common_factor(left, right)
    if factor is not None and scalar.equal(left, factor * right) == "correct":
        return "correct"
    return _same_solutions(left, right)


def _difference(sides: Sequence[Node]) -> Any:
    """The left side less the right; f(x) counts as an unknown of its own."""
    difference = expression(sides[0]) - expression(sides[1])
    calls = difference.atoms(AppliedUndef)
    return difference.xreplace({call: sympy.Symbol(str(call), real=True) for call in calls})


def common_factor(left: Any, right: Any) -> Any:
    """The factor between the two at the first point where both have a value; None for none."""
    for x, y in scalar.values(left, right):
        if scalar.certainly_nonzero(x) and scalar.certainly_nonzero(y):
            return sympy.simplify(x / y)
    return None


def _same_solutions(left: Any, right: Any) -> Decided:
    """By solving both for one unknown and putting each solution into the other."""
    if left.free_symbols != right.free_symbols:
        return "undecided"
    for unknown in sorted(left.free_symbols, key=lambda s: s.name):
        if left.is_polynomial(unknown) and right.is_polynomial(unknown):
            return _solved_for(unknown, left, right)
    return "undecided"


def _solved_for(unknown: Any, left: Any, right: Any) -> Decided:
    roots = [_real_roots(side, unknown) for side in (left, right)]
    if None in roots:
        return "undecided"
    if not (roots[0] or roots[1]):
        return "undecided"
    decided = {scalar.equal(right.subs(unknown, r), sympy.S.Zero) for r in roots[0]}
    decided |= {scalar.equal(left.subs(unknown, r), sympy.S.Zero) for r in roots[1]}
    if "incorrect" in decided:
        return "incorrect"
    return "undecided" if "undecided" in decided or not all(roots) else "correct"


def _real_roots(side: Any, unknown: Any) -> Any:
    """The roots as a list, those that are certainly not real left out; None where unknown."""
    try:
        roots = sympy.solve(side, unknown)
    except NotImplementedError:
        return None
    return [root for root in roots if root.is_real is not False]


def solution(left: Node, right: Node) -> Any:
    """The only real solution of an equation in one unknown; None where there is no such."""
    difference = _difference((left, right))
    if len(difference.free_symbols) != 1:
        return None
    (unknown,) = difference.free_symbols
    roots = _real_roots(difference, unknown)
    return roots[0] if roots is not None and len(roots) == 1 else None

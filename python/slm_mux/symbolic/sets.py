"""Sets of real numbers: intervals, unions, and the inequalities that describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from slm_mux.symbolic import scalar
from slm_mux.symbolic.build import Node, expression
from slm_mux.symbolic.equations import common_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.types import Decided

_INTERVALS = frozenset({"interval", "union", "intersection", "difference"})
_RELATIONS: dict[str, Any] = {
    "<": sympy.StrictLessThan,
    "<=": sympy.LessThan,
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
}
_TURNED = {">": "<", ">=": "<="}
_JOINED: dict[str, Any] = {
    "union": sympy.Union,
    "intersection": sympy.Intersection,
    "difference": sympy.Complement,
}


class _NotASetError(Exception):
    """What describes no set of real numbers that can be written out."""


def is_set_of_reals(a: Node, b: Node) -> bool:
    """Whether the two are to be compared as sets: one at least is an interval or inequality."""
    return any(_describes(node) for node in (a, b)) and all(
        _describes(node) or node[0] in {"set", "relation", "tuple"} for node in (a, b)
    )


def _describes(node: Node) -> bool:
    if node[0] in _INTERVALS or node[0] == "chain":
        return True
    if node[0] == "list":
        return len(node) > 1 and all(_describes(part) for part in node[1:])
    return node[0] == "relation" and (node[1] in _RELATIONS or node[1] in {"in", "!="})


def equal_sets(a: Node, b: Node) -> Decided | None:
    """Equal as sets of real numbers; None where one is no such set."""
    try:
        left, right = _read(a), _read(b)
    except (_NotASetError, NotImplementedError):
        return None
    if left == right:
        return "correct"
    gaps = [_is_empty(left - right), _is_empty(right - left)]
    if gaps == [True, True]:
        return "correct"
    return "incorrect" if False in gaps else "undecided"


def _is_empty(found: Any) -> bool | None:
    """As SymPy knows it; a union of pieces is empty where each of them is."""
    pieces = found.args if isinstance(found, sympy.Union) else (found,)
    known = [piece.is_empty for piece in pieces]
    if False in known:
        return False
    return None if None in known else True


def _read(node: Node) -> Any:
    reader = _Reader()
    found = reader.set_of(node)
    if len(reader.unknowns) > 1:
        raise _NotASetError
    return found


class _Reader:
    """Reads one node as a set, noting the unknowns that it meets."""

    def __init__(self) -> None:
        self.unknowns: set[Any] = set()

    def set_of(self, node: Node) -> Any:
        kind, *parts = node
        if kind in _JOINED:
            return _JOINED[kind](*map(self.set_of, parts))
        ways: dict[str, Any] = {
            "interval": self._interval,
            "set": lambda *items: sympy.FiniteSet(*map(self._number, items)),
            "tuple": self._pair,
            "list": self._several,
            "chain": self._chain,
            "relation": self._relation,
        }
        if kind not in ways:
            raise _NotASetError
        return ways[kind](*parts)

    def _pair(self, *ends: Node) -> Any:
        """A pair against an interval: read as the open one."""
        if len(ends) != 2:  # noqa: PLR2004
            raise _NotASetError
        return self._interval(*ends, low_closed=False, high_closed=False)

    def _chain(self, operators: Sequence[str], terms: Sequence[Node]) -> Any:
        links = zip(operators, terms[:-1], terms[1:], strict=True)
        return sympy.Intersection(*(self._relation(*link) for link in links))

    def _several(self, *parts: Node) -> Any:
        """Several inequalities: all of them, or, where that is nothing, any of them."""
        found = [self.set_of(part) for part in parts]
        both = sympy.Intersection(*found)
        return sympy.Union(*found) if both.is_empty else both

    def _interval(self, low: Node, high: Node, low_closed: bool, high_closed: bool) -> Any:
        ends = self._number(low), self._number(high)
        return sympy.Interval(*ends, not low_closed, not high_closed)

    def _number(self, node: Node) -> Any:
        value = expression(node)
        if value.free_symbols or not value.is_extended_real:
            raise _NotASetError
        return value

    def _relation(self, operator: str, left: Node, right: Node) -> Any:
        if operator == "in":
            self.unknowns.add(expression(left))
            return self.set_of(right)
        difference = expression(left) - expression(right)
        if len(difference.free_symbols) != 1:
            raise _NotASetError
        (unknown,) = difference.free_symbols
        self.unknowns.add(unknown)
        if operator in {"=", "!="}:
            roots = sympy.solveset(difference, unknown, sympy.Reals)
            return roots if operator == "=" else sympy.Complement(sympy.Reals, roots)
        if operator not in _RELATIONS:
            raise _NotASetError
        return self._solve(_RELATIONS[operator](difference, 0), unknown)

    def _solve(self, relation: Any, unknown: Any) -> Any:
        if relation in {sympy.true, sympy.false}:
            return sympy.Reals if relation == sympy.true else sympy.EmptySet
        try:
            return sympy.solve_univariate_inequality(relation, unknown, relational=False)
        except ValueError as error:  # what is not real, or has no algorithm
            raise _NotASetError from error


def equal_inequalities(a: Sequence[Any], b: Sequence[Any]) -> Decided:
    """Inequalities (operator, left, right) in several unknowns: up to a positive factor."""
    (operator, left), (wanted, right) = _oriented(a), _oriented(b)
    if operator != wanted or operator not in _RELATIONS:
        return "undecided"
    factor = common_factor(left, right)
    if factor is None or not factor.is_positive:
        return "undecided"
    return "correct" if scalar.equal(left, factor * right) == "correct" else "undecided"


def _oriented(relation: Sequence[Any]) -> tuple[str, Any]:
    """An inequality as `difference < 0` or `difference <= 0`."""
    operator, left, right = relation
    difference = expression(left) - expression(right)
    turned = _TURNED.get(operator)
    return (operator, difference) if turned is None else (turned, -difference)

"""Sets of real numbers: intervals, unions, and the inequalities that describe them."""

from __future__ import annotations

from typing import Any

import sympy

from slm_mux.symbolic import scalar
from slm_mux.symbolic.build import Node, TreeError, expression
from slm_mux.symbolic.equations import common_factor
from slm_mux.symbolic.scalar import Decided

_INTERVALS = frozenset({"interval", "union", "intersection", "difference"})
_RELATIONS: dict[str, Any] = {
    "<": sympy.StrictLessThan,
    "<=": sympy.LessThan,
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
}
_TURNED = {">": "<", ">=": "<="}


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
        if kind == "interval":
            return self._interval(*parts)
        if kind == "union":
            return sympy.Union(*map(self.set_of, parts))
        if kind == "intersection":
            return sympy.Intersection(*map(self.set_of, parts))
        if kind == "difference":
            return sympy.Complement(*map(self.set_of, parts))
        if kind == "set":
            return sympy.FiniteSet(*map(self._number, parts))
        if kind == "tuple" and len(parts) == 2:  # noqa: PLR2004
            return self._interval(*parts, False, False)
        if kind == "list":
            return self._several(parts)
        if kind == "chain":
            operators, terms = parts
            links = zip(operators, terms[:-1], terms[1:], strict=True)
            return sympy.Intersection(*(self._relation(*link) for link in links))
        if kind == "relation":
            return self._relation(*parts)
        raise _NotASetError

    def _several(self, parts: list[Node]) -> Any:
        """Several inequalities: all of them, or, where that is nothing, any of them."""
        found = [self.set_of(part) for part in parts]
        both = sympy.Intersection(*found)
        return sympy.Union(*found) if both.is_empty else both

    def _interval(self, low: Node, high: Node, low_closed: Any, high_closed: Any) -> Any:
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


def equal_inequalities(a: Node, b: Node) -> Decided:
    """Inequalities in several unknowns: the same up to a positive factor."""
    (operator, left), (wanted, right) = _oriented(a), _oriented(b)
    if operator != wanted or operator not in _RELATIONS:
        return "undecided"
    factor = common_factor(left, right)
    if factor is None or not factor.is_positive:
        return "undecided"
    return "correct" if scalar.equal(left, factor * right) == "correct" else "undecided"


def _oriented(node: Node) -> tuple[str, Any]:
    """An inequality as `difference < 0` or `difference <= 0`."""
    if len(node) != 4:  # noqa: PLR2004
        raise TreeError("sympy_tree")
    _, operator, left, right = node
    difference = expression(left) - expression(right)
    return _TURNED.get(operator, operator), -difference if operator in _TURNED else difference

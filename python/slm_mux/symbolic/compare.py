"""Whether two trees state the same answer: by structure, the parts by `scalar.equal`.

What is read two ways (a tuple and an open interval, two units) is settled only where both ways
agree; the rest stays undecided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from slm_mux.symbolic import scalar, sets
from slm_mux.symbolic.build import Node, TreeError, expression
from slm_mux.symbolic.equations import equal_equations, solution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from slm_mux.types import Decided

MAX_PAIRS = 400
CLOSE = sympy.Rational(5, 10_000)
PAIR = 2
_UNORDERED = frozenset({"list", "set"})
_STRUCTURES = _UNORDERED | {
    "tuple", "interval", "union", "intersection", "difference", "matrix", "relation", "chain",
    "ratio", "text",
}  # fmt: skip


def compare(a: Node, b: Node) -> Decided:
    """The answer `a` against the reference `b`."""
    a, b = _plain(a), _plain(b)
    if "quantity" in {a[0], b[0]}:
        return _quantities(a, b)
    if not {a[0], b[0]} & _STRUCTURES:
        return _scalars(a, b)
    if sets.is_set_of_reals(a, b):
        decided = sets.equal_sets(a, b)
        return _parts(a, b) if decided is None else decided
    return _parts(a, b)


def _parts(a: Node, b: Node) -> Decided:
    """Part by part, where at least one side is a structure."""
    if {a[0], b[0]} & _UNORDERED:
        return _unordered(a, b)
    if a[0] == b[0]:
        return _same_kind(a, b)
    return _different_kinds(a, b)


def _plain(node: Node) -> Node:
    """A chain of equations as its first and last term, a set of one list as the list."""
    if node[0] == "chain":
        operators, terms = node[1:]
        if set(operators) == {"="}:
            return ["relation", "=", terms[0], terms[-1]]
    return node


def all_of(parts: Iterable[Decided]) -> Decided:
    """Of what must hold together: one that does not settles it."""
    seen = set()
    for part in parts:
        if part == "incorrect":
            return "incorrect"
        seen.add(part)
    return "undecided" if "undecided" in seen else "correct"


# --- scalars and quantities


def _scalars(a: Node, b: Node) -> Decided:
    left, right = expression(a), expression(b)
    decided = scalar.equal(left, right)
    if decided == "incorrect" and _is_rounding(a, b, left, right):
        return "undecided"
    return decided


def _is_rounding(a: Node, b: Node, left: Any, right: Any) -> bool:
    """Whether a decimal stands against a number that it may be rounded from."""
    if left.free_symbols or right.free_symbols or not (_is_decimal(a) or _is_decimal(b)):
        return False
    return bool(abs(left - right).evalf() <= CLOSE * max(abs(left.evalf()), abs(right.evalf())))


def _is_decimal(node: Node) -> bool:
    while node[0] in {"negate", "quantity"}:
        node = node[1]
    if node[0] != "number":
        return False
    rest = expression(node).q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1 and "/" in node[1]


def _quantities(a: Node, b: Node) -> Decided:
    """Numbers with units: the same number in two different units is left open."""
    (number, unit), (other, wanted) = _unit(a), _unit(b)
    decided = compare(number, other)
    if unit == wanted:
        return decided
    if "%" in {unit, wanted} and None in {unit, wanted}:
        hundredth = ["divide", number if unit == "%" else other, ["number", "100"]]
        share = compare(hundredth, other) if unit == "%" else compare(number, hundredth)
        return "correct" if "correct" in {decided, share} else all_of((decided, share))
    return decided if None in {unit, wanted} else "undecided"


def _unit(node: Node) -> tuple[Node, str | None]:
    if node[0] != "quantity":
        return node, None
    _, number, unit = node
    return number, "%" if unit in {"%", "percent"} else unit


# --- structures


def _unordered(a: Node, b: Node) -> Decided:
    """As sets: every item has its like on the other side."""
    left, right = _items(a), _items(b)
    if len(left) * len(right) > MAX_PAIRS:
        raise TreeError("sympy_size")
    grid = [[compare(x, y) for y in right] for x in left]
    return all_of([_any_of(row) for row in grid] + [_any_of(column) for column in zip(*grid)])  # noqa: B905  # rows are equally long


def _items(node: Node) -> list[Node]:
    return node[1:] if node[0] in _UNORDERED else [node]


def _any_of(decided: Sequence[Decided]) -> Decided:
    if "correct" in decided:
        return "correct"
    return "undecided" if "undecided" in decided else "incorrect"


def _same_kind(a: Node, b: Node) -> Decided:
    way = _SAME_KIND.get(a[0])
    return "undecided" if way is None else way(a[1:], b[1:])


def _in_order(left: Sequence[Node], right: Sequence[Node]) -> Decided:
    if len(left) != len(right):
        return "incorrect"
    return all_of(compare(x, y) for x, y in zip(left, right, strict=True))


def _matrices(left: Sequence[Sequence[Node]], right: Sequence[Sequence[Node]]) -> Decided:
    if len(left) != len(right):
        return "incorrect"
    return all_of(_in_order(x, y) for x, y in zip(left, right, strict=True))


def _ratios(left: Sequence[Node], right: Sequence[Node]) -> Decided:
    """Two ratios, up to a common factor."""
    if len(left) != len(right):
        return "incorrect"
    p, q = [expression(x) for x in left], [expression(y) for y in right]
    return all_of(scalar.equal(x * q[0], y * p[0]) for x, y in zip(p, q, strict=True))


def _intervals(left: Sequence[Any], right: Sequence[Any]) -> Decided:
    """Intervals with ends that are no numbers: end by end."""
    ends = _in_order(left[:2], right[:2])
    return "incorrect" if ends == "correct" and left[2:] != right[2:] else ends


def _relations(left: Sequence[Any], right: Sequence[Any]) -> Decided:
    if left[0] == right[0] == "=":
        return equal_equations(left[1:], right[1:])
    return sets.equal_inequalities(left, right)


def _texts(left: Sequence[str], right: Sequence[str]) -> Decided:
    """Case and spaces aside; what other words mean is not for algebra."""
    p, q = (" ".join(text.split()).casefold() for (text,) in (left, right))
    return "correct" if p == q else "undecided"


_SAME_KIND: dict[str, Callable[[Sequence[Any], Sequence[Any]], Decided]] = {
    "tuple": _in_order,
    "matrix": _matrices,
    "ratio": _ratios,
    "text": _texts,
    "interval": _intervals,
    "relation": _relations,
}


# --- two kinds


def _different_kinds(a: Node, b: Node) -> Decided:
    for one, other in ((a, b), (b, a)):
        if one[0] == "relation" and one[1] in {"=", "approx"} and other[0] != "relation":
            return _named(one, other)
        if one[0] == "tuple" and other[0] == "interval":
            return _point_or_interval(one, other)
        if one[0] == "matrix" and other[0] == "tuple":
            return _vector(one[1:], other[1:])
    return "undecided"


def _named(equation: Node, value: Node) -> Decided:
    """`name = value` against the value, and an equation in one unknown against its solution."""
    left, right = equation[2:]
    if left[0] in {"symbol", "call"}:
        return compare(right, value)
    if right[0] in {"symbol", "call"}:
        return compare(left, value)
    if value[0] in _STRUCTURES:
        return "undecided"
    root = solution(left, right)
    return "undecided" if root is None else scalar.equal(root, expression(value))


def _point_or_interval(point: Node, interval: Node) -> Decided:
    """(1, 2) is either; where the other side says which, its ends are compared."""
    if len(point) != PAIR + 1 or True in interval[3:]:
        return "incorrect"
    return _in_order(point[1:], interval[1:3])


def _vector(rows: Sequence[Sequence[Node]], point: Sequence[Node]) -> Decided:
    """A row or column against a tuple: other numbers are wrong, the form is not for us to say."""
    if len(rows) != 1 and any(len(row) != 1 for row in rows):
        return "undecided"
    items = [item for row in rows for item in row]
    return "incorrect" if _in_order(items, point) == "incorrect" else "undecided"

"""Trees → SymPy expressions, node by node; no text is ever parsed or run.

Symbols are real, as in the problems that ask for them; `i` is a node of its own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import sympy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Node = list[Any]
"""A node: its kind, then its parts."""

MAX_DEPTH = 150
MAX_NODES = 5_000
_RATIONAL = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")
_NO_BINDING: Mapping[str, Any] = {}


class TreeError(ValueError):
    """A tree that cannot be built; `limit` says why."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


def read_tree(text: str) -> Node:
    """The tree of a JSON text. Raises `TreeError` for one that is too deep, large or no tree."""
    try:
        tree = json.loads(text)
    except RecursionError:
        raise TreeError("sympy_depth") from None
    except ValueError:
        raise TreeError("sympy_tree") from None
    _measure(tree)
    if not _is_node(tree):
        raise TreeError("sympy_tree")
    return list(tree)


def _measure(tree: Any) -> None:
    """Level by level, so that the check itself cannot run out of stack."""
    level, nodes = [tree], 0
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise TreeError("sympy_size")
        level = [part for item in level if isinstance(item, list) for part in item]
        if not level:
            return
    raise TreeError("sympy_depth")


def _is_node(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and isinstance(item[0], str)


def expression(node: Any) -> Any:
    """The SymPy expression of a scalar node. Raises `TreeError` for what is none."""
    return _Builder(_NO_BINDING, in_angle=False).build(node)


def name_of(item: Any) -> str:
    """The name that a symbol node, or a bare name, gives."""
    name = item[1] if _is_node(item) and item[0] == "symbol" else item
    if not isinstance(name, str) or not name:
        raise TreeError("sympy_tree")
    return name


def symbol(name: str) -> Any:
    """The free symbol of a name."""
    return sympy.Symbol(name, real=True)


class _Builder:
    """Builds with some names bound (by a sum or an integral), inside an angle or not."""

    def __init__(self, bound: Mapping[str, Any], *, in_angle: bool) -> None:
        self._bound = bound
        self._in_angle = in_angle

    def build(self, node: Any) -> Any:
        if not _is_node(node):
            raise TreeError("sympy_tree")
        kind, *parts = node
        way, fewest, most = _KINDS.get(kind, (None, 0, 0))
        if way is None:
            raise TreeError("sympy_unsupported")
        if not fewest <= len(parts) <= most:
            raise TreeError("sympy_tree")
        return way(self, *parts)

    def build_all(self, nodes: Sequence[Any]) -> list[Any]:
        return [self.build(node) for node in nodes]

    def inside(self, *, in_angle: bool) -> _Builder:
        return _Builder(self._bound, in_angle=in_angle)

    def binding(self, name: str, bound: Any) -> _Builder:
        return _Builder({**self._bound, name: bound}, in_angle=False)

    # --- leaves

    def number(self, text: str) -> Any:
        if not isinstance(text, str) or not _RATIONAL.fullmatch(text):
            raise TreeError("sympy_tree")
        top, _, bottom = text.partition("/")
        if bottom and not int(bottom):
            raise TreeError("sympy_tree")
        return sympy.Rational(int(top), int(bottom or 1))

    def symbol(self, name: str) -> Any:
        name = name_of(name)
        return self._bound[name] if name in self._bound else symbol(name)

    def constant(self, name: str) -> Any:
        if not isinstance(name, str) or name not in _CONSTANTS:
            raise TreeError("sympy_unsupported")
        return _CONSTANTS[name]

    # --- arithmetic

    def add(self, *parts: Any) -> Any:
        return sympy.Add(*self.build_all(parts))

    def multiply(self, *parts: Any) -> Any:
        return sympy.Mul(*self.build_all(parts))

    def divide(self, top: Any, bottom: Any) -> Any:
        return self.build(top) / self.build(bottom)

    def negate(self, part: Any) -> Any:
        return -self.build(part)

    def power(self, base: Any, exponent: Any) -> Any:
        return self.build(base) ** self.build(exponent)

    def root(self, degree: Any, radicand: Any) -> Any:
        n, r = self.build(degree), self.build(radicand)
        if n.is_odd and r.is_negative:  # the real root, as schools have it
            return -sympy.root(-r, n)
        return sympy.root(r, n)

    def degrees(self, part: Any) -> Any:
        value = self.build(part)
        return value * sympy.pi / 180 if self._in_angle else value

    def quantity(self, part: Any, _unit: Any) -> Any:
        return self.build(part)

    # --- functions

    def apply(self, name: str, *parts: Any) -> Any:
        if not isinstance(name, str) or name not in _FUNCTIONS:
            raise TreeError("sympy_unsupported")
        arguments = self.inside(in_angle=name in _TRIGONOMETRIC).build_all(parts)
        try:
            return _FUNCTIONS[name](*arguments)
        except TypeError:  # so many arguments it does not take
            raise TreeError("sympy_tree") from None

    def call(self, name: str, *parts: Any) -> Any:
        return sympy.Function(name_of(name))(*self.build_all(parts))

    # --- what binds a name

    def sum(self, name: Any, low: Any, high: Any, body: Any) -> Any:
        return self._over_integers(sympy.Sum, name, low, high, body)

    def product(self, name: Any, low: Any, high: Any, body: Any) -> Any:
        return self._over_integers(sympy.Product, name, low, high, body)

    def _over_integers(self, make: Any, name: Any, low: Any, high: Any, body: Any) -> Any:
        index = sympy.Dummy(name_of(name), integer=True)
        summand = self.binding(name_of(name), index).build(body)
        return make(summand, (index, self.build(low), self.build(high))).doit()

    def integral(self, name: Any, low: Any, high: Any, body: Any) -> Any:
        if (low is None) != (high is None):
            raise TreeError("sympy_tree")
        if low is None:
            return sympy.Integral(self.build(body), self.symbol(name_of(name))).doit()
        over = sympy.Dummy(name_of(name), real=True)
        integrand = self.binding(name_of(name), over).build(body)
        return sympy.Integral(integrand, (over, self.build(low), self.build(high))).doit()

    def limit(self, name: Any, to: Any, body: Any) -> Any:
        going = sympy.Dummy(name_of(name), real=True)
        target = self.build(to)
        side = "+" if target.is_infinite else "+-"
        of = self.binding(name_of(name), going).build(body)
        return sympy.Limit(of, going, target, side).doit()

    def derivative(self, name: Any, body: Any) -> Any:
        return sympy.Derivative(self.build(body), self.symbol(name_of(name))).doit()


def _log(base: Any, argument: Any) -> Any:
    return sympy.log(argument) / sympy.log(base)


def _of_integers(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Of integers the number (gcd, lcm); of anything else nothing is claimed."""

    def applied(*arguments: Any) -> Any:
        if all(isinstance(a, sympy.Integer) for a in arguments):
            return function(*arguments)
        return sympy.Function(name)(*arguments)

    return applied


_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "infinity": sympy.oo}
_TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_ARCS = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")
_FUNCTIONS: dict[str, Any] = {
    **{name: getattr(sympy, name) for name in _TRIGONOMETRIC},
    **{name: getattr(sympy, name) for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")},
    **{f"arc{name}": getattr(sympy, f"a{name}") for name in _ARCS},
    "exp": sympy.exp,
    "ln": sympy.log,
    "log": _log,
    "abs": sympy.Abs,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "factorial": sympy.factorial,
    "binomial": sympy.binomial,
    "gcd": _of_integers("gcd", sympy.igcd),
    "lcm": _of_integers("lcm", sympy.ilcm),
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": sympy.Mod,
    "re": sympy.re,
    "im": sympy.im,
    "conj": sympy.conjugate,
    "arg": sympy.arg,
    "sign": sympy.sign,
    "gamma": sympy.gamma,
}
_PARTS = {  # fewest and most parts of a node
    "number": (1, 1), "symbol": (1, 1), "constant": (1, 1), "add": (1, MAX_NODES),
    "multiply": (1, MAX_NODES), "divide": (2, 2), "negate": (1, 1), "power": (2, 2),
    "root": (2, 2), "degrees": (1, 1), "quantity": (2, 2), "apply": (2, MAX_NODES),
    "call": (2, MAX_NODES), "sum": (4, 4), "product": (4, 4), "integral": (4, 4),
    "limit": (3, 3), "derivative": (2, 2),
}  # fmt: skip
_KINDS = {kind: (getattr(_Builder, kind), *counts) for kind, counts in _PARTS.items()}

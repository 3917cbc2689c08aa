"""Expression trees as nested tuples: what every other file of the mathematics reference reads.

`("number", "7/3")`, `("symbol", "x")`, `("constant", "pi")`, `("add", a, b, …)`, `("apply", "sin",
a)` and so on: the first item names the kind of node, numbers are text that `Fraction` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

Tree = tuple[Any, ...]

PI: Tree = ("constant", "pi")
E: Tree = ("constant", "e")
I: Tree = ("constant", "i")  # noqa: E741 - its name in mathematics
INFINITY: Tree = ("constant", "infinity")
X: Tree = ("symbol", "x")
STRUCTURES = frozenset(
    {
        *("list", "set", "tuple", "interval", "union", "intersection", "difference", "matrix"),
        *("relation", "chain", "ratio", "text"),
    }
)


TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})


def number(value: Fraction | int) -> Tree:
    """The node of a rational; a negative one is a `negate` node, as people write it."""
    return ("negate", number(-value)) if value < 0 else ("number", str(Fraction(value)))


def add(*terms: Tree) -> Tree:
    return ("add", *terms)


def multiply(*factors: Tree) -> Tree:
    return ("multiply", *factors)


def divide(above: Tree, below: Tree) -> Tree:
    return ("divide", above, below)


def negate(tree: Tree) -> Tree:
    return ("negate", tree)


def subtract(a: Tree, b: Tree) -> Tree:
    return ("add", a, ("negate", b))


def power(base: Tree, exponent: Tree | int) -> Tree:
    return ("power", base, number(exponent) if isinstance(exponent, int) else exponent)


def root(radicand: Tree | int, degree: int = 2) -> Tree:
    inner = number(radicand) if isinstance(radicand, int) else radicand
    return ("root", number(degree), inner)


def apply(name: str, *arguments: Tree) -> Tree:
    return ("apply", name, *arguments)


def children(tree: Tree) -> Iterator[Tree]:
    """The trees directly inside a tree."""
    for part in tree[1:]:
        if isinstance(part, tuple):
            if tree[0] == "matrix" or (part and isinstance(part[0], tuple)):
                yield from part
            else:
                yield part


def symbols(tree: Tree) -> set[str]:
    """The names that stand in a tree."""
    if tree[0] == "symbol":
        return {tree[1]}
    return set().union(*(symbols(part) for part in children(tree)))


def rebuilt(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The tree with each child changed."""

    def part(item: Any) -> Any:
        if not isinstance(item, tuple):
            return item
        return tuple(map(part, item)) if not item or isinstance(item[0], tuple) else change(item)

    return (tree[0], *(part(item) for item in tree[1:]))


def substituted(tree: Tree, name: str, value: Tree) -> Tree:
    """The tree with a value in place of a name."""
    if tree == ("symbol", name):
        return value
    return rebuilt(tree, lambda part: substituted(part, name, value))


def from_json(item: Any) -> Any:
    """The tuples of a tree that was read from JSON."""
    return tuple(map(from_json, item)) if isinstance(item, list) else item

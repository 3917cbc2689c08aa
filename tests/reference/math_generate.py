"""Expression trees to test with: constants, expressions with names, structures, changed copies."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from reference.math_tree import (
    PI,
    STRUCTURES,
    E,
    I,
    Tree,
    add,
    apply,
    divide,
    multiply,
    negate,
    number,
    power,
    rebuilt,
    root,
    subtract,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reference.math_pieces import Choose

NAMES = ("x", "y", "z", "a", "b", "n", "theta", "x_1")
DENOMINATORS = (1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 25, 99)
NUMERATORS = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    17,
    20,
    25,
    36,
    64,
    100,
    125,
    1000,
    1234,
    45000,
)
STEPS = (Fraction(1), Fraction(1, 10), Fraction(1, 3))
KEPT = {"interval", "symbol", "<", "<="}
SMALL = (1, 2, 3, 4, 5, 6, 7)
PRIMES = (2, 3, 5, 7, 11, 13)
ANGLES = (Fraction(1, 3), Fraction(1, 4), Fraction(1, 5), Fraction(2, 7), Fraction(5, 6))


def often(choose: Choose) -> bool:
    """Yes, two times in three."""
    return choose([True, True, False])


def rational(choose: Choose) -> Tree:
    """A rational number; of either sign."""
    found = number(Fraction(choose(NUMERATORS), choose(DENOMINATORS)))
    return negate(found) if choose([False, False, True]) else found


def positive(choose: Choose) -> Tree:
    """A positive constant that need not be rational."""
    small = number(choose(SMALL))
    kinds = ["number", "number", "root", "pi", "e", "sum"]
    makers: dict[str, Callable[[], Tree]] = {
        "number": lambda: number(Fraction(choose(SMALL), choose(SMALL))),
        "root": lambda: root(choose(PRIMES)),
        "pi": lambda: PI,
        "e": lambda: E,
        "sum": lambda: add(small, root(choose(PRIMES))),
    }
    return makers[choose(kinds)]()


def constant(choose: Choose, depth: int = 2) -> Tree:
    """An expression without names."""
    return expression(choose, depth, names=())


def expression(choose: Choose, depth: int = 3, names: Sequence[str] = NAMES) -> Tree:
    """An expression of at most so many levels in these names."""
    if depth == 0 or choose([False, False, True]):
        return leaf(choose, names)

    def inner() -> Tree:
        return expression(choose, depth - 1, names)

    makers: dict[str, Callable[[], Tree]] = {
        "add": lambda: add(*(inner() for _ in range(choose([2, 2, 3])))),
        "subtract": lambda: subtract(inner(), inner()),
        "multiply": lambda: multiply(*(inner() for _ in range(choose([2, 2, 3])))),
        "divide": lambda: divide(inner(), inner()),
        "negate": lambda: negate(inner()),
        "power": lambda: power(inner(), choose([2, 2, 3, 4, -1, -2])),
        "half": lambda: power(inner(), number(Fraction(choose([1, 3]), 2))),
        "root": lambda: root(inner()),
        "cube root": lambda: root(positive(choose), 3),
        "function": lambda: apply(choose(["sin", "cos", "tan", "exp", "ln", "abs"]), inner()),
        "angle": lambda: apply(choose(["sin", "cos"]), multiply(number(choose(ANGLES)), PI)),
        "inverse": lambda: apply("arctan", inner()),
        "log": lambda: apply("log", number(choose([2, 3, 10])), positive(choose)),
        "whole": lambda: whole(choose),
    }
    return makers[choose(list(makers))]()


def leaf(choose: Choose, names: Sequence[str]) -> Tree:
    if names and often(choose):
        return ("symbol", choose(names))
    return choose([rational(choose), rational(choose), root(choose(PRIMES)), PI, E, I])


def whole(choose: Choose) -> Tree:
    """An expression of whole numbers."""
    low, high = sorted((choose(range(2, 9)), choose(range(2, 9))))
    pair = (number(low), number(high))
    makers: dict[str, Callable[[], Tree]] = {
        "factorial": lambda: apply("factorial", pair[1]),
        "binomial": lambda: apply("binomial", pair[1], pair[0]),
        "gcd": lambda: apply("gcd", number(6 * low), number(4 * high)),
        "lcm": lambda: apply("lcm", *pair),
        "min": lambda: apply("min", *pair),
        "floor": lambda: apply("floor", divide(number(7 * high), number(low))),
        "ceil": lambda: apply("ceil", multiply(number(low), root(choose(PRIMES)))),
    }
    return makers[choose(list(makers))]()


def structure(choose: Choose) -> Tree:
    """A list, set, tuple, interval, union, matrix, relation or chain of simple scalars."""

    def part() -> Tree:
        return expression(choose, 1, ("x", "y", "a"))

    def distinct(count: int) -> list[Tree]:
        start = choose(range(-9, 9))
        steps = [choose(range(1, 5)) for _ in range(count)]
        return [number(Fraction(start + sum(steps[:i]), 1)) for i in range(count)]

    def line() -> Tree:
        return add(multiply(number(choose(SMALL)), ("symbol", "x")), rational(choose))

    makers: dict[str, Callable[[], Tree]] = {
        "list": lambda: ("list", *distinct(choose([2, 3]))),
        "set": lambda: ("set", *distinct(choose([2, 3]))),
        "tuple": lambda: ("tuple", *(part() for _ in range(choose([2, 3])))),
        "interval": lambda: ("interval", *distinct(2), True, choose([True, False])),
        "union": lambda: union(distinct(4)),
        "matrix": lambda: ("matrix", (part(), part()), (part(), part())),
        "equation": lambda: ("relation", "=", line(), multiply(rational(choose), ("symbol", "y"))),
        "root": lambda: ("relation", "=", line(), rational(choose)),
        "named": lambda: ("relation", "=", ("symbol", "x"), constant(choose, 1)),
        "inequality": lambda: (
            "relation",
            choose(["<", "<=", ">", ">="]),
            line(),
            rational(choose),
        ),
        "chain": lambda: chain(choose, distinct(2)),
    }
    return makers[choose(list(makers))]()


def union(ends: Sequence[Tree]) -> Tree:
    low, middle, other, high = ends
    return ("union", ("interval", low, middle, True, False), ("interval", other, high, False, True))


def chain(choose: Choose, ends: Sequence[Tree]) -> Tree:
    links = (choose(["<", "<="]), choose(["<", "<="]))
    return ("chain", links, (ends[0], ("symbol", "x"), ends[1]))


def changed(choose: Choose, tree: Tree) -> Tree:
    """A copy with one small change somewhere, which most often changes the value."""
    inner = [at for at, part in enumerate(tree) if isinstance(part, tuple) and is_tree(part)]
    if inner and often(choose):
        at = choose(inner)
        return (*tree[:at], changed(choose, tree[at]), *tree[at + 1 :])
    return changed_here(choose, tree)


def is_tree(part: Tree) -> bool:
    """Whether a tuple is a node, not the links of a chain or a row of a matrix."""
    return isinstance(part[0], str) and part[0] not in KEPT - {"interval", "symbol"}


def changed_here(choose: Choose, tree: Tree) -> Tree:
    """The outermost operation changed."""
    kind, *parts = tree
    if kind == "apply":
        swapped = {"sin": "cos", "cos": "sin"}
        return (kind, swapped[parts[0]], *parts[1:]) if parts[0] in swapped else negate(tree)
    changes: dict[str, Callable[[], Tree]] = {
        "number": lambda: ("number", str(Fraction(parts[0]) + choose(STEPS))),
        "symbol": lambda: ("symbol", "y" if parts[0] != "y" else "z"),
        "add": lambda: ("multiply", *parts),
        "multiply": lambda: ("add", *parts),
        "divide": lambda: divide(parts[1], parts[0]),
    }
    if kind in STRUCTURES:
        return rebuilt(tree, lambda part: part if part[0] in KEPT else negate(part))
    return changes.get(kind, lambda: negate(tree))()

"""Identities: pairs of trees that are equal whatever stands in them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from reference.math_generate import NAMES, PRIMES, SMALL, expression, positive, rational
from reference.math_tree import (
    PI,
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
    root,
    subtract,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference.math_pieces import Choose

Pair = tuple[Tree, Tree]
ONE, TWO = number(1), number(2)


def sin(tree: Tree) -> Tree:
    return apply("sin", tree)


def cos(tree: Tree) -> Tree:
    return apply("cos", tree)


def squared(tree: Tree) -> Tree:
    return power(tree, 2)


def algebra(choose: Choose) -> Pair:
    """Expand, factor, reorder, common denominators."""
    u, v, w, z = (expression(choose, choose([0, 0, 1]), NAMES[:5]) for _ in range(4))
    makers: list[Callable[[], Pair]] = [
        lambda: (squared(add(u, v)), add(squared(u), multiply(TWO, u, v), squared(v))),
        lambda: (squared(subtract(u, v)), add(squared(u), negate(multiply(TWO, u, v)), squared(v))),
        lambda: (multiply(subtract(u, v), add(u, v)), subtract(squared(u), squared(v))),
        lambda: (
            subtract(power(u, 3), power(v, 3)),
            multiply(subtract(u, v), add(squared(u), multiply(u, v), squared(v))),
        ),
        lambda: (multiply(u, add(v, w)), add(multiply(w, u), multiply(v, u))),
        lambda: (add(u, v, w), add(add(w, v), u)),
        lambda: (multiply(u, v, w), multiply(w, multiply(u, v))),
        lambda: (
            add(divide(u, v), divide(w, z)),
            divide(add(multiply(u, z), multiply(w, v)), multiply(v, z)),
        ),
        lambda: (divide(divide(u, v), w), divide(u, multiply(v, w))),
        lambda: (divide(u, divide(v, w)), divide(multiply(w, u), v)),
        lambda: (subtract(u, subtract(v, w)), add(u, w, negate(v))),
        lambda: (negate(divide(u, v)), divide(u, negate(v))),
        lambda: (power(divide(u, v), -2), squared(divide(v, u))),
        lambda: (multiply(power(u, 3), power(u, -1)), squared(u)),
        lambda: (power(squared(u), 3), power(u, 6)),
        lambda: (power(multiply(u, v), 3), multiply(power(v, 3), power(u, 3))),
        lambda: (add(u, u, u), multiply(number(3), u)),
        lambda: (subtract(add(u, v), v), u),
        lambda: (apply("abs", negate(u)), apply("abs", u)),
        lambda: (apply("abs", multiply(u, v)), multiply(apply("abs", v), apply("abs", u))),
    ]
    return choose(makers)()


def polynomial(choose: Choose) -> Pair:
    """A polynomial by its roots and by its coefficients."""
    x: Tree = ("symbol", choose(NAMES))
    roots = [choose(range(-6, 7)) for _ in range(choose([2, 3]))]
    coefficients = [1]
    for each in roots:
        shifted = [*coefficients, 0]
        for index, coefficient in enumerate(coefficients):
            shifted[index + 1] -= each * coefficient
        coefficients = shifted
    degree = len(roots)
    terms = [multiply(number(c), power(x, degree - i)) for i, c in enumerate(coefficients)]
    return multiply(*(subtract(x, number(each)) for each in roots)), add(*terms)


def radicals(choose: Choose) -> Pair:
    """Rationalised denominators, squares taken out of roots, roots within roots."""
    a, b = choose([(2, 3), (5, 3), (7, 2), (5, 6), (11, 7), (10, 3)])
    n = choose(SMALL)
    both = subtract(root(a), root(b))
    makers: list[Callable[[], Pair]] = [
        lambda: (divide(ONE, add(root(a), root(b))), divide(both, number(a - b))),
        lambda: (divide(number(n), root(a)), divide(multiply(number(n), root(a)), number(a))),
        lambda: (root(n * n * a), multiply(number(n), root(a))),
        lambda: (root(divide(number(a), number(b))), divide(root(a * b), number(b))),
        lambda: (multiply(root(a), root(b)), root(a * b)),
        lambda: (root(add(number(a + b), multiply(TWO, root(a * b)))), add(root(b), root(a))),
        lambda: (squared(add(ONE, root(a))), add(number(1 + a), multiply(TWO, root(a)))),
        lambda: (power(number(a), number(Fraction(3, 2))), multiply(number(a), root(a))),
        lambda: (root(number(8 * a), 3), multiply(TWO, root(number(a), 3))),
        lambda: (divide(ONE, root(number(a), 3)), divide(root(number(a * a), 3), number(a))),
        lambda: (root(root(number(a))), power(number(a), number(Fraction(1, 4)))),
        lambda: (
            multiply(add(root(a), number(n)), subtract(root(a), number(n))),
            number(a - n * n),
        ),
    ]
    return choose(makers)()


def trigonometry(choose: Choose) -> Pair:
    """Squares, sums, doubles, halves, values at known angles."""
    u, v = (expression(choose, choose([0, 0, 1]), NAMES[:5]) for _ in range(2))
    double = multiply(TWO, u)
    third, quarter = divide(PI, number(3)), divide(PI, number(4))
    makers: list[Callable[[], Pair]] = [
        lambda: (add(squared(sin(u)), squared(cos(u))), ONE),
        lambda: (add(v, squared(sin(u)), squared(cos(u))), add(v, ONE)),
        lambda: (add(ONE, squared(apply("tan", u))), squared(apply("sec", u))),
        lambda: (sin(double), multiply(TWO, sin(u), cos(u))),
        lambda: (cos(double), subtract(ONE, multiply(TWO, squared(sin(u))))),
        lambda: (cos(double), subtract(multiply(TWO, squared(cos(u))), ONE)),
        lambda: (sin(add(u, v)), add(multiply(sin(u), cos(v)), multiply(cos(u), sin(v)))),
        lambda: (cos(subtract(u, v)), add(multiply(sin(u), sin(v)), multiply(cos(u), cos(v)))),
        lambda: (sin(negate(u)), negate(sin(u))),
        lambda: (cos(negate(u)), cos(u)),
        lambda: (cos(subtract(divide(PI, TWO), u)), sin(u)),
        lambda: (sin(add(u, PI)), negate(sin(u))),
        lambda: (apply("tan", u), divide(sin(u), cos(u))),
        lambda: (apply("cot", u), divide(ONE, apply("tan", u))),
        lambda: (subtract(sin(add(u, v)), sin(subtract(u, v))), multiply(TWO, sin(v), cos(u))),
        lambda: (apply("cos", third), number(Fraction(1, 2))),
        lambda: (apply("sin", third), divide(root(3), TWO)),
        lambda: (apply("tan", quarter), ONE),
        lambda: (apply("cos", ("degrees", number(45))), divide(root(2), TWO)),
        lambda: (apply("sin", ("degrees", number(18))), divide(subtract(root(5), ONE), number(4))),
        lambda: (apply("arctan", ONE), quarter),
        lambda: (apply("arcsin", number(Fraction(1, 2))), divide(PI, number(6))),
        lambda: (subtract(squared(apply("cosh", u)), squared(apply("sinh", u))), ONE),
    ]
    return choose(makers)()


def logarithms(choose: Choose) -> Pair:
    """Rules of logarithms and powers of positive constants."""
    a, b = positive(choose), positive(choose)
    n, base = number(choose(SMALL)), number(choose(PRIMES))
    makers: list[Callable[[], Pair]] = [
        lambda: (apply("ln", multiply(a, b)), add(apply("ln", a), apply("ln", b))),
        lambda: (apply("ln", divide(a, b)), subtract(apply("ln", a), apply("ln", b))),
        lambda: (apply("ln", power(a, n)), multiply(n, apply("ln", a))),
        lambda: (apply("ln", root(a)), divide(apply("ln", a), TWO)),
        lambda: (apply("log", base, a), divide(apply("ln", a), apply("ln", base))),
        lambda: (apply("log", base, power(base, n)), n),
        lambda: (power(base, apply("log", base, a)), a),
        lambda: (apply("exp", apply("ln", a)), a),
        lambda: (power(E, add(n, a)), multiply(power(E, a), power(E, n))),
        lambda: (negate(apply("ln", divide(ONE, a))), apply("ln", a)),
        lambda: (multiply(power(a, b), power(a, n)), power(a, add(b, n))),
        lambda: (power(multiply(a, b), n), multiply(power(a, n), power(b, n))),
        lambda: (power(a, negate(b)), divide(ONE, power(a, b))),
        lambda: (apply("log", squared(base), power(base, 3)), number(Fraction(3, 2))),
    ]
    return choose(makers)()


def complexes(choose: Choose) -> Pair:
    """Complex numbers: products with the conjugate, quotients, powers of i."""
    a, b = number(choose(SMALL)), number(choose(SMALL))
    z, conjugate = add(a, multiply(b, I)), subtract(a, multiply(b, I))
    norm = add(squared(a), squared(b))
    makers: list[Callable[[], Pair]] = [
        lambda: (multiply(z, conjugate), norm),
        lambda: (divide(ONE, z), divide(conjugate, norm)),
        lambda: (squared(z), add(subtract(squared(a), squared(b)), multiply(TWO, a, b, I))),
        lambda: (squared(I), number(-1)),
        lambda: (power(E, multiply(I, PI)), number(-1)),
        lambda: (root(number(-4)), multiply(TWO, I)),
        lambda: (apply("abs", z), root(norm)),
        lambda: (divide(ONE, I), negate(I)),
        lambda: (power(add(ONE, I), 4), number(-4)),
        lambda: (multiply(I, z), add(negate(b), multiply(a, I))),
    ]
    return choose(makers)()


def arithmetic(choose: Choose) -> Pair:
    """Rational arithmetic against its result, and counting."""
    a, b = rational(choose), rational(choose)
    exact = [Fraction(t[1]) if t[0] == "number" else -Fraction(t[1][1]) for t in (a, b)]
    n = choose(range(3, 15))
    makers: list[Callable[[], Pair]] = [
        lambda: (add(a, b), number(exact[0] + exact[1])),
        lambda: (multiply(a, b), number(exact[0] * exact[1])),
        lambda: (divide(a, b), number(exact[0] / exact[1])),
        lambda: (power(a, 3), number(exact[0] ** 3)),
        lambda: (
            divide(apply("factorial", number(n)), apply("factorial", number(n - 1))),
            number(n),
        ),
        lambda: (apply("binomial", number(n), TWO), number(n * (n - 1) // 2)),
    ]
    return choose(makers)()


FAMILIES = {
    "algebra": algebra,
    "polynomial": polynomial,
    "radicals": radicals,
    "trigonometry": trigonometry,
    "logarithms": logarithms,
    "complexes": complexes,
    "arithmetic": arithmetic,
}

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
from math import comb, factorial, gcd, isqrt, lcm
from typing import TYPE_CHECKING, Any

import mpmath

from reference.math_tree import TRIGONOMETRIC, Tree, symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = Any  # Fraction or mpmath.mpc
Point = "Mapping[str, Fraction]"
POINTS = 6
LARGEST_POWER = 5000
LARGEST_FACTORIAL = 500
COARSE, FINE = 150, 600
GUARD = 40
"""Digits that may be lost on the way, of a computation with `COARSE` or `FINE`."""


class Undefined(ArithmeticError):  # noqa: N818 - a state, not a fault
    """There is no value here: a pole, a logarithm of zero, too large a power."""


class Undecided(ArithmeticError):  # noqa: N818
    """This oracle cannot tell."""


class Scale:
    """The size of the largest value met, against which a difference is small or not."""

    def __init__(self) -> None:
        self.largest = mpmath.mpf(1)

    def seen(self, value: Value) -> Value:
        """Remember the size of a value, and give it."""
        size = abs(value)
        if isinstance(size, Fraction):
            size = mpmath.mpf(size.numerator) / size.denominator
        if not mpmath.isfinite(size):
            raise Undefined("infinite")
        self.largest = max(self.largest, size)
        return value


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


def wide(number: Value) -> Any:
    """The complex number of mpmath, of a value of either sort."""
    if isinstance(number, Fraction):
        return mpmath.mpc(mpmath.mpf(number.numerator) / number.denominator)
    return mpmath.mpc(number)


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


def nothing(number: Value, scale: Scale) -> bool:
    """Whether a value is zero, as far as the precision tells."""
    if isinstance(number, Fraction):
        return number == 0
    return bool(abs(number) <= scale.largest * mpmath.mpf(10) ** (GUARD - mpmath.mp.dps))


def both(a: Value, b: Value, operation: Callable[[Any, Any], Any]) -> Value:
    """An operation on two values: exact if both are."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return operation(a, b)
    return operation(wide(a), wide(b))


def of_power(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    base, exponent = parts(tree, at, scale)
    return raised(base, exponent, scale)


def raised(base: Value, exponent: Value, scale: Scale) -> Value:
    """The principal power."""
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return whole_power(base, int(exponent), scale)
    if nothing(base, scale):
        if wide(exponent).real > 0:
            return Fraction(0)
        raise Undefined("a power of zero")
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and base > 0:
        exact = exact_root(base, exponent.denominator)
        if exact is not None:
            return whole_power(exact, exponent.numerator, scale)
    logarithm = wide(exponent) * mpmath.log(snapped(base, scale))
    if abs(logarithm) > LARGEST_POWER:
        raise Undefined("too large a power")
    return mpmath.exp(logarithm)


def whole_power(base: Value, exponent: int, scale: Scale) -> Value:
    """A power with a whole exponent, by multiplication and so exact for a rational."""
    if exponent < 0 and nothing(base, scale):
        raise Undefined("division by zero")
    if abs(exponent) > LARGEST_POWER:
        raise Undefined("too large a power")
    return base**exponent


def exact_root(number: Fraction, degree: int) -> Fraction | None:
    """The rational root of a positive rational, where there is one."""
    found = Fraction(*(whole_root(part, degree) for part in number.as_integer_ratio()))
    return found if found**degree == number else None


def whole_root(number: int, degree: int) -> int:
    """The whole part of a root."""
    if degree == 2:
        return isqrt(number)
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
    return low


def of_root(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """The principal root; of a negative number without names, the real one of an odd degree."""
    degree, radicand = parts(tree, at, scale)
    if not isinstance(degree, Fraction) or degree.denominator != 1 or degree < 2:
        raise Undecided("a root of that degree")
    negative = real(radicand, scale) and wide(radicand).real < 0
    if degree % 2 and negative and not symbols(tree):
        return -raised(-radicand, 1 / degree, scale)
    return raised(radicand, 1 / degree, scale)


def real(number: Value, scale: Scale) -> bool:
    return isinstance(number, Fraction) or nothing(wide(number).imag, scale)


def snapped(number: Value, scale: Scale) -> Any:
    """The complex number, on the real line if it is next to it: branch cuts lie there."""
    full = wide(number)
    return mpmath.mpc(full.real) if real(full, scale) else full


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

# Functions ----------------------------------------------------------------------------------

COMPLEX: dict[str, Callable[..., Any]] = {
    **{name: getattr(mpmath, name) for name in TRIGONOMETRIC},
    **{name: getattr(mpmath, name) for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")},
    **{f"arc{name}": getattr(mpmath, f"a{name}") for name in TRIGONOMETRIC},
    **{f"arc{name}": getattr(mpmath, f"a{name}") for name in ("sinh", "cosh", "tanh")},
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "gamma": mpmath.gamma,
    "arg": mpmath.arg,
}


def applied(tree: Tree, at: Mapping[str, Fraction], scale: Scale) -> Value:
    """The value of a function that is known by name."""
    name, arguments = tree[1], tree[2:]
    values = [value(argument, at, scale) for argument in arguments]
    if name in TRIGONOMETRIC and arguments[0][0] == "degrees":
        values = [wide(values[0]) * mpmath.pi / 180]
    if name in REAL:
        return REAL[name](*(as_real(each, scale) for each in values))
    if name == "log":
        return logarithm(values[0], values[1], scale)
    if name in ("re", "im", "conj"):
        return part_of(name, values[0])
    return analytic(name, values[0], scale)


def analytic(name: str, argument: Value, scale: Scale) -> Value:
    """A function of a complex number, away from its poles."""
    if name not in COMPLEX:
        raise Undecided(f"{name} is not known here")
    if name in ("ln", "arg") and nothing(argument, scale):
        raise Undefined(f"{name} of zero")
    if name.startswith("arc") and on_cut(name, argument, scale):
        raise Undefined(f"on the branch cut of {name}")
    if name == "exp" and abs(wide(argument).real) > LARGEST_POWER:
        raise Undefined("too large a power")
    try:
        found = mpmath.mpc(COMPLEX[name](snapped(argument, scale)))
    except (ZeroDivisionError, ValueError) as fault:
        raise Undefined(f"a pole of {name}") from fault
    # A pole that rounding has moved by a little.
    if abs(found) > mpmath.mpf(10) ** (mpmath.mp.dps - GUARD) and name != "exp":
        raise Undefined(f"a pole of {name}")
    return found


def on_cut(name: str, argument: Value, scale: Scale) -> bool:
    """Whether an inverse function jumps here, so that its value is a matter of taste."""
    full = wide(argument)
    if name in {"arctan", "arccot", "arcsinh"}:
        return nothing(full.real, scale) and abs(full.imag) >= 1
    if name in {"arcsin", "arccos", "arctanh"}:
        return nothing(full.imag, scale) and abs(full.real) > 1
    return not real(argument, scale)


def logarithm(base: Value, argument: Value, scale: Scale) -> Value:
    """The logarithm to a base."""
    if nothing(base, scale) or nothing(argument, scale):
        raise Undefined("a logarithm of zero")
    below = mpmath.log(snapped(base, scale))
    if nothing(below, scale):
        raise Undefined("a logarithm to the base one")
    return mpmath.log(snapped(argument, scale)) / below


def part_of(name: str, argument: Value) -> Value:
    if isinstance(argument, Fraction):
        return Fraction(0) if name == "im" else argument
    return {"re": argument.real, "im": argument.imag, "conj": mpmath.conj(argument)}[name]


def as_real(number: Value, scale: Scale) -> Value:
    """A real number, exact if it is; a complex one stays as it is, for `abs`."""
    if isinstance(number, Fraction):
        return number
    return number.real if real(number, scale) else number


def floor(number: Value) -> Fraction:
    """The whole number below; what cannot be told from a whole number is one."""
    if isinstance(number, Fraction):
        return Fraction(number.__floor__())
    if isinstance(number, mpmath.mpc):
        raise Undefined("of a complex number")
    nearest = int(mpmath.nint(number))
    if abs(number - nearest) < mpmath.mpf(10) ** (GUARD - mpmath.mp.dps):
        return Fraction(nearest)
    return Fraction(int(mpmath.floor(number)))


def sign(number: Value) -> Fraction:
    if isinstance(number, mpmath.mpc):
        raise Undefined("complex numbers have no sign")
    if number != 0 and abs(number) < mpmath.mpf(10) ** (GUARD - mpmath.mp.dps):
        raise Undecided("the sign of next to nothing")
    return Fraction((number > 0) - (number < 0))


def whole(number: Value, least: int = 0) -> int:
    if not isinstance(number, Fraction) or number.denominator != 1 or number < least:
        raise Undefined("not of a whole number")
    if number > LARGEST_FACTORIAL:
        raise Undefined("too large")
    return int(number)


def ordered(numbers: tuple[Value, ...], choose: Callable[..., Any]) -> Value:
    if any(isinstance(each, mpmath.mpc) for each in numbers):
        raise Undefined("complex numbers have no order")
    if all(isinstance(each, Fraction) for each in numbers):
        return choose(numbers)
    return choose(mpmath.mpf(wide(each).real) for each in numbers)


def floor_modulo(a: Value, b: Value) -> Value:
    if not (isinstance(a, Fraction) and isinstance(b, Fraction)):
        raise Undecided("a remainder of what is not rational")
    return a % b


REAL: dict[str, Callable[..., Value]] = {
    "abs": abs,
    "floor": floor,
    "ceil": lambda number: -floor(-number),
    "factorial": lambda n: Fraction(factorial(whole(n))),
    "binomial": lambda n, k: Fraction(comb(whole(n), whole(k))),
    "gcd": lambda *numbers: Fraction(gcd(*map(whole, numbers))),
    "lcm": lambda *numbers: Fraction(lcm(*map(whole, numbers))),
    "min": lambda *numbers: ordered(numbers, min),
    "max": lambda *numbers: ordered(numbers, max),
    "mod": floor_modulo,
    "sign": sign,
}

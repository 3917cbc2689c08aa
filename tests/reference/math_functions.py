"""The functions that are known by name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial, gcd, lcm
from typing import Any

import mpmath

from reference.math_number import (
    GUARD,
    LARGEST_POWER,
    Scale,
    Undecided,
    Undefined,
    Value,
    nothing,
    real,
    snapped,
    wide,
)
from reference.math_tree import TRIGONOMETRIC

LARGEST_FACTORIAL = 500
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


def named_function(name: str, values: list[Value], scale: Scale) -> Value:
    """The value of a function at the values of its arguments."""
    if name in REAL:
        return REAL[name](*(as_real(each, scale) for each in values))
    if name == "log":
        return logarithm(values[0], values[1], scale)
    if name in {"re", "im", "conj"}:
        return part_of(name, values[0])
    return analytic(name, values[0], scale)

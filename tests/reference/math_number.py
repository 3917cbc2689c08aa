"""Values: exact rationals, or complex numbers of mpmath at the precision in force."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Any

import mpmath

if TYPE_CHECKING:
    from collections.abc import Callable

Value = Any  # Fraction or mpmath.mpc
LARGEST_POWER = 5000
GUARD = 40
"""Digits that may be lost on the way: what is smaller than the rest by more is nothing."""


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


def wide(number: Value) -> Any:
    """The complex number of mpmath, of a value of either sort."""
    if isinstance(number, Fraction):
        return mpmath.mpc(mpmath.mpf(number.numerator) / number.denominator)
    return mpmath.mpc(number)


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


def real(number: Value, scale: Scale) -> bool:
    return isinstance(number, Fraction) or nothing(wide(number).imag, scale)


def snapped(number: Value, scale: Scale) -> Any:
    """The complex number, on the real line if it is next to it: branch cuts lie there."""
    full = wide(number)
    return mpmath.mpc(full.real) if real(full, scale) else full

"""Pieces of written mathematics: how tightly they bind and which may stand side by side."""

# ruff: noqa: RUF001 - the characters of mathematics

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Choose(Protocol):
    """A source of choices."""

    def __call__(self, options: Sequence[T], /) -> T:
        """Give one of the options."""


class Level(IntEnum):
    """How tightly the outermost operation of a text binds."""

    SUM = 1
    SLASH = 2
    FUNCTION = 3  # a function without brackets: what follows could be read into it
    PRODUCT = 4
    FRACTION = 5
    POWER = 6
    ATOM = 7


class Piece(NamedTuple):
    """A text, how tightly it binds, and whether it is a function at work."""

    text: str
    level: Level
    function: bool = False


# After these nothing may stand without a sign, before those nothing may.
ENDS = re.compile(r"[!|°]\Z|√[0-9a-z]+\Z|\^[a-z]\Z|\*\*[0-9]+\Z|\\circ\}?\Z|[½⅓⅔¼¾]\Z")
STARTS = re.compile(
    r"[0-9.|½⅓⅔¼¾⌊⌈-]|\\l(?:vert|floor|ceil)|\\left\||\\operatorname|\\overline|\\Gamma|\\.?binom"
)
OPENS = re.compile(r"\(|\\left\(|\\bigl\(")
NAME_AT_END = re.compile(r"(?:[A-Za-zθπαβλω]|_[0-9a-z]|_\{[0-9a-z]+\})\Z")
FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac")


def touching(left: Piece, right: Piece, *, latex: bool) -> bool:
    """Whether two factors may stand side by side without a second reading."""
    end, start = left.text, right.text
    if left.function:  # `\sin(x)(y)` could be one argument, `\sin x \cos x` could not
        return right.function and latex
    if ENDS.search(end) or STARTS.match(start):
        return False
    if OPENS.match(start):  # a name before a bracket would be a function
        return not NAME_AT_END.search(end)
    if start.startswith(FRACTIONS):  # a digit before a fraction would be a mixed number
        return not end[-1].isdigit()
    return letters_touch(end, start, latex=latex)


def letters_touch(end: str, start: str, *, latex: bool) -> bool:
    """Whether a factor may stand before one that begins with a letter or a command."""
    commands = (r"\sqrt", r"\pi", r"\theta", r"\mathrm")
    if start[0] in "√π" or (latex and start.startswith(commands)):
        return True
    if re.match(r"e(?!\^)|pi|theta|infinity", start):  # `2e3` would be 2000
        return False
    if not latex and re.search(r"_[0-9a-z]\Z", end):  # `x_1y` could have the index 1y
        return False
    if end[-1] in "0123456789)}²³⁴" or start.startswith("\\"):
        return True
    if latex and re.search(r"\\(?:pi|theta)\Z", end):
        return True
    return bool(re.search(r"(?<![A-Za-z\\])[xyz]\Z", end) and re.match(r"[xyz](?![A-Za-z])", start))

"""Texts of files and models on their way to a terminal."""

from __future__ import annotations

LONG = 80


def counted(count: int, one: str, many: str) -> str:
    """A count and what it counts, said of one or of many.

    >>> counted(1, "row is", "rows are"), counted(2000, "row is", "rows are")
    ('1 row is', '2,000 rows are')
    """
    return f"{count:,} {one if count == 1 else many}"


REPEATS = ("row repeats another and counts once", "rows repeat others and count once")
"""What is said of rows of one sample, for `counted`."""


def plain(text: str, length: int = LONG) -> str:
    r"""`text` on one line of at most `length` characters, with nothing in it that acts.

    Control characters, terminal escapes, marks that turn the direction of writing, and halves of
    surrogates are written as Python would escape them.

    >>> plain("a\x1b[31m\n")
    'a\\x1b[31m\\n'
    """
    cut = text[: length + 1]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return shown if len(shown) <= length else shown[: length - 1] + "…"

"""The options of multiple-choice problems: read, stripped of their letters, shuffled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from slm_mux.tasks.fields import LETTERS, list_of
from slm_mux.tasks.files import ProblemsFile, Row

_LETTERED = re.compile(r"\s*(?:\(([A-Z])\)\s*|([A-Z])(?:\)\s*|[.:]\s+|\s+))(?=\S)(.*)", re.DOTALL)


def choices_of(file: ProblemsFile, row: Row, field: str) -> tuple[str, ...]:
    """The option texts of a row, in letter order, without their letters."""
    options = list_of(file, row, field)
    check_count(file, row, field, len(options))
    texts = without_letters(options)
    if texts is None:
        raise file.error(f"field {field!r}: the options' letters are out of order: sort them", row)
    return tuple(text.strip() for text in texts)


def check_count(file: ProblemsFile, row: Row, field: str, count: int) -> None:
    """Refuse fewer than two options and more than there are letters."""
    if count < 2:  # noqa: PLR2004  a choice needs two
        raise file.error(f"field {field!r} has {count} option(s): a choice needs at least two", row)
    if count > len(LETTERS):
        raise file.error(
            f"field {field!r} has {count} options: at most {len(LETTERS)} are lettered", row
        )


def without_letters(options: Sequence[str]) -> list[str] | None:
    """Strip `A …`, `A. …`, `A) …`, `(A) …` where *every* option bears its own letter.

    None where the options bear the right letters in another order: by which one the reference
    goes cannot be known.
    """
    matches = [_LETTERED.match(option) for option in options]
    found = [(match[1] or match[2]) if match else "" for match in matches]
    expected = list(LETTERS[: len(options)])
    if found == expected:
        return [match[3] for match in matches if match]
    return None if sorted(found) == expected else list(options)


def permutation(seed: int, text: str, count: int) -> list[int]:
    """A shuffle of `range(count)` that depends on seed and problem alone, not on row order.

    Sorting by SHA-256 keeps it the same in every version of Python.
    """

    def rank(index: int) -> bytes:
        body = f"{seed}\0{index}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(body).digest()

    return sorted(range(count), key=rank)

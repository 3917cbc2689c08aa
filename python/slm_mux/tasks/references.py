"""What a reference answer must look like, per answer kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slm_mux.tasks.fields import LETTERS
from slm_mux.tasks.files import ProblemsFile, Row

_BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
_LETTER = re.compile(r"\(?([A-Za-z])\)?[.:]?")

_MARK = "####"
_SHORT = 200
"""A `solution` of one line up to this length is taken to be the answer itself."""


def math_reference(file: ProblemsFile, row: Row, field: str, text: str) -> str:
    """The answer as given; of a worked solution, the content of its last box."""
    if field.lower() != "solution":
        return text.strip()
    box = last_box(text)
    if box is None and ("\n" in text.strip() or len(text) > _SHORT):
        raise file.error(f"field {field!r} has no \\boxed{{}} answer: add a field 'answer'", row)
    return text.strip() if box is None else box


def last_box(text: str) -> str | None:
    r"""The content of the last `\boxed{…}` or `\fbox{…}`; None without one that is closed."""
    starts = [match.end() for match in _BOX.finditer(text)]
    if not starts:
        return None
    start, depth = starts[-1], 0
    if text[start : start + 1] != "{":
        return re.match(r"[^\s$]*", text[start:])[0] or None  # type: ignore[index]
    for match in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return text[start + 1 : match.start()].strip() or None
    return None


def number_reference(file: ProblemsFile, row: Row, field: str, text: str) -> str:
    """The number after the last `####`, without thousands commas; else the answer as given."""
    _, marked, tail = text.rpartition(_MARK)
    answer = _THOUSANDS.sub("", tail).strip() if marked else text.strip()
    if not any(char.isdigit() for char in answer):
        place = f"after {_MARK} in field" if marked else "in field"
        raise file.error(f"no number {place} {field!r}: the reference must be a number", row)
    return answer


def choice_reference(
    file: ProblemsFile, row: Row, field: str, text: str, choices: Sequence[str]
) -> str:
    """The letter of the right option, given as a letter or as the option's text."""
    answer = text.strip()
    letters = LETTERS[: len(choices)]
    bare = _LETTER.fullmatch(answer)
    if bare and bare[1].upper() in letters:
        return bare[1].upper()
    same = [letter for letter, choice in zip(letters, choices, strict=True) if choice == answer]
    if len(same) == 1:
        return same[0]
    shown = answer if len(answer) <= _SHORT else answer[:_SHORT] + "…"
    raise file.error(
        f"field {field!r}: {shown!r} is none of the {len(choices)} choices: "
        f"give a letter {letters[0]}-{letters[-1]}",
        row,
    )

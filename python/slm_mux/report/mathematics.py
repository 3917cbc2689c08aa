r"""LaTeX in texts → MathML, bounded in time and size; what cannot be converted stays source.

The converter's output is taken to be hostile all the same: the page builds elements of a list of
allowed ones from it and takes no markup as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import math_core

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FORMULA = 2_000
"""Characters of the longest formula that is converted."""
MAX_FORMULAS = 400
"""Openings of formulas of a text that are followed; the rest stays source."""
MAX_TEXT = 40_000
"""Characters of a text in which formulas are looked for."""

_CLOSERS = {"$$": "$$", r"\[": r"\]", r"\(": r"\)", "$": "$"}
_DISPLAYED = ("$$", r"\[", r"\begin{")
_OPENERS = re.compile(r"\$\$|\\\[|\\\(|(?<!\\)\$|\\boxed\{|\\begin\{([a-z]{1,12}\*?)\}")
_ENVIRONMENTS = frozenset(
    name + star
    for name in ("align", "aligned", "equation", "gather", "gathered", "multline", "eqnarray",
                 "cases", "matrix", "pmatrix", "bmatrix", "vmatrix", "array")
    for star in ("", "*")
)  # fmt: skip
_BRACES = re.compile(r"[{}]")
_LOOKS_LIKE_MATH = re.compile(r"[\\^_=<>]|\d\s*[-+*/]\s*\d")


class Formula(NamedTuple):
    """A formula in a text, delimiters included, and its MathML."""

    start: int
    end: int
    mathml: str


def formulas(text: str) -> list[Formula]:
    """The formulas of a text that can be converted, in order, none inside another."""
    return [
        Formula(start, end, mathml)
        for start, end, source, display in _spans(text[:MAX_TEXT])
        if (mathml := to_mathml(source, display=display)) is not None
    ]


def answer_to_mathml(answer: str) -> str | None:
    """An answer as MathML, where it is a formula without delimiters; else None."""
    bare = answer.strip().strip("$")
    return to_mathml(bare, display=False) if _LOOKS_LIKE_MATH.search(bare[:MAX_FORMULA]) else None


@lru_cache(maxsize=1 << 17)
def to_mathml(latex: str, *, display: bool) -> str | None:
    """MathML for a formula; None where it is too long or the converter does not know it."""
    if not latex.strip() or len(latex) > MAX_FORMULA:
        return None
    try:
        return _converter().convert_with_local_state(latex, displaystyle=display)
    except (math_core.LatexError, UnicodeError):
        return None
    except BaseException as error:
        # A bug of the converter, which its binding raises past Exception: the source is shown.
        if type(error).__name__ == "PanicException":
            return None
        raise


@lru_cache(maxsize=1)
def _converter() -> math_core.LatexToMathML:
    return math_core.LatexToMathML(fancy_error=False)


def _spans(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end, source and display of all that is delimited as mathematics."""
    at = 0
    for _ in range(MAX_FORMULAS):
        opener = _OPENERS.search(text, at)
        if opener is None:
            return
        mark, inner = opener.group(), opener.end()
        at = inner
        if mark == r"\boxed{":
            found = _box(text, opener.start(), inner)
        elif opener[1] is not None:
            found = _environment(text, opener)
        else:
            found = _delimited(text, mark, opener.start(), inner)
        if found:
            start, at, source = found
            yield start, at, source, mark.startswith(_DISPLAYED)


def _delimited(text: str, mark: str, start: int, inner: int) -> tuple[int, int, str] | None:
    closer = _CLOSERS[mark]
    close = text.find(closer, inner, inner + MAX_FORMULA)
    if mark == "$":
        close = _closing_dollar(text, inner)
    if close < 0:
        return None
    return start, close + len(closer), text[inner:close]


def _closing_dollar(text: str, inner: int) -> int:
    """The end of an inline formula by Pandoc's rule, so that `$5 and $6` is money."""
    if text[inner : inner + 1].isspace():
        return -1
    close = text.find("$", inner, inner + MAX_FORMULA)
    while close > 0 and text[close - 1] == "\\":
        close = text.find("$", close + 1, inner + MAX_FORMULA)
    if close <= inner or text[close - 1].isspace() or text[close + 1 : close + 2].isdigit():
        return -1
    return -1 if "\n\n" in text[inner:close] else close


def _environment(text: str, opener: re.Match[str]) -> tuple[int, int, str] | None:
    if opener[1] not in _ENVIRONMENTS:
        return None
    closer = rf"\end{{{opener[1]}}}"
    close = text.find(closer, opener.end(), opener.end() + MAX_FORMULA)
    if close < 0:
        return None
    end = close + len(closer)
    return opener.start(), end, text[opener.start() : end]


def _box(text: str, start: int, inner: int) -> tuple[int, int, str] | None:
    """A box outside of other delimiters, up to the brace that closes it."""
    depth = 1
    for brace in _BRACES.finditer(text, inner, inner + MAX_FORMULA):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return start, brace.end(), text[start : brace.end()]
    return None

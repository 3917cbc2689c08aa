"""Words that all kinds of answer share: spaces, maths spans, equations.

Every table is written out character by character: nothing here depends on the version of
the Unicode tables. "Letter" means A-Z and a-z, and case is folded for those alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = (
    " \t\n\r\x0b\x0c\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
MARKUP = "*_`\"'"
TAIL = SPACE + MARKUP + ".,;:?"
LETTER = re.compile(r"[A-Za-z]")


class Extraction(NamedTuple):
    """The span that states the answer, and the rule that found it."""

    span: str
    rule: str


def lower(text: str) -> str:
    """Fold the case of ASCII letters, of no others."""
    return re.sub(r"[A-Z]", lambda m: m[0].lower(), text)


def starts_with_word(text: str, word: str) -> bool:
    """Whether `text` starts with `word`, in any case, and the word ends there."""
    return lower(text[: len(word)]) == word and not LETTER.match(text[len(word) : len(word) + 1])


# Maths spans --------------------------------------------------------------------------------

ENVIRONMENTS = ("align*", "align", "equation*", "equation", "gather*", "gather")


class Span(NamedTuple):
    """A delimited piece of mathematics: where it starts and ends, and its inside."""

    start: int
    end: int
    inside: str


def maths_spans(text: str) -> Iterator[Span]:
    r"""All `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and displayed environments, in order."""
    missing: set[str] = set()  # closers that occur no more
    at = 0
    while at < len(text):
        span = _span_at(text, at, missing) if text[at] in "$\\" else None
        if span:
            yield span
            at = span.end
        elif text[at] == "\\" or text.startswith("$$", at):
            at += 2
        else:
            at += 1


def _span_at(text: str, at: int, missing: set[str]) -> Span | None:
    if text.startswith("$", at) and not text.startswith("$$", at):
        return _dollar_span(text, at, missing)
    pairs = [("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]")]
    pairs += [(f"\\begin{{{name}}}", f"\\end{{{name}}}") for name in ENVIRONMENTS]
    for opener, closer in pairs:
        if text.startswith(opener, at) and closer not in missing:
            end = text.find(closer, at + len(opener))
            if end >= 0:
                return Span(at, end + len(closer), text[at + len(opener) : end])
            missing.add(closer)
    return None


def _dollar_span(text: str, at: int, missing: set[str]) -> Span | None:
    """A single dollar opens mathematics unless it looks like money (`$5 and $10`)."""
    if "$" in missing:
        return None
    end = text.find("$", at + 1)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1)
    if end < 0:
        missing.add("$")
        return None
    inside = text[at + 1 : end]
    money = re.match(r"[0-9]", inside) and (
        inside[-1] in SPACE or re.match(r"[0-9]", text[end + 1 : end + 2])
    )
    if money or not inside.strip(SPACE) or "\n\n" in inside:
        return None
    return Span(at, end + 1, inside)


# Equations ----------------------------------------------------------------------------------


def top_level(text: str, wanted: str) -> list[int]:
    """Where the character `wanted` stands outside all brackets, escapes skipped."""
    places = []
    depth = 0
    escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(depth - 1, 0)
        elif char == wanted and depth == 0:
            places.append(index)
    return places


# Words between the equations of a list.
JOINERS = (" and ", " or ", "\\text{ and }", "\\text{and}", "\\text{ or }", "\\text{or}")


def sides(text: str) -> list[str]:
    """The sides of an equation; a text that is none, or a list, has one."""
    if top_level(text, ",") or any(joiner in text for joiner in JOINERS):
        return [text]
    cuts = [
        at
        for at in top_level(text, "=")
        if text[at - 1 : at] not in {"<", ">", "!", ":", "="}
        and text[at + 1 : at + 2] not in {"=", ">"}
    ]
    starts = [0, *(cut + 1 for cut in cuts)]
    return [text[a:b].strip(SPACE) for a, b in zip(starts, [*cuts, len(text)], strict=True)]


def exact_part(text: str) -> str:
    """`10/3 ≈ 3.33` states 10/3; `x ≈ 3.33` states 3.33."""
    cut = re.search(r"\\approx(?![A-Za-z])|≈", text)
    if cut is None:
        return text
    left, right = text[: cut.start()].strip(SPACE), text[cut.end() :].strip(SPACE)
    return left if re.search(r"[0-9]", sides(left)[-1]) or not right else right


def has_variable(text: str) -> bool:
    """Whether a letter stands outside commands."""
    return any(not run.startswith("\\") for run in re.findall(r"\\?[A-Za-z]+", text))


def stated_side(text: str, *, loose: bool) -> str:
    """What an equation states: the last side of a chain or of plain arithmetic.

    An equation of two sides with a variable on the left stays whole, except that a `loose`
    reading keeps it only where both sides are needed: `y = 2x + 3`.
    """
    text = exact_part(text)
    parts = sides(text)
    if len(parts) == 1 or not parts[-1]:
        return text
    if len(parts) == 2 and has_variable(parts[0]):
        lone = re.fullmatch(r"&?[A-Za-z]&?", parts[0]) and has_variable(parts[1])
        if lone or not loose:
            return text
    elif len(parts) == 2 and has_variable(parts[1]):
        return text  # `25 = x^2 + y^2` says it from the other side
    return parts[-1]

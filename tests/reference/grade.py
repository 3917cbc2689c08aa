"""Grading below the lenient readings: an answer against the reference, by text and by key.

Keys come from the caller: what equal keys mean is `math_equal`'s and `canonical_key`'s to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference import canonical
from reference.canonical_key import choice_key
from reference.canonical_text import SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))


def decided(span: str, stated: str, vote: str | None, wanted: str | None) -> tuple[str, str | None]:
    """Verdict and stage by text and key; `open` where the keys differ."""
    if vote is None:
        return "no_answer", None
    if wanted is None:
        return "undecided", None
    if span.strip(SPACE) == stated.strip(SPACE):
        return "correct", "string"
    return ("correct", "key") if vote == wanted else ("open", None)


def reference_span(reference: str, kind: str, choices: Sequence[str] | None = None) -> str:
    """What a reference states that is delimited or a whole solution; a bare one is itself."""
    reference = canonical.replace_surrogates(reference)
    text = reference.strip(SPACE)
    # `$2$ or $3$` is two formulas, and the last one alone another answer; `\$` closes none.
    delimited = any(
        text.startswith(opener)
        and text.endswith(closer)
        and len(text) >= len(opener + closer)
        and closer not in (inside := text[len(opener) : -len(closer)])
        and not inside.endswith("\\")
        for opener, closer in DELIMITERS
    )
    stated = reference
    if delimited or any(mark in text for mark in ("\\boxed", "\\fbox", "####")):
        found = canonical.extract(reference, kind, choices)
        stated = found.span if found else reference
    return option(stated, choices) if kind == "choice" and choices else stated


def option(stated: str, choices: Sequence[str]) -> str:
    """The letter of the option that is named, by its letter or its text; nothing for none."""
    letters = LETTERS[: len(choices)]
    named = choice_key(stated)
    if named is not None and len(named) == 1 and named in letters:
        return named
    texts = [canonical.replace_surrogates(text).strip(SPACE) for text in choices][: len(letters)]
    wanted = stated.strip(SPACE)
    return letters[texts.index(wanted)] if texts.count(wanted) == 1 else ""

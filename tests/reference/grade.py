"""Grading below the lenient readings: an answer against the reference, by text and by key.

Keys come from the caller: what equal keys mean is `math_equal`'s and `canonical_key`'s to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference import canonical
from reference.canonical_text import SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    if delimited or any(mark in text for mark in ("\\boxed", "\\fbox", "####")):
        found = canonical.extract(reference, kind, choices)
        return found.span if found else reference
    return reference

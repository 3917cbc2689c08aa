"""Grading: a response against the reference answer, by text and by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reference import canonical
from reference.canonical_text import SPACE

if TYPE_CHECKING:
    from collections.abc import Sequence


DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))


class Grade(NamedTuple):
    """A verdict and how it came about."""

    verdict: str
    stage: str | None = None
    rule: str | None = None
    span: str | None = None
    key: str | None = None
    limit: str | None = None


def grade(response: str, reference: str, kind: str, choices: Sequence[str] | None = None) -> Grade:
    """`correct`, `incorrect`, `undecided` or `no_answer`, in the canonical profile."""
    found = canonical.extract(response, kind, choices)
    if found is None:
        return Grade("no_answer")
    vote = canonical.key(found.span, kind)
    if vote is None:
        return Grade("no_answer", None, found.rule, found.span)
    stated = reference_span(reference, kind, choices)
    wanted = canonical.key(stated, kind)
    if wanted is None:
        decision: tuple[str, str | None, str | None] = ("undecided", None, "no_reference_key")
    elif found.span.strip(SPACE) == stated.strip(SPACE):
        decision = ("correct", "string", None)
    elif vote == wanted:
        decision = ("correct", "key", None)
    elif "#sha256:" in {vote[:8], wanted[:8]}:
        decision = ("undecided", "key", "key_length")
    else:
        decision = ("incorrect", "key", None)
    verdict, stage, limit = decision
    return Grade(verdict, stage, found.rule, found.span, vote, limit)


def reference_span(reference: str, kind: str, choices: Sequence[str] | None) -> str:
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

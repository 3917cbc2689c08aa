"""The canonical profile: which span of a response states its answer, and which vote it is.

`extract` drops the reasoning, cuts a response that runs on into the next question, and reads
the rest by the rules of its kind, the explicit statements before the fallbacks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference import (
    canonical_choice,
    canonical_key,
    canonical_math,
    canonical_number,
    canonical_turns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from reference.canonical_text import Extraction

# Rules that guess: on a response that was cut off, their span is not its answer.
FALLBACK_RULES = ("last_math", "last_number", "last_words", "last_letter")
KINDS: dict[str, ModuleType] = {"math": canonical_math, "number": canonical_number}


def extract(text: str, kind: str, choices: Sequence[str] | None = None) -> Extraction | None:
    """The span of `text` that states its final answer, or nothing."""
    final = canonical_turns.final_part(replace_surrogates(text))
    if final is None:
        return None
    options = [replace_surrogates(choice) for choice in choices or ()]
    rules = canonical_choice.rules(options) if kind == "choice" else KINDS[kind]
    for rule in (rules.explicit, rules.fallback):
        for part in canonical_turns.parts(final):
            found: Extraction | None = rule(part)
            if found:
                return found if found.span else None
    return None


def choice_key(answer: str) -> str | None:
    """The vote that the answer to a multiple-choice problem stands for."""
    return canonical_key.choice_key(replace_surrogates(answer))


def replace_surrogates(text: str) -> str:
    """Each lone surrogate becomes U+FFFD."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)

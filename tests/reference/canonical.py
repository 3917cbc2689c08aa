"""The canonical profile: which span of a response states its answer, and which vote it is.

`extract` drops the reasoning, cuts a response that runs on into the next question, and reads
the rest by the rules of its kind, the explicit statements before the fallbacks.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from reference import canonical_choice, canonical_key, canonical_math, canonical_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from reference.canonical_text import Extraction

THINKING = (("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]"))
RUN_ON = re.compile(r"(?m)^[ \t*#>]*(?:Question|Problem|Q|Human|User):")
# Rules that guess: on a response that was cut off, their span is not its answer.
FALLBACK_RULES = ("last_math", "last_number", "last_letter")
KINDS: dict[str, ModuleType] = {"math": canonical_math, "number": canonical_number}


def extract(text: str, kind: str, choices: Sequence[str] | None = None) -> Extraction | None:
    """The span of `text` that states its final answer, or nothing."""
    final = final_part(replace_surrogates(text))
    if final is None:
        return None
    options = [replace_surrogates(choice) for choice in choices or ()]
    rules = canonical_choice.rules(options) if kind == "choice" else KINDS[kind]
    for part in parts(final):
        stated: Extraction | None = rules.explicit(part)
        if stated:
            return stated if stated.span else None
    guessed: Extraction | None = rules.fallback(final)
    return guessed


def key(answer: str, kind: str) -> str | None:
    """The vote that `answer` stands for: equal keys are the same vote."""
    return canonical_key.key(replace_surrogates(answer), kind)


def replace_surrogates(text: str) -> str:
    """Each lone surrogate becomes U+FFFD."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)


def final_part(text: str) -> str | None:
    """What follows the reasoning; nothing where the reasoning has not ended."""
    start = 0
    for _, closer in THINKING:
        at = text.rfind(closer)
        if at >= 0:
            start = max(start, at + len(closer))
    final = text[start:]
    return None if any(opener in final for opener, _ in THINKING) else final


def parts(text: str) -> list[str]:
    """The response cut before each line that starts another question.

    The first part that states an answer is the response; what follows was run on.
    """
    cuts = [0, *(line.start() for line in RUN_ON.finditer(text)), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(cuts) if a < b]

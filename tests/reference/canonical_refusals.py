r"""What states that there is no answer: "unknown", "I cannot determine", `\boxed{answer}`.

"None of the above", "no solution" and "undefined" are answers; these are not in the tables.
"""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re

from reference.canonical_text import MARKUP, SPACE, lower

TEXT_COMMANDS = ("\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{", "\\mbox{", "\\textit{")
# A span that starts like this is a refusal.
REFUSALS = (
    *("n/a", "tbd", "unknown", "undetermined", "unanswerable", "not determinable"),
    *("not enough information", "not enough data", "not enough info", "insufficient information"),
    *("insufficient data", "no information", "no answer", "not given", "not available"),
    *("not applicable", "not provided", "not specified", "not possible to determine"),
    *("impossible to determine", "impossible to tell", "unable to", "sorry", "i'm sorry"),
    *("i am sorry", "i don't", "i do not", "i cannot", "i can't", "i can not", "i am unable"),
    *("i'm unable", "i'm not sure", "i am not sure", "we cannot", "we can't", "cannot determine"),
    *("can't determine", "cannot answer", "cannot say", "cannot tell", "cannot solve"),
    *("cannot be determined", "can't be determined", "can not be determined"),
    *("could not be determined", "cannot be found", "cannot be answered", "cannot be solved"),
    *("cannot be computed", "cannot be calculated"),
)
REFUSING_WORDS = ("null", "nan")
# An ending that holds one of these gives up; no number of it is an answer.
GIVING_UP = (
    *("cannot be determined", "can't be determined", "could not be determined"),
    *("cannot determine", "can't determine", "cannot be answered", "cannot be solved"),
    *("cannot solve", "can't solve", "cannot answer", "can't answer", "cannot find", "can't find"),
    *("cannot provide", "cannot give", "cannot say", "not enough information"),
    *("not enough data", "insufficient information", "insufficient data"),
    *("without more information", "without additional information", "without further information"),
    *("more information is needed", "not possible to determine", "not possible to find"),
    *("not possible to give", "impossible to determine", "i don't know", "i do not know"),
    *("i am unable", "i'm unable", "i'm sorry", "i am sorry", "i cannot", "i can't", "not sure"),
    *("unable to determine", "unable to solve", "unable to answer", "unable to provide"),
)
LONGEST_ENDING = 400  # characters that are looked through, from the end
LONGEST_START = 200  # characters that openers may take
PLACEHOLDERS = {
    *("", "…", "\\ldots", "\\dots", "\\cdots", "\\square", "\\blacksquare", "answer"),
    *("youranswer", "theanswer", "finalanswer", "yourfinalanswer", "answerhere"),
    *("youranswerhere", "yourfinalanswerhere", "finalanswerhere", "insertanswer"),
    *("insertanswerhere", "insertyouranswerhere", "placeholder", "letter", "yourletter"),
}
DRESS = SPACE + "{}[]<>()$_*`\"'.?~"
LONGEST_PLACEHOLDER = 60  # bytes


def refuses(span: str) -> bool:
    """Whether a span says that there is no answer."""
    opened = opening(span[:LONGEST_START])
    if any(starts_with(opened, phrase) for phrase in REFUSALS):
        return True
    return lower(opened.strip(DRESS)) in REFUSING_WORDS


def opening(span: str) -> str:
    """Without the markup, brackets and commands before the first word."""
    while True:
        span = span.lstrip(SPACE + MARKUP + "([{<$")
        command = next((c for c in TEXT_COMMANDS if span.startswith(c)), None)
        if command is None:
            return span
        span = span[len(command) :]


def starts_with(text: str, phrase: str) -> bool:
    """Whether `text` starts with whole words, in any case, with either apostrophe."""
    start = lower(text[: len(phrase)]).replace("’", "'")
    return start == phrase and not re.match(r"[A-Za-z]", text[len(phrase) :])


def gives_up(ending: str) -> bool:
    """Whether the end of a response, from its last value on, says that no answer was found."""
    folded = lower(ending[-LONGEST_ENDING:]).replace("’", "'")
    return any(phrase in folded for phrase in GIVING_UP)


def is_placeholder(content: str) -> bool:
    """Whether a box or a field was left as the instructions showed it."""
    if len(content.encode()) > LONGEST_PLACEHOLDER or "\\{" in content:
        return False
    for command in TEXT_COMMANDS:
        content = content.replace(command, "")
    content = "".join(char for char in content if char not in DRESS)
    return lower(content) in PLACEHOLDERS

"""What the end of a response concludes, where nothing is said to be the answer.

The last value of a response stands in its concluding sentence, but need not be what that
sentence states: "So there are 3 ways to get 20" states 3.
"""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reference.canonical_cues import BEFORE_VALUE, FILLERS
from reference.canonical_text import MARKUP, SPACE, TAIL, Span, lower, starts_with_word

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS = (
    *("is", "are", "was", "were", "be", "equals", "equal to", "gives us", "gives", "yields"),
    *("becomes", "simplifies to", "evaluates to", "reduces to", "comes to", "factors as"),
    *("expands to", "simplified to", "factored as", "written as", "expressed as"),
    *("rationalized to", "represented as", "rewritten as", "notation as", "if and only if"),
    *("satisfied when", "true when", "holds when"),
)
# Verbs before a description of the value: "expressed as the mixed number $1\\frac12$".
DESCRIBING = (" as", " to")
DESCRIPTION = re.compile(rf"(?:the|an?)[{SPACE}](?:[A-Za-z-]+[{SPACE}]){{1,3}}")
UNDEFINED = ("is undefined", "is not defined", "does not exist")
WITHOUT_VALUE = re.compile(r"(is undefined|is not defined|does not exist)(?=,? (?:since|because) )")
# A thing without a value after one of these is not what the sentence states.
CONDITIONS = ("which", "where", "when", "if", "because", "since")
# A sentence that starts so only remarks on the answer before it.
ASIDES = ("note that", "note:", "we can check", "we can verify", "to check")
# Words that open a remark: what follows them is not what the sentence states.
REMARKS = (
    *("where", "when", "because", "since", "which", "if", "as", "while", "rounded"),
    *("for", "per", "that", "to"),
)
# After a verb some do not: "is 5 to 7"; but another value is a remark: "is 1/3 or about .33".
REMARKS_AFTER_VERB = (*REMARKS[:9], "or")
# These go on with the sentence: "is equal to the polynomial".
NO_REMARKS = ("to the", "to a", "to an")


STOPS = set(".!?")
WORD_OR_SIGN = re.compile(r"=|(?<![A-Za-z])[A-Za-z]")


class Sentence(NamedTuple):
    """The concluding sentence: where it starts, its text, its maths spans by their places in it."""

    start: int
    text: str
    spans: dict[int, Span]


def sentence_around(text: str, spans: list[Span], at: int) -> Sentence:
    """The sentence of `text` that holds the place `at`."""
    start = text.rfind("\n", 0, at) + 1
    inside = {span.start: span for span in spans}
    index = start
    while index < len(text) and text[index] != "\n":
        span = inside.get(index)
        index = span.end if span else index + 1
        stopped = span.inside.rstrip(SPACE)[-1:] in STOPS if span else ends_sentence(text, index)
        if stopped:
            if index > at:
                break
            start = index
    end = index
    parts = {
        place - start: Span(place - start, span.end - start, span.inside)
        for place, span in inside.items()
        if start <= place and span.end <= end
    }
    return Sentence(start, text[start:end], parts)


def ends_sentence(text: str, at: int) -> bool:
    """Whether a stop stands before `at`, with a space after it; `i.e. 5` and `5! x` are none."""
    if text[at - 1] not in STOPS or text[at : at + 1] not in set(SPACE):
        return False
    factorial = text[at - 1] == "!" and re.match(r"[0-9)]", text[max(at - 2, 0)])
    return not factorial and not (at > 2 and text[at - 3] == ".")


def words(sentence: Sentence) -> Iterator[int]:
    """The places outside spans where a word or `=` starts."""
    index = 0
    while index < len(sentence.text):
        if index in sentence.spans:
            index = sentence.spans[index].end
            continue
        if WORD_OR_SIGN.match(sentence.text, index):
            yield index
        index += 1


def stated_places(sentence: Sentence) -> Iterator[int]:
    """Where the values after verbs and `=` start, up to the first remark after one."""
    found = False
    reached = 0
    for index in words(sentence):
        if index < reached:
            continue
        rest = sentence.text[index:]
        if found and any(starts_with_word(rest, word) for word in REMARKS_AFTER_VERB):
            return
        verb = next((verb for verb in VERBS if starts_with_word(rest, verb)), "")
        if not verb and not rest.startswith("="):
            continue
        value = over_fillers(rest[len(verb) or 1 :])
        if verb.endswith(DESCRIBING) and (described := DESCRIPTION.match(value)):
            value = value[described.end() :]
        place = reached = len(sentence.text) - len(value)
        if place in sentence.spans or re.match(r"[-+−–±]?[\\$€£¥₹(\[]{0,2}[0-9]", value):
            found = True
            yield place


def over_fillers(rest: str) -> str:
    """What follows a verb, without "only" or "equal to" before it."""
    value = rest.lstrip(BEFORE_VALUE)
    while filler := next((word for word in FILLERS if starts_with_word(value, word)), None):
        value = value[len(filler) :].lstrip(BEFORE_VALUE + ",")
    return value


def undefined(sentence: Sentence) -> str:
    """The words that end a sentence, but for a reason, and say that a thing has no value."""
    reasoned = WITHOUT_VALUE.search(sentence.text)
    end = (sentence.text[: reasoned.end()] if reasoned else sentence.text).rstrip(TAIL)
    for words in UNDEFINED:
        before = end.removesuffix(words)
        if before == end:
            continue
        before = before.rstrip(SPACE).removesuffix("which").rstrip(TAIL)
        thing = next((span for span in sentence.spans.values() if span.end == len(before)), None)
        if thing is None:
            continue
        last = re.search(r"[A-Za-z]*\Z", before[: thing.start].rstrip(SPACE))
        assert last is not None
        return "" if lower(last[0]) in CONDITIONS else words.removeprefix("is ")
    return ""


def is_aside(sentence: Sentence) -> bool:
    """Whether a sentence only remarks on the answer before it."""
    start = lower(sentence.text.lstrip(SPACE + MARKUP + "(")[:20])
    return start.startswith(ASIDES)


class Place(NamedTuple):
    """Where a value starts that a sentence states, and whether a verb says so."""

    start: int
    said: bool


def concluded(sentence: Sentence, values: list[int]) -> Place | None:
    """The place that a sentence states; `values`: where its values start.

    After the last verb; else the bold one; else the last one before a remark.
    """
    if said := list(stated_places(sentence)):
        return Place(said[-1], said=True)
    bold = [place for place in values if sentence.text[:place].endswith(("**", "**$", "**\\$"))]
    if bold:
        return Place(bold[-1], said=False)
    for index in words(sentence):
        past = [place for place in values if place < index]
        rest = sentence.text[index:]
        goes_on = any(starts_with_word(rest, words) for words in NO_REMARKS)
        if past and not goes_on and any(starts_with_word(rest, word) for word in REMARKS):
            return Place(past[-1], said=False)
    return Place(values[-1], said=False) if values else None

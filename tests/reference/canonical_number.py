"""Kind `number`: the span of a response that states a number."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re

from reference import canonical_json
from reference.canonical_boxes import boxes
from reference.canonical_cues import ANSWER, FOREIGN, statements
from reference.canonical_end import concluded, sentence_around
from reference.canonical_refusals import gives_up, is_placeholder, refuses
from reference.canonical_text import MARKUP, SPACE, Extraction

DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９"
ZEROS = "0٠۰０"
CURRENCY = "$€£¥₹"
SIGNS = "-−+"
SEPARATORS = (",", "{,}", "\\,", ",\\!", "\u2009", "\u202f", "\u00a0")

_D = f"[{DIGITS}]"
_FRAC = rf"\\[dt]?frac\{{{_D}+\}}\{{{_D}+\}}"
_GROUPED = "|".join(
    rf"(?![{ZEROS}]){_D}{{1,3}}(?:{re.escape(separator)}{_D}{{3}}(?!{_D}))+"
    for separator in SEPARATORS
)
# What may follow the digits: a fraction, a time, an exponent.
_TAIL = (
    rf"(?:{_FRAC}|/{_D}+|(?::{_D}{{2}}(?!{_D}))+|[eE][-+]?{_D}{{1,4}}(?![A-Za-z{DIGITS}])"
    rf"|[ ]?(?:\\times|\\cdot|×|x|\*)[ ]?10\^(?:\{{-?[0-9]{{1,4}}\}}|-?[0-9]{{1,4}}))"
)
_BODY = re.compile(rf"{_FRAC}|(?:\.{_D}+|(?:{_GROUPED}|{_D}+)(?:\.{_D}+)?){_TAIL}?(?:\\?%)?")
_BEFORE = re.compile(rf"[A-Za-z_^{DIGITS}]")
_BEFORE_SIGN = re.compile(rf"[A-Za-z{DIGITS})}}\]]")


def explicit(text: str) -> Extraction | None:
    """The last JSON answer, `####`, box, statement or line `A: …`; no span where it refuses."""
    for value in canonical_json.values(text):
        if value is None or not is_placeholder(value):
            return Extraction("" if value is None else enclosed(value), "json")
    for line in reversed(text.split("\n")):
        _, mark, rest = line.rpartition("####")
        if mark and (span := hash_number(rest)):
            return Extraction(span, "hash")
    for box in reversed(boxes(text)[0]):
        if (span := stated(box.content)) or refuses(box.content):
            return Extraction(span, "boxed")
    return statement(text, ANSWER) or a_line(text) or statement(text, FOREIGN)


def a_line(text: str) -> Extraction | None:
    """The last line `A: …` that holds a number or refuses one."""
    for line in reversed(text.split("\n")):
        rest = line.lstrip(" \t*")
        if rest.startswith("A:"):
            value = rest[2:].lstrip(SPACE + MARKUP)
            if (span := stated(value)) or refuses(value):
                return Extraction(span, "a_line")
    return None


def statement(text: str, words: re.Pattern[str]) -> Extraction | None:
    """The last statement that holds a number or refuses one."""
    for found in statements(text, words, options=False):
        span = enclosed(found.value) if found.tag and found.closed else ""
        line = found.value.split("\n", 1)[0]
        refused = refuses(line)
        span = "" if refused else span or stated(line)
        if span or refused:
            return Extraction(span, "answer_tag" if found.tag else "final_answer")
    return None


def enclosed(value: str) -> str:
    """The number of a field or tag: of its box or statement, else of its last line."""
    for box in reversed(boxes(value)[0]):
        if span := stated(box.content):
            return span
    for found in statements(value, ANSWER, options=False):
        if span := stated(found.value.split("\n", 1)[0]):
            return span
    if refuses(value):
        return ""
    return stated(value.strip(SPACE).rpartition("\n")[2])


def fallback(text: str) -> Extraction | None:
    """The number that the end concludes; nothing where a box was cut off or no answer found."""
    number = last_number(text)
    if boxes(text)[1] or number is None:
        return None
    place, span = number
    sentence = sentence_around(text, [], place)
    if gives_up(text[sentence.start :]):
        return None
    found = numbers(sentence.text)
    concluding = concluded(sentence, [start for start, _ in found])
    later = [number for start, number in found if concluding and start >= concluding.start]
    return Extraction(later[0] if later else span, "last_number")


def last_number(text: str) -> tuple[int, str] | None:
    """The last number of the last line that has one, with its place."""
    end = len(text)
    for line in reversed(text.split("\n")):
        start = end - len(line)
        if found := numbers(line):
            return start + found[-1][0], found[-1][1]
        end = start - 1
    return None


def numbers(line: str) -> list[tuple[int, str]]:
    """The numbers of a line, in order, with their places.

    A digit that follows a letter, `_` or `^` starts none (`x2`, `a_1`, `m^2`).
    """
    found = []
    at = 0
    while at < len(line):
        body = _BODY.match(line, at) if line[at] in DIGITS + ".\\" else None
        if body is None:
            at += 1
        elif _BEFORE.match(line[max(at - 1, 0) : at]) or (
            line[at] == "." and line[at - 1 : at] == "."
        ):
            at = body.end() if line[at] in DIGITS else at + 1
        else:
            start = signed(line, at)
            found.append((start, line[start : body.end()]))
            at = body.end()
    return found


def signed(line: str, at: int) -> int:
    """Where the number whose digits start at `at` starts with its sign: `-$5`, `-5`."""
    sign = at - 1
    if sign >= 0 and line[sign] in CURRENCY:
        sign -= 1 + line.endswith("\\$", 0, at)
    if sign >= 0 and line[sign] in SIGNS and not _BEFORE_SIGN.match(line[max(sign - 1, 0) : sign]):
        return sign
    return at


SEPARATED = re.compile(r"-?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+,(?![0-9]{3}\Z)[0-9]+)")


def stated(value: str) -> str:
    """The number that a phrase states: after its last `=`, or else the first one."""
    # Nothing but a number with a blank between its thousands, or with a decimal comma.
    if SEPARATED.fullmatch(value.strip(SPACE)):
        return value.strip(SPACE)
    clause = re.split(rf"[.;](?=[{SPACE}])", value, maxsplit=1)[0]
    clause = clause.rpartition(">>")[2] if re.search(rf">>[^{DIGITS}]?{_D}", clause) else clause
    _, equals, after = clause.rpartition("=")
    found = numbers(after) if equals else []
    found = found or numbers(clause)
    return found[0][1] if found else ""


def hash_number(rest: str) -> str:
    """The number right after `####`, unless it numbers a heading (`#### 2. Add`)."""
    value = rest.lstrip(SPACE + MARKUP + "$\\([=:€£¥₹")
    found = numbers(value)
    if not found or found[0][0] > 0:
        return ""
    after = value[len(found[0][1]) :]
    heading = re.match(rf"[.):][{SPACE}]+[^{SPACE}]", after)
    return "" if heading else found[0][1]

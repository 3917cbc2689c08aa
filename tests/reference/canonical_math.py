"""Kind `math`: the span of a response that states a mathematical answer."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import itertools
import re

from reference import canonical_json, canonical_number
from reference.canonical_boxes import MOST_PARTS, adjacent, boxes, joined, last_group
from reference.canonical_cues import ANSWER, FOREIGN, statements
from reference.canonical_end import (
    Place,
    Sentence,
    concluded,
    is_aside,
    sentence_around,
    undefined,
)
from reference.canonical_refusals import gives_up, is_placeholder, refuses
from reference.canonical_text import (
    MARKUP,
    SPACE,
    TAIL,
    Extraction,
    Span,
    lower,
    maths_spans,
    stated_side,
)

SYMBOLS = "π√∞°−–×÷·≤≥≠±∪∩∈∅≈½²³θ∠€£¥₹，" + SPACE
FUNCTIONS = {
    *("sqrt", "pi", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan"),
    *("sinh", "cosh", "tanh", "ln", "log", "exp", "theta", "infty", "inf"),
    *("gcd", "lcm", "max", "min"),
}
TEXT_COMMANDS = ("\\text", "\\mathrm", "\\mbox")
# Words that may stand inside a bare expression, not at its start.
INNER_WORDS = {"and", "or", "percent", "degrees", "infinity", "am", "pm"}
# First words of what is no answer: "Answer: Let us think", "the answer is the same".
NO_ANSWER = {
    *("the", "a", "an", "as", "in", "let", "lets", "obvious", "correct", "incorrect", "wrong"),
    *("right", "clear", "below", "above", "given", "found", "that", "this", "to", "we"),
    *("because", "based", "known", "unknown", "what", "which", "always", "it", "its", "of"),
    *("on", "your", "my", "our", "if", "so", "here", "there", "simple", "easy", "provided"),
    *("written", "expressed", "i", "not", "step", "case", "part", "sure", "sorry", "okay"),
    *("solution", "answer", "final", "therefore", "thus", "hence", "since", "by", "for"),
    *("with", "where", "when", "how", "please", "note", "tag", "tags", "at", "equal"),
    *("unfortunately", "however", "first", "firstly", "finally", "overall", "next"),
}
MOST_WORDS = 4
# What ends a text answer: "Evelyn, who ran fastest", "Evelyn (see above)".
REASON = rf",?[{SPACE}](?:\(|because |since |as |who |which |so |and |with )"


def explicit(text: str) -> Extraction | None:
    """The last JSON answer, box, statement, `####`, or all of the text; no span if it refuses."""
    for value in canonical_json.values(text):
        if value is None or not is_placeholder(value):
            return Extraction("" if value is None else enclosed(value), "json")
    found, _ = boxes(text)
    if found:
        span = last_group(text, found)
        return Extraction("" if refuses(span) else span, "boxed")
    if stated_answer := statement(text, ANSWER) or statement(text, FOREIGN):
        return stated_answer
    for line in reversed(text.split("\n")):
        _, mark, rest = line.rpartition("####")
        span = hash_value(rest) if mark else ""
        if span:
            return Extraction(span, "hash")
    span = whole(text)
    return Extraction("" if refuses(span) else span, "whole_text") if span else None


def statement(text: str, words: re.Pattern[str]) -> Extraction | None:
    """The last statement that states an answer or refuses one."""
    for found in statements(text, words, options=False):
        closed = found.tag and found.closed
        refused = refuses(found.value)
        span = "" if refused else enclosed(found.value) if closed else stated(found.value)
        if span or refused:
            return Extraction(span, "answer_tag" if found.tag else "final_answer")
    return None


def enclosed(value: str) -> str:
    """What a field or tag states: its box, its statement, or all of it."""
    found, _ = boxes(value)
    if found:
        span = last_group(value, found)
        return "" if refuses(span) else span
    if inner := statement(value, ANSWER):
        return inner.span
    value = value.strip(SPACE + MARKUP)
    if refuses(value) or is_placeholder(value):
        return ""
    span = maths(value)
    return span or stated_side(value.rstrip(TAIL), loose=False)


def maths(text: str) -> str:
    """What a text states that is nothing but maths spans; empty where it is more."""
    spans = list(maths_spans(text))
    if not 1 <= len(spans) <= MOST_PARTS or spans[0].start or text[spans[-1].end :].strip(TAIL):
        return ""
    if any(not adjacent(between(text, a, b)) for a, b in itertools.pairwise(spans)):
        return ""
    return join_spans(text, spans, loose=False)


def whole(text: str) -> str:
    """All of a text, where it is nothing but an answer."""
    text = text.strip(SPACE + MARKUP)
    span = maths(text)
    if not span and "\n" not in text:
        span = expression(text)
        complete = bool(span) and span == text.rstrip(TAIL)
        span = stated_side(span, loose=False) if complete else few_words(text)
    return "" if holds_box(span) else span


def holds_box(span: str) -> bool:
    """Whether a span holds a box, which says nothing where no box was read."""
    return "\\boxed" in span or "\\fbox" in span


def fallback(text: str, *, asides: bool = True) -> Extraction | None:
    """The value that the end concludes; nothing where a box was cut off or no answer found."""
    if boxes(text)[1]:
        return None
    spans = list(maths_spans(text))
    telling = [span for span in spans if inside(span, loose=True)]
    end = telling[-1].end if telling else 0
    number = canonical_number.last_number(text[end:])
    last_line = text[end:].rpartition("\n")[2]
    cut_off = last_line.count("{") > last_line.count("}")
    if cut_off or (number is None and not telling):
        return None
    if number is None:
        at, found = telling[-1].start, Extraction(inside(telling[-1], loose=True), "last_math")
    else:
        at, found = end + number[0], Extraction(number[1], "last_number")
    sentence = sentence_around(text, spans, at)
    if gives_up(text[sentence.start :]):
        return None
    if asides and is_aside(sentence):
        earlier = fallback(text[: sentence.start], asides=False)
        if earlier:
            return earlier
    if words := undefined(sentence):
        return Extraction(words, "last_words")
    displayed = number is None and text.startswith(("$$", "\\[", "\\begin"), at)
    return found if displayed else conclusion(sentence) or found


def conclusion(sentence: Sentence) -> Extraction | None:
    """What a concluding sentence states, with the rule for a span or a number."""
    gaps = list(sentence.text)
    for part in sentence.spans.values():
        gaps[part.start : part.end] = " " * (part.end - part.start)
    numbers = dict(canonical_number.numbers("".join(gaps)))
    spans = {start: inside(part, loose=True) for start, part in sentence.spans.items()}
    numeric = [*numbers, *(start for start, span in spans.items() if re.search(r"[0-9]", span))]
    place = concluded(sentence, sorted(numeric or [start for start in spans if spans[start]]))
    if place is None:
        return None
    if place.start in sentence.spans:
        span = concluded_spans(sentence, place)
        return Extraction(span, "last_math") if span else None
    span = bare(sentence.text[place.start :]) if place.said else numbers[place.start]
    return Extraction(span, "last_number") if re.search(r"[0-9]", span) else None


def concluded_spans(sentence: Sentence, place: Place) -> str:
    """What the spans at a place state together, with those before it where no verb is."""
    spans = list(sentence.spans.values())
    first = next(index for index, span in enumerate(spans) if span.start == place.start)
    if is_money(spans[first]):
        return bare(sentence.text[spans[first].end :])
    if goes_on(spans[first], sentence.text):
        return bare(sentence.text[place.start :])
    last = first
    while first and not place.said and last - first + 1 < MOST_PARTS:
        if not adjacent(between(sentence.text, spans[first - 1], spans[first])):
            break
        first -= 1
    loose = "equation" not in lower(sentence.text)
    return join_spans(sentence.text, adjoining(sentence.text, spans[first:]), loose=loose)


def stated(value: str) -> str:
    """The answer at the start of what follows a cue; empty where there is none."""
    spans = list(maths_spans(value))
    if spans and not spans[0].start and is_money(spans[0]):
        span = bare(value[spans[0].end :].split("\n", 1)[0])
    elif not spans or spans[0].start or goes_on(spans[0], value):
        span = bare(value.split("\n", 1)[0])
    else:
        span = join_spans(value, adjoining(value, spans), loose=False)
    return "" if holds_box(span) else span


def adjoining(text: str, spans: list[Span]) -> list[Span]:
    """The first span and those that follow it as parts of one answer."""
    parts = spans[:1]
    for later in spans[1:MOST_PARTS]:
        if not adjacent(between(text, parts[-1], later)):
            break
        parts.append(later)
    return parts


def join_spans(text: str, spans: list[Span], *, loose: bool) -> str:
    """What spans side by side state together."""
    separators = [between(text, a, b) for a, b in itertools.pairwise(spans)]
    parts = [inside(span, loose=loose) for span in spans]
    return joined([part for part in parts if part], separators)


def between(text: str, earlier: Span, later: Span) -> str:
    """The text between two spans, from a comma on that ends the first: `$a,$ $b$`."""
    gap = text[earlier.end : later.start]
    if gap.strip(SPACE) or not earlier.inside.rstrip(SPACE).endswith(","):
        return gap
    return text[text.rindex(",", 0, earlier.end) : later.start]


def goes_on(span: Span, value: str) -> bool:
    """Whether an equation goes on after a span: `$x$ = 5`."""
    return value[span.end :].lstrip(SPACE).startswith("=")


def is_money(span: Span) -> bool:
    r"""Whether a span is but the dollar of a number after it: `$\$$5`."""
    return span.inside.strip(SPACE) == "\\$"


def inside(span: Span, *, loose: bool) -> str:
    """What a maths span states: its last row, the stated side of it, no full stop."""
    text = span.inside
    if "\\begin" not in text:
        rows = [row for row in text.split("\\\\") if row.strip(TAIL)]
        text = rows[-1] if rows else ""
    return stated_side(text.strip(SPACE).rstrip(TAIL), loose=loose).strip(SPACE)


def bare(line: str) -> str:
    """An answer without delimiters: a run of mathematical words, or a few plain ones."""
    span = expression(undelimited(line))
    return without_delimiters(stated_side(span, loose=False)) if span else plain_words(line)


def without_delimiters(span: str) -> str:
    r"""A span without the dollars of delimiters inside it: `78$\%$`."""
    dollars = re.findall(r"(?s)\\.|(\$)", span).count("$")
    if dollars == 0 or dollars % 2:
        return span
    return re.sub(r"(?s)(\\.)|\$", r"\1", span).rstrip(TAIL)


def undelimited(line: str) -> str:
    """Without a delimiter that never closes: `$x+1`, but not the dollar of `$5`."""
    opener = re.match(r"\\[(\[]|\$(?=[A-Za-z\\(\[{])", line)
    return line[opener.end() :] if opener else line


def expression(line: str) -> str:
    """The longest start of `line` that reads as mathematics; nothing where a brace stays open."""
    depth = end = 0
    for word in re.finditer(rf"[^{SPACE}]+", line):
        token = word[0]
        if depth == 0 and not mathematical(token, first=end == 0):
            break
        depth = max(depth + token.count("{") - token.count("}"), 0)
        end = word.end()
        if depth == 0 and token[-1] in ".?;:":
            break
    span = "" if depth else line[:end].strip(SPACE).rstrip(TAIL)
    for conjunction in (" and", " or"):
        span = span.removesuffix(conjunction).rstrip(TAIL)
    if span.endswith(")") and span.count("(") < span.count(")") and "[" not in span:
        span = span[:-1].rstrip(TAIL)
    prose = span in {"a", "A", "I"} and re.match(rf"[{SPACE}]+[A-Za-z]", line[end:])
    return "" if prose else span


def mathematical(token: str, *, first: bool) -> bool:
    """Whether a word of a sentence belongs to mathematics rather than to prose."""
    if token.startswith(TEXT_COMMANDS):
        return True
    core = token.strip(TAIL + "()[]$!")
    if lower(core) in INNER_WORDS:
        return not first
    if core in {"a", "I"} and not first:
        return False
    if any(char > "\x7f" and char not in SYMBOLS + canonical_number.DIGITS for char in token):
        return False
    longest = 3 if re.search(r"[0-9^]", token) else 1  # "2ab" is a product
    runs = re.findall(r"[\\{]?[A-Za-z]+", token)
    return all(run[0] in "\\{" or len(run) <= longest or run in FUNCTIONS for run in runs)


def plain_words(line: str) -> str:
    """A text answer: at most four words, the first of letters, the others perhaps numbers."""
    clause = re.split(rf"\.(?=[{SPACE}])", line, maxsplit=1)[0]
    return few_words(clause) or few_words(re.split(REASON, clause, maxsplit=1)[0])


def few_words(clause: str) -> str:
    """At most four plain words, unless the first one tells that they are no answer."""
    span = clause.strip(SPACE).rstrip(TAIL + "!")
    words = [word for word in re.split(rf"[{SPACE}]+", span) if word]
    plain = all(re.fullmatch(r"[A-Za-z'-]+|[0-9]{1,4}", word) for word in words)
    if not 1 <= len(words) <= MOST_WORDS or not plain or not re.match(r"[A-Za-z]", span):
        return ""
    return "" if lower(words[0]).replace("'", "") in NO_ANSWER else span


def hash_value(rest: str) -> str:
    """What follows `####`, unless it is a heading (`#### 2. Add`, `#### Step 2`)."""
    value = rest.lstrip(SPACE + "*_")
    if re.match(rf"[0-9]+[.):][{SPACE}]+[^{SPACE}]", value) or not re.search(r"[0-9\\]", value):
        return ""
    span = next(maths_spans(value), None)
    if span and span.start == 0:
        return stated(value)
    return stated_side(expression(undelimited(value)), loose=False)

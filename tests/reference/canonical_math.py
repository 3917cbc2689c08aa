"""Kind `math`: the span of a response that states a mathematical answer."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re

from reference import canonical_number
from reference.canonical_text import (
    ANSWER,
    MOST_PARTS,
    SPACE,
    TAIL,
    Extraction,
    Span,
    adjacent,
    boxes,
    last_group,
    lower,
    maths_spans,
    stated_side,
    statements,
)

SYMBOLS = "π√∞°−–×÷·≤≥±∪∩∈≈½€£¥₹，" + SPACE
FUNCTIONS = {"sqrt", "pi"}
TEXT_COMMANDS = ("\\text", "\\mathrm", "\\mbox")
# Words that may stand inside a bare expression, not at its start.
INNER_WORDS = {"and", "or", "percent", "degrees", "infinity"}
# First words of what is no answer: "Answer: Let us think", "the answer is the same".
NO_ANSWER = {
    *("the", "a", "an", "as", "in", "let", "lets", "obvious", "correct", "incorrect", "wrong"),
    *("right", "clear", "below", "above", "given", "found", "that", "this", "to", "we"),
    *("because", "based", "known", "unknown", "what", "which", "always", "it", "its", "of"),
    *("on", "your", "my", "our", "if", "so", "here", "there", "simple", "easy", "provided"),
    *("written", "expressed"),
}
MOST_WORDS = 4


def explicit(text: str) -> Extraction | None:
    """The box, then the last statement, then the last `####`."""
    found, _ = boxes(text)
    if found:
        parts = last_group(text, found)
        span = stated_side(parts[0], loose=False) if len(parts) == 1 else ", ".join(parts)
        return Extraction(span, "boxed")
    for statement in statements(text, ANSWER, brackets=False):
        span = tagged(statement.value) if statement.tag else stated(statement.value)
        if span:
            return Extraction(span, "answer_tag" if statement.tag else "final_answer")
    for line in reversed(text.split("\n")):
        _, mark, rest = line.rpartition("####")
        span = hash_value(rest) if mark else ""
        if span:
            return Extraction(span, "hash")
    return None


def fallback(text: str) -> Extraction | None:
    """The last maths span, or a number after it; nothing where a box was cut off."""
    if boxes(text)[1]:
        return None
    spans = list(maths_spans(text))
    while spans and not inside(spans[-1], loose=True):
        spans.pop()
    end = spans[-1].end if spans else 0
    number = canonical_number.last_number(text[end:])
    if number:
        return Extraction(number, "last_number")
    if not spans:
        return None
    return Extraction(inside(spans[-1], loose=True), "last_math")


def tagged(value: str) -> str:
    """The inside of `<answer>…</answer>`, without maths delimiters around it."""
    span = next(maths_spans(value), None)
    whole = span and span.start == 0 and span.end == len(value)
    return inside(span, loose=False) if span and whole else value.strip(SPACE)


def stated(value: str) -> str:
    """The answer at the start of what follows a cue; empty where there is none."""
    spans = maths_spans(value)
    first = next(spans, None)
    if first is None or first.start or not_alone(first, value):
        span = bare(value.split("\n", 1)[0])
    else:
        parts = [inside(first, loose=False)]
        for later in spans:
            if len(parts) == MOST_PARTS or not adjacent(value[first.end : later.start]):
                break
            parts.append(inside(later, loose=False))
            first = later
        span = ", ".join(part for part in parts if part)
    return "" if "\\boxed" in span or "\\fbox" in span else span


def not_alone(span: Span, value: str) -> bool:
    r"""`$x$ = 5` and `$\$$5` go on after the span."""
    return span.inside.strip(SPACE) == "\\$" or value[span.end :].lstrip(SPACE).startswith("=")


def inside(span: Span, *, loose: bool) -> str:
    """What a maths span states: its last row, the stated side of it, no full stop."""
    text = span.inside
    if "\\begin" not in text:
        rows = [row for row in text.split("\\\\") if row.strip(TAIL)]
        text = rows[-1] if rows else ""
    return stated_side(text.strip(SPACE).rstrip(TAIL), loose=loose).strip(SPACE)


def bare(line: str) -> str:
    """An answer without delimiters: a run of mathematical words, or a few plain ones."""
    span = expression(line)
    return stated_side(span, loose=False) if span else plain_words(line)


def expression(line: str) -> str:
    """The longest start of `line` that reads as mathematics."""
    depth = end = 0
    for word in re.finditer(rf"[^{SPACE}]+", line):
        token = word[0]
        if depth == 0 and not mathematical(token, first=end == 0):
            break
        depth = max(depth + token.count("{") - token.count("}"), 0)
        end = word.end()
        if depth == 0 and token[-1] in ".?;":
            break
    span = line[:end].strip(SPACE).rstrip(TAIL)
    for conjunction in (" and", " or"):
        span = span.removesuffix(conjunction).rstrip(TAIL)
    if span.endswith(")") and span.count("(") < span.count(")") and "[" not in span:
        span = span[:-1].rstrip(TAIL)
    return span


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
    runs = re.findall(r"\\?[A-Za-z]+", token)
    return all(run.startswith("\\") or len(run) == 1 or run in FUNCTIONS for run in runs)


def plain_words(line: str) -> str:
    """A text answer: at most four words of letters."""
    span = re.split(rf"\.(?=[{SPACE}])", line, maxsplit=1)[0].strip(SPACE).rstrip(TAIL + "!")
    words = [word for word in re.split(rf"[{SPACE}]+", span) if word]
    if not 1 <= len(words) <= MOST_WORDS or not all(re.fullmatch(r"[A-Za-z'-]+", w) for w in words):
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
    return stated_side(expression(value), loose=False)

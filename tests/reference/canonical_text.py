"""Words that all kinds of answer share: spaces, boxes, maths spans, equations, cues.

Every table is written out character by character: nothing here depends on the version of
the Unicode tables. "Letter" means A-Z and a-z, and case is folded for those alone.
"""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = " \t\n\r\x0b\x0c\u00a0\u2002\u2003\u2009\u200a\u200b\u202f\u3000\ufeff"
MARKUP = "*_`\"'"
TAIL = SPACE + MARKUP + ".,;:?"
LETTER = re.compile(r"[A-Za-z]")


class Extraction(NamedTuple):
    """The span that states the answer, and the rule that found it."""

    span: str
    rule: str


def lower(text: str) -> str:
    """Fold the case of ASCII letters, of no others."""
    return re.sub(r"[A-Z]", lambda m: m[0].lower(), text)


def starts_with_word(text: str, word: str) -> bool:
    """Whether `text` starts with `word`, in any case, and the word ends there."""
    return lower(text[: len(word)]) == word and not LETTER.match(text[len(word) : len(word) + 1])


# Boxes --------------------------------------------------------------------------------------

# A lost backslash is a box only before a brace; \b and \f may have been read as control codes.
BOX = re.compile(
    r"\\boxed|\x08oxed|(?<![A-Za-z\\])b?oxed(?={)|\\fbox|\x0cbox(?!ed)|(?<![A-Za-z\\])fbox(?={)"
)
BARE_BOX = re.compile(r"[-+]?[0-9][0-9.,/]*|[A-Za-z](?![A-Za-z])")
PLACEHOLDERS = {
    *("", "...", "…", "\\ldots", "\\dots", "\\cdots", "?", "answer", "your answer"),
    *("final answer", "\\text{answer}", "\\text{your answer}", "\\text{final answer}"),
}
MOST_PARTS = 16


class Box(NamedTuple):
    """A box that closes: where its command starts, where it ends, what it holds."""

    start: int
    end: int
    content: str


def closing_braces(text: str) -> dict[int, int]:
    """For each brace that closes, where. A backslash takes the next character with it."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "{":
            opened.append(index)
        elif char == "}" and opened:
            closing[opened.pop()] = index
    return closing


def boxes(text: str) -> tuple[list[Box], bool]:
    """All boxes that hold something, in order; and whether the last one never closes.

    Of nested boxes the innermost speaks: a box that holds another one is none.
    """
    closing = closing_braces(text)
    commands = list(BOX.finditer(text))
    found: list[Box] = []
    unclosed = False
    for number, command in enumerate(commands, 1):
        limit = commands[number].start() if number < len(commands) else len(text)
        argument = command.end()
        while argument < len(text) and text[argument] in SPACE:
            argument += 1
        if text[argument : argument + 1] == "{":
            end = closing.get(argument, len(text)) + 1
            if end > limit:
                unclosed = number == len(commands)
                continue
            content = text[argument + 1 : end - 1].strip(SPACE)
        elif bare := BARE_BOX.match(text, argument):
            end = bare.end()
            content = bare[0].rstrip(".,/")
        else:
            continue
        if lower(content) not in PLACEHOLDERS:
            found.append(Box(command.start(), end, content))
    return found, unclosed


GLUE = ("\\text{and}", "\\text{ and }", "\\text{or}", "\\text{ or }")
NOTHING = (*SPACE, "$", "\\(", "\\)", "\\[", "\\]", "\\qquad", "\\quad", "\\,", "\\;", "\\ ", "*")
SEPARATOR = re.compile(r"(?:[,;](?:and|or)?|and|or)(?:[A-Za-z]=)?")
LONGEST_SEPARATOR = 60  # bytes


def adjacent(between: str) -> bool:
    """Whether two parts with this text between them are parts of one answer."""
    if len(between.encode()) > LONGEST_SEPARATOR:
        return False
    for glue in GLUE:
        between = between.replace(glue, "or")
    for nothing in NOTHING:
        between = between.replace(nothing, "")
    return SEPARATOR.fullmatch(between) is not None


def last_group(text: str, found: list[Box]) -> list[str]:
    """The contents of the last box and of the boxes joined to it, without repetitions."""
    parts = [found[-1].content]
    for earlier, later in zip(found[-2::-1], found[:0:-1], strict=True):
        if len(parts) == MOST_PARTS or not adjacent(text[earlier.end : later.start]):
            break
        if earlier.content not in parts:
            parts.insert(0, earlier.content)
    return parts


# Maths spans --------------------------------------------------------------------------------

ENVIRONMENTS = ("align*", "align", "equation*", "equation", "gather*", "gather")


class Span(NamedTuple):
    """A delimited piece of mathematics: where it starts and ends, and its inside."""

    start: int
    end: int
    inside: str


def maths_spans(text: str) -> Iterator[Span]:
    r"""All `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and displayed environments, in order."""
    missing: set[str] = set()  # closers that occur no more
    at = 0
    while at < len(text):
        span = _span_at(text, at, missing) if text[at] in "$\\" else None
        if span:
            yield span
            at = span.end
        elif text[at] == "\\" or text.startswith("$$", at):
            at += 2
        else:
            at += 1


def _span_at(text: str, at: int, missing: set[str]) -> Span | None:
    if text.startswith("$", at) and not text.startswith("$$", at):
        return _dollar_span(text, at, missing)
    pairs = [("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]")]
    pairs += [(f"\\begin{{{name}}}", f"\\end{{{name}}}") for name in ENVIRONMENTS]
    for opener, closer in pairs:
        if text.startswith(opener, at) and closer not in missing:
            end = text.find(closer, at + len(opener))
            if end >= 0:
                return Span(at, end + len(closer), text[at + len(opener) : end])
            missing.add(closer)
    return None


def _dollar_span(text: str, at: int, missing: set[str]) -> Span | None:
    """A single dollar opens mathematics unless it looks like money (`$5 and $10`)."""
    if "$" in missing:
        return None
    end = text.find("$", at + 1)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1)
    if end < 0:
        missing.add("$")
        return None
    inside = text[at + 1 : end]
    money = re.match(r"[0-9]", inside) and (
        inside[-1] in SPACE or re.match(r"[0-9]", text[end + 1 : end + 2])
    )
    if money or not inside.strip(SPACE) or "\n\n" in inside:
        return None
    return Span(at, end + 1, inside)


# Equations ----------------------------------------------------------------------------------


def top_level(text: str, wanted: str) -> list[int]:
    """Where the character `wanted` stands outside all brackets, escapes skipped."""
    places = []
    depth = 0
    escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(depth - 1, 0)
        elif char == wanted and depth == 0:
            places.append(index)
    return places


def sides(text: str) -> list[str]:
    """The sides of an equation; a text that is none, or a list, has one."""
    if top_level(text, ","):
        return [text]
    cuts = [
        at
        for at in top_level(text, "=")
        if text[at - 1 : at] not in {"<", ">", "!", ":", "="}
        and text[at + 1 : at + 2] not in {"=", ">"}
    ]
    starts = [0, *(cut + 1 for cut in cuts)]
    return [text[a:b].strip(SPACE) for a, b in zip(starts, [*cuts, len(text)], strict=True)]


def exact_part(text: str) -> str:
    """`10/3 ≈ 3.33` states 10/3; `x ≈ 3.33` states 3.33."""
    cut = re.search(r"\\approx(?![A-Za-z])|≈", text)
    if cut is None:
        return text
    left, right = text[: cut.start()].strip(SPACE), text[cut.end() :].strip(SPACE)
    return left if re.search(r"[0-9]", sides(left)[-1]) or not right else right


def has_variable(text: str) -> bool:
    """Whether a letter stands outside commands."""
    return any(not run.startswith("\\") for run in re.findall(r"\\?[A-Za-z]+", text))


def stated_side(text: str, *, loose: bool) -> str:
    """What an equation states: the last side of a chain or of plain arithmetic.

    An equation of two sides with a variable on the left stays whole, except that a `loose`
    reading keeps it only where both sides are needed: `y = 2x + 3`.
    """
    text = exact_part(text)
    parts = sides(text)
    if len(parts) == 1 or not parts[-1]:
        return text
    if len(parts) == 2 and has_variable(parts[0]):
        lone = re.fullmatch(r"&?[A-Za-z]&?", parts[0]) and has_variable(parts[1])
        if lone or not loose:
            return text
    return parts[-1]


# Cues: "the answer is" ----------------------------------------------------------------------

ANSWER = re.compile(r"(?ai)(?<![A-Za-z])answers?(?![A-Za-z])|答案")
ANSWER_OR_OPTION = re.compile(r"(?ai)(?<![A-Za-z])(?:answers?|option|choice)(?![A-Za-z])|答案")
AFTER_WORD = " \t" + MARKUP + ")]"
GAP = ("to ", "in ", "for ", "of ")
LONGEST_GAP = 60  # characters
VERBS = ("is", "are", "was", "would be", "will be", "should be", "must be")
BEFORE_VALUE = SPACE + MARKUP + ":：~"
FILLERS = (
    *("therefore", "thus", "then", "simply", "just", "equal to", "approximately", "about"),
    *("also", "still", "indeed", "actually", "clearly", "hence", "exactly", "given by", "be"),
    *("now", "roughly", "around"),
)
QUALIFIERS = {
    *("the", "my", "our", "your", "final", "correct", "right", "this", "that", "a", "an"),
    *("best", "possible", "overall", "only"),
}
HEDGES = {
    *("if", "whether", "suppose", "assume", "assuming", "unless", "not", "t", "cannot", "wrong"),
    *("incorrect", "previous", "original", "format"),
}
HEDGE_WINDOW = 120  # characters
DENIALS = ("not", "never", "neither", "nor")


class Statement(NamedTuple):
    """What follows a cue, up to the next one."""

    start: int
    value: str
    tag: bool


def statements(text: str, words: re.Pattern[str], *, brackets: bool) -> Iterator[Statement]:
    """The statements of `text`, the last one first; `brackets`: `Answer("C")` is one."""
    limit = len(text)
    for cue in reversed(list(words.finditer(text))):
        rest = text[cue.end() : limit]
        tag = text[cue.start() - 1 : cue.start()] == "<" and rest.startswith(">")
        value = _tagged(rest) if tag else _connected(rest, brackets=brackets)
        if value is None and not tag:
            continue
        limit = cue.start()
        if value is None:
            continue
        if tag or not (hedged(text, cue.start()) or denied(value)):
            yield Statement(cue.start(), value, tag)


def _tagged(rest: str) -> str | None:
    end = rest.find("</")
    return None if end < 0 else rest[1:end].strip(SPACE)


def _connected(rest: str, *, brackets: bool) -> str | None:
    """What follows the connector, or nothing where none follows the cue."""
    rest = rest.lstrip(AFTER_WORD)
    if rest.startswith(GAP):
        after = _over_gap(rest)
    elif rest[:1] in {":", "：", "=", "是", "为"} or (brackets and rest[:1] == "("):
        after = rest[1:]
    else:
        verb = next((verb for verb in VERBS if starts_with_word(rest, verb)), None)
        after = rest[len(verb) :] if verb else None
    return None if after is None else _value(after)


def _over_gap(rest: str) -> str | None:
    """`the answer to the problem is 5`: up to a verb or colon in the same clause."""
    for index, char in enumerate(rest[:LONGEST_GAP]):
        if char == ":":
            return rest[index + 1 :]
        if char in ".,?\n":
            return None
        if char == " ":
            for verb in ("is", "are"):
                if starts_with_word(rest[index + 1 : index + 6], verb):
                    return rest[index + 1 + len(verb) :]
    return None


def _value(after: str) -> str:
    value = after.lstrip(BEFORE_VALUE)
    quoted = after[: len(after) - len(value)].endswith('"')
    while filler := next((word for word in FILLERS if starts_with_word(value, word)), None):
        value = value[len(filler) :].lstrip(BEFORE_VALUE + ",")
    return value.split('"', 1)[0] if quoted else value


def hedged(text: str, start: int) -> bool:
    """`if the answer is 5`, `the wrong answer is 5`, `isn't the answer: 5`; also `</answer>`."""
    before = text[max(0, start - HEDGE_WINDOW) : start]
    if before.endswith("/"):
        return True
    for _ in range(6):
        before = before.rstrip(SPACE + MARKUP + "(")
        word = re.search(r"[A-Za-z]*\Z", before)
        assert word is not None
        if lower(word[0]) not in QUALIFIERS:
            return lower(word[0]) in HEDGES
        before = before[: word.start()]
    return False


def denied(value: str) -> bool:
    """`the answer is not 5`."""
    return any(starts_with_word(value, word) for word in DENIALS)

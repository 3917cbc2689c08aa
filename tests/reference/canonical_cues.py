r"""Statements: "the answer is …", "Answer: …", `<answer>…</answer>`, "答案：…", "Réponse : …"."""

# ruff: noqa: RUF001, RUF002 - characters of other scripts are what is read here

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reference.canonical_refusals import refuses
from reference.canonical_text import MARKUP, SPACE, lower, starts_with_word

if TYPE_CHECKING:
    from collections.abc import Iterator

_NATIVE = r"(?<![A-Za-z])(?:answers?|antwort)(?![A-Za-z])|答案|答え"
_FOREIGN = (
    r"(?<![A-Za-z])(?:r[éÉ]ponse|respuesta|risposta|resposta)(?![A-Za-z])"
    r"|[оО]твет|정답|답"
)
ANSWER = re.compile(rf"(?ai){_NATIVE}")
FOREIGN = re.compile(rf"(?ai){_FOREIGN}")
ANSWER_OR_OPTION = re.compile(
    rf"(?ai){_NATIVE}|{_FOREIGN}|(?<![A-Za-z])(?:option|choice)(?![A-Za-z])|故选"
)
AFTER_WORD = " \t" + MARKUP + ")]"
GAP = ("to ", "in ", "for ", "of ")
LONGEST_GAP = 60  # characters
# What may stand between a cue in another language and its verb.
ADJECTIVES = ("finale", "final", "correcta", "correcte", "correta", "corretta", "exacte")
PARTICLES = ("은", "는", "应该", "应", "就")
SIGNS = ("->", "=>", "→", ":", "：", "=", "是", "为", "选择", "选")
DASHES = ("- ", "– ", "— ")
VERBS = (
    *("is", "are", "was", "would be", "will be", "should be", "must be", "equals", "becomes"),
    *("comes to", "remains", "est", "es", "ist", "lautet", "é", "è"),
)
BEFORE_VALUE = SPACE + MARKUP + ":：~"
FILLERS = (
    *("therefore", "thus", "then", "simply", "just", "equal to", "approximately", "about"),
    *("also", "still", "indeed", "actually", "clearly", "hence", "exactly", "given by", "be"),
    *("now", "roughly", "around", "only", "a total of", "equivalent to", "probably", "likely"),
    *("most likely", "definitely", "precisely", "either"),
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
LONGEST_TITLE = 40  # characters
DENIALS = ("not", "never", "nor")


class Statement(NamedTuple):
    """What follows a cue, up to the next one."""

    start: int
    value: str
    tag: bool
    closed: bool


def statements(text: str, words: re.Pattern[str], *, options: bool) -> Iterator[Statement]:
    """The statements of `text`, the last one first; `options`: about the options of a problem."""
    limit = len(text)
    for cue in reversed(list(words.finditer(text))):
        rest = text[cue.end() : limit]
        before = text[max(cue.start() - HEDGE_WINDOW, 0) : cue.start()]
        tag = before.endswith(("<", "<final_", "<final-")) and rest.startswith(">")
        value = tagged(rest) if tag else connected(rest, before, cue[0], options=options)
        if value is None:
            continue
        limit = cue.start()
        if tag or not (hedged(before) or denied(value)):
            yield Statement(cue.start(), value, tag, "</" in rest)


def tagged(rest: str) -> str:
    """What stands between the tags; all that follows one that is not closed."""
    return rest[1:].split("</", 1)[0].strip(SPACE)


def connected(rest: str, before: str, cue: str, *, options: bool) -> str | None:
    """What follows the connector, or nothing where none follows the cue."""
    field = rest[:1] in {'"', "'"} and rest[1:].lstrip(SPACE).startswith(":")
    if field and lower(cue) == "answer":
        return None  # of JSON
    called = rest.startswith("(")
    rest = rest.lstrip(AFTER_WORD)
    adjective = next((word for word in ADJECTIVES if starts_with_word(rest, word)), "")
    particle = next((word for word in PARTICLES if rest.startswith(word)), "")
    rest = rest[len(adjective or particle) :].lstrip(AFTER_WORD)
    if cue == "故选":
        after: str | None = rest.removeprefix("择")
    elif rest.startswith(GAP):
        after = over_gap(rest)
    elif rest.startswith("\n"):
        after = rest if is_title(before) else None
    else:
        signs = (*SIGNS, *DASHES) if options else SIGNS
        sign = next((sign for sign in signs if rest.startswith(sign)), "")
        verb = sign or next((verb for verb in VERBS if starts_with_word(rest, verb)), "")
        opened = rest.startswith("(") and (options or called)
        after = rest[len(verb) or 1 :] if verb or opened else None
    return None if after is None else value_of(after)


def over_gap(rest: str) -> str | None:
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


def is_title(before: str) -> bool:
    """Whether a cue that ends its line fills it: `### Final Answer`."""
    line = before.rpartition("\n")[2]
    words = re.split(r"[^A-Za-z]+", line)
    dressed = re.fullmatch(rf"[A-Za-z #*_{MARKUP}\t]*", line)
    return (
        dressed is not None
        and len(line) <= LONGEST_TITLE
        and all(lower(word) in QUALIFIERS for word in words if word)
    )


def value_of(after: str) -> str:
    """A value without what leads up to it."""
    value = after.lstrip(BEFORE_VALUE)
    skipped = after[: len(after) - len(value)]
    quoted = skipped.endswith('"')
    if skipped.rstrip(" \t").endswith("\n") and value.startswith("> "):
        value = value[2:].lstrip(BEFORE_VALUE)
    while filler := next((word for word in FILLERS if starts_with_word(value, word)), None):
        value = value[len(filler) :].lstrip(BEFORE_VALUE + ",")
    return value.split('"', 1)[0] if quoted else value


def hedged(before: str) -> bool:
    """`if the answer is 5`, `the wrong answer is 5`, `isn't the answer: 5`; also `</answer>`."""
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
    """`the answer is not 5`; "not enough information" is no denial."""
    if any(starts_with_word(value, word) for word in DENIALS):
        return not refuses(value)
    rest = value[len("neither") :].lstrip(" \t")
    return starts_with_word(value, "neither") and re.match(r"[A-Za-z0-9$(\\]", rest) is not None

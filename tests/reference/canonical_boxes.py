r"""Boxes: `\boxed{…}`, `\fbox{…}`, `\boxed 5`, and what is left when a backslash was lost."""

from __future__ import annotations

import re
from typing import NamedTuple

from reference.canonical_refusals import is_placeholder
from reference.canonical_text import SPACE, stated_side

# A lost backslash is a box only before a brace; \b and \f may have been read as control codes.
BOX = re.compile(
    r"\\boxed|\x08oxed|(?<![A-Za-z\\])b?oxed(?={)|\\fbox|\x0cbox(?!ed)|(?<![A-Za-z\\])fbox(?={)"
)
BARE_BOX = re.compile(r"[-+]?[0-9][0-9.,/]*|[A-Za-z](?![A-Za-z])")
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
        if not is_placeholder(content):
            found.append(Box(command.start(), end, content))
    return found, unclosed


GLUE = ("\\text{and}", "\\text{or}", "\\textbf{and}", "\\textbf{or}", "\\mbox{and}", "\\mbox{or}")
NOTHING = (*("$", "\\(", "\\)", "\\[", "\\]", "\\qquad", "\\quad", "\\,", "\\;", "*", "\\text{,}"),)
# A comma or a word, or a new line with a label; then perhaps a name.
SEPARATOR = re.compile(
    r"(?:,|;|,?(?:and|or)|;(?:and|or))(?:[A-Za-z]=)?|[.,;]?(?:and)?\([A-Za-z]\)[:=]?"
)
# "or" and another sum: "either 2 + 3 = 5 or 2 + 4 = 6".
OTHER_CASE = re.compile(r"(?:\\[A-Za-z]+|[A-Za-z](?![A-Za-z])|[^A-Za-z\\])*")
LONGEST_SEPARATOR = 60  # bytes
RELATION = re.compile(r"[<>≤≥≠]|\\(?:leq?|geq?|lt|gt|neq?)(?![A-Za-z])")


def adjacent(between: str) -> bool:
    """Whether two parts with this text between them are parts of one answer."""
    text = separator(between)
    return SEPARATOR.fullmatch(text) is not None or is_other_case(text)


def is_other_case(text: str) -> bool:
    """Whether a separator leads by "or" to the result of another calculation."""
    rest = text.removeprefix(",")
    if not rest.startswith("or") or not rest.endswith(("=", "\\equiv")):
        return False
    return OTHER_CASE.fullmatch(rest[2:]) is not None


def separator(between: str) -> str:
    """What separates two parts, without spaces, delimiters and commands."""
    if len(between.encode()) > LONGEST_SEPARATOR:
        return "-"
    between = "".join(char for char in between.replace("\\ ", "") if char not in SPACE)
    for glue in GLUE:
        between = between.replace(glue, glue[glue.index("{") + 1 : -1])
    for nothing in NOTHING:
        between = between.replace(nothing, "")
    return between


def joined(parts: list[str], separators: list[str]) -> str:
    """Parts as one answer: inequalities keep their "or", all others take commas."""
    union = any("or" in separator(text) for text in separators)
    relations = any(RELATION.search(part) for part in parts)
    return (" or " if union and relations else ", ").join(parts)


def last_group(text: str, found: list[Box]) -> str:
    """The contents of the last box and of the boxes joined to it, without repetitions."""
    parts = [found[-1].content]
    separators = []
    for earlier, later in zip(found[-2::-1], found[:0:-1], strict=True):
        between = text[earlier.end : later.start]
        if len(parts) == MOST_PARTS or not adjacent(between):
            break
        if earlier.content not in parts:
            parts.insert(0, earlier.content)
            separators.append(between)
    return stated_side(parts[0], loose=False) if len(parts) == 1 else joined(parts, separators)

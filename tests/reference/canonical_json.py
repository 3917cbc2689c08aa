"""Answers in JSON: the value of the last field whose name ends in "answer"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference.canonical_text import SPACE, lower

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD = re.compile(r"(?ai)(?<=answer)[\"']")
LONGEST_NAME = 24  # characters before "answer"
AFTER_STRING = ",}]\n"
MOST_ITEMS = 16
PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def values(text: str) -> Iterator[str | None]:
    """The values of the answer fields, the last one first; None for null."""
    limit = len(text)
    for quote in reversed(list(FIELD.finditer(text))):
        if not named(text, quote.start()):
            continue
        rest = text[quote.end() : limit].lstrip(SPACE)
        if rest.startswith(":"):
            limit = quote.start()
            value = field(rest[1:].lstrip(SPACE))
            if value is not None:
                yield None if lower(value) == "null" else value


def named(text: str, quote: int) -> bool:
    """Whether a name that the quote at `quote` ends starts with the same quote."""
    name = quote - len("answer")
    start = max(name - LONGEST_NAME, 0)
    before = re.search(r"[A-Za-z_ -]*\Z", text[start:name])
    assert before is not None
    opened = start + before.start() - 1
    return opened >= 0 and text[opened] == text[quote]


def field(value: str) -> str | None:
    """The value that a text starts with; nothing where it never ends or is an object."""
    if value[:1] in {'"', "'"}:
        end = closing_quote(value)
        return None if end is None else unescaped(value[1:end])
    if value.startswith("["):
        return listed(value)
    if value.startswith("{"):
        return None
    return re.split(r"[,}\]\n]", value, maxsplit=1)[0].strip(SPACE) or None


def closing_quote(value: str) -> int | None:
    """Where the string ends that `value` starts with: at a quote before a comma or bracket."""
    escaped = False
    for index, char in enumerate(value[1:], 1):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == value[0]:
            after = value[index + 1 :].lstrip(" \t\r")
            if not after or after[0] in AFTER_STRING:
                return index
    return None


def listed(value: str) -> str | None:
    """The items of a list as one answer, joined by commas; nothing where it never ends."""
    items = [""]
    depth = 0
    quote = ""
    escaped = False
    for char in value[1:]:
        if not quote and depth == 0 and char == "]":
            bare = [item_value(item.strip(SPACE)) for item in items]
            return ", ".join([item for item in bare if item][:MOST_ITEMS])
        if not quote and depth == 0 and char == ",":
            items.append("")
            continue
        if quote:
            quote = "" if char == quote and not escaped else quote
        elif char in {'"', "'"} and not items[-1].strip(SPACE):
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(depth - 1, 0)
        escaped = char == "\\" and not escaped
        items[-1] += char
    return None


def item_value(item: str) -> str:
    """An item of a list, without the quotes around it."""
    quoted = len(item) > 1 and item[0] in {'"', "'"} and item[-1] == item[0]
    return unescaped(item[1:-1]) if quoted else item


def unescaped(text: str) -> str:
    r"""Undo the escapes of JSON.

    LaTeX whose backslashes were not escaped (`"\frac{1}{2}"`) is told by what is no escape,
    or is one before a letter; there only quotes are undone.
    """
    pieces = []
    at = 0
    while at < len(text):
        piece, length = escape(text[at : at + 12]) if text[at] == "\\" else (text[at], 1)
        if piece is None:
            return text.replace('\\"', '"')
        pieces.append(piece)
        at += length
    return "".join(pieces)


def escape(text: str) -> tuple[str | None, int]:
    """What the escape that starts `text` stands for, and its length; None where it is none."""
    char = text[1:2]
    if char in {"\\", '"', "'", "/"}:
        return char, 2
    if char in PLAIN_ESCAPES and not re.match(r"[A-Za-z]", text[2:3]):
        return PLAIN_ESCAPES[char], 2
    if code := re.match(r"\\u([0-9a-fA-F]{4})", text):
        return unicode_escape(text, int(code[1], 16))
    return None, 1


def unicode_escape(text: str, code: int) -> tuple[str, int]:
    """A character by its number; two halves of a pair are one, a lone half is none."""
    low = re.match(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})", text[6:])
    if 0xD800 <= code < 0xDC00 and low:
        return chr(0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00), 12
    return ("\ufffd" if 0xD800 <= code < 0xE000 else chr(code)), 6

"""A JSON document read member by member, so that only one item of a long list is in memory."""

from __future__ import annotations

import io
import json
import re
from typing import IO, TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing.source import DamagedError
from slm_mux.store.jsonl import MAX_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_AFTER = tuple(" \t\r\n,]}")
_NEAR = 32  # an error so near the end of what is read may be nothing but that end


def walk(stream: IO[bytes], name: str, into: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """Yield the members of the document's object, `(key, value)`.

    A list under a key that `into` accepts comes item by item, `(key, item)`, as does a list in
    place of the object, under the key "". Raises InputError, which names `name` and the line:
    not JSON, not UTF-8, nested too deeply, one item beyond `MAX_VALUE` characters.
    """
    text = _Text(stream, name)
    try:
        yield from _document(text, into)
    except UnicodeDecodeError:
        raise InputError(f"{text.where}: not UTF-8") from None
    except DamagedError as error:
        raise InputError(f"{text.where}: {error}") from None


def _document(text: _Text, into: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    start = text.peek()
    if start == "[":
        yield from (("", item) for item in text.items())
    elif start == "{":
        for key in text.members():
            if text.peek() == "[" and into(key):
                yield from ((key, item) for item in text.items())
            else:
                yield key, text.value()
    else:
        raise text.error("not a JSON object or list")
    if text.peek():
        raise text.error("not valid JSON: something follows the end")


class _Text:
    """The text of a stream with a place in it; what lies behind the place is let go."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        self._name = name
        self._decode = json.JSONDecoder().raw_decode
        self._text, self._at, self._line = "", 0, 1

    @property
    def where(self) -> str:
        """File and line of the place."""
        return f"{self._name}:{self._line}"

    def error(self, what: str) -> InputError:
        """The error to raise at this place."""
        return InputError(f"{self.where}: {what}")

    def _more(self, size: int | None = None) -> bool:
        """Read on; False at the end."""
        chunk = self._stream.read(size or _CHUNK)
        if chunk:
            self._text, self._at = self._text[self._at :] + chunk, 0
        return bool(chunk)

    def _go(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            self._go(_SPACE.match(self._text, self._at).end())  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """The next character, which must be one of `wanted`."""
        found = self.peek()
        if not found:
            raise self.error("not valid JSON: the end is missing")
        if found not in wanted:
            raise self.error(f"not valid JSON: {found!r} stands where {wanted!r} must")
        self._at += 1
        return found

    def members(self) -> Iterator[str]:
        """The keys of the object that starts here; whoever asks takes the values."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self.error("not valid JSON: a key is no text")
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return

    def items(self) -> Iterator[Any]:
        """The items of the list that starts here."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def value(self) -> Any:
        """The value that starts here, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._may_go_on(error) or not self._more(self._grown()):
                    raise self._invalid(error) from None
            except (ValueError, RecursionError):  # endless digits, nested too deeply
                raise self.error("not valid JSON: a number too long or nested too deeply") from None
            else:
                if self._is_whole(end) or not self._more():
                    self._go(end)
                    return value

    def _is_whole(self, end: int) -> bool:
        """Whether a value read up to `end` ends there: `0` may be the start of `0.5`."""
        near = end >= len(self._text) - _NEAR
        return not near or self._text[end - 1] in '"]}' or self._text[end : end + 1] in _AFTER

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        open_text = error.msg.startswith("Unterminated string")
        return open_text or error.pos >= len(self._text) - _NEAR

    def _grown(self) -> int:
        """As much again: the work of trying anew stays in proportion to the length."""
        held = len(self._text) - self._at
        if held >= MAX_VALUE:
            raise self.error(f"one value of over {MAX_VALUE} characters")
        return max(min(held, MAX_VALUE - held), _CHUNK)

    def _invalid(self, error: json.JSONDecodeError) -> InputError:
        self._go(max(self._at, min(error.pos, len(self._text))))
        return self.error(f"not valid JSON: {error.msg}")

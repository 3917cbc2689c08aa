"""Reading fields of JSON that anyone may have written; what is wrong is named by file and field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST = 2**32
"""Sample indexes are below this."""


def check_version(path: Path, name: str, version: object, known: int) -> None:
    """Raise `InputError` for a file of a newer layout, or one that does not say its own."""
    if type(version) is not int or version < 1:
        raise InputError(f"{path}: {name} is not a number from 1 on")
    if version > known:
        raise InputError(
            f"{path}: {name} {version}, and this slm-mux reads up to {known}: update slm-mux"
        )


class Fields:
    """An object of a JSON file, at `where` in it. All methods raise `InputError`."""

    def __init__(self, path: Path, where: str, value: object) -> None:
        self._path = path
        self._where = where
        if not isinstance(value, dict):
            raise InputError(f"{path}: {where or 'the file'} is not an object")
        self.value: dict[str, Any] = value

    def wrong(self, name: str, what: str) -> InputError:
        """The error to raise about a field."""
        where = f"{self._where}.{name}" if self._where else name
        return InputError(f"{self._path}: {where} {what}")

    def text(self, name: str) -> str | None:
        """A text, or none."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "is not a text")
        return value

    def required_text(self, name: str) -> str:
        """A text that must be there."""
        value = self.text(name)
        if value is None:
            raise self.wrong(name, "is missing")
        return value

    def number(self, name: str) -> float | None:
        """A number, or none; not NaN and not infinite."""
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "is not a number")
        if not abs(value) < float("inf"):
            raise self.wrong(name, "is not a finite number")
        return value

    def share(self, name: str) -> float | None:
        """A number from 0 to 1, or none."""
        value = self.number(name)
        if value is not None and not 0 <= value <= 1:
            raise self.wrong(name, "is not between 0 and 1")
        return value

    def index(self, name: str) -> int:
        """A whole number from 0 on."""
        value = self.value.get(name)
        if type(value) is not int or not 0 <= value < _MOST:
            raise self.wrong(name, "is not a whole number from 0 on")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        """An object; empty where there is none."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(name, "is not an object")
        return value or {}

    def sequence(self, name: str) -> list[Any]:
        """A list; empty where there is none."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, "is not a list")
        return value or []

    def within(self, name: str) -> Fields:
        """The object under a name; empty where there is none."""
        where = f"{self._where}.{name}" if self._where else name
        return Fields(self._path, where, self.mapping(name))

    def items(self, name: str) -> Iterator[Fields]:
        """The objects of a list."""
        where = f"{self._where}.{name}" if self._where else name
        for at, value in enumerate(self.sequence(name)):
            yield Fields(self._path, f"{where}[{at}]", value)

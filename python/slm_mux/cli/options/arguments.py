"""What single arguments may be: names, lists of them, numbers within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from cyclopts import Parameter, Token

from slm_mux.errors import InputError


def _split(_type: object, tokens: list[Token]) -> list[str]:
    """`A B`, `A --models B` and `A,B` all mean two."""
    for token in tokens:
        _be_unicode(token.value)
    return [part for token in tokens for part in token.value.split(",") if part]


def _be_unicode(value: str | None) -> None:
    """Raise `InputError` for an argument of bytes in another encoding."""
    if value is not None and any("\ud800" <= char <= "\udfff" for char in value):
        raise InputError(f"{value!r}: not valid Unicode")


Name = Annotated[str, Parameter(validator=lambda _, v: _be_unicode(v))]
Names = Annotated[list[str], Parameter(consume_multiple=True, converter=_split, negative=())]
Positive = Annotated[int, Parameter(validator=lambda _, v: _at_least_one(v))]
Share = Annotated[float, Parameter(validator=lambda _, v: _within_one(v))]
Dollars = Annotated[float, Parameter(validator=lambda _, v: _above_zero(v))]


def _at_least_one(value: int | None) -> None:
    if value is not None and value < 1:
        raise ValueError("must be at least 1")


def _within_one(value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise ValueError("must be a share from 0 to 1, such as 0.01")


def _above_zero(value: float | None) -> None:
    if value is not None and not value > 0:
        raise ValueError("must be above 0")


def refuse_options(names: Iterable[object], command: str) -> None:
    """Refuse what begins like an option among files: only `-` is one, standard input.

    Raises `InputError`.
    """
    for name in map(str, names):
        if name.startswith("-") and name != "-":
            raise InputError(f"unknown option {name} (see slm-mux {command} --help)")

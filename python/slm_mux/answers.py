"""Answers: which span of a response states it, which vote it is.

Every function takes one text, a list of them, or an Arrow column of strings (anything with the
Arrow PyCapsule interface: string, large_string, string_view, a dictionary of strings, chunked or
not), and answers in kind: one result, a list, or one `arro3.core.Array` that any Arrow library
takes (`pyarrow.array(out)`). Strings of a column of string or dictionaries come out as string,
those of the wider layouts as large_string. Where there is no text (`None`, null) there is no
answer. Lists and columns release the interpreter, use all cores when they are large (as many
as `RAYON_NUM_THREADS` says), and may be given from any number of threads.

No text is refused: a lone surrogate reads as U+FFFD. What is no text raises `TypeError` with
its position; an unknown kind or profile, or lists of different lengths, raise `ValueError`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast, overload

from slm_mux import _core  # noqa: TID251  (this is the facade)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arro3.core import Array

    from slm_mux.arrow import Column
    from slm_mux.types import Kind, Profile

    Choices = Sequence[str] | Sequence[Sequence[str] | None] | None

__version__: str = _core.__version__
KEY_VERSION: str = _core.KEY_VERSION
"""What every key starts with that is no plain number or letter."""
KINDS: tuple[str, ...] = tuple(_core.KINDS)
PROFILES: tuple[str, ...] = tuple(_core.PROFILES)

State = Literal["ok", "unparsed", "truncated"]


class Reading(NamedTuple):
    """What a response says: the span, the rule that found it, the vote that it is.

    `key` is None where the span stands for no vote.
    """

    span: str
    rule: str
    key: str | None


# A str is a sequence of str as well: its overload stands first, and mypy is told that it may.
@overload
def extract(  # type: ignore[overload-overlap]
    text: str, *, kind: Kind, profile: Profile = ..., choices: Choices = ...
) -> str | None: ...
@overload
def extract(text: None, *, kind: Kind, profile: Profile = ..., choices: Choices = ...) -> None: ...
@overload
def extract(
    text: Sequence[str | None], *, kind: Kind, profile: Profile = ..., choices: Choices = ...
) -> list[str | None]: ...
@overload
def extract(
    text: Column, *, kind: Kind, profile: Profile = ..., choices: Choices = ...
) -> Array: ...
def extract(
    text: str | Sequence[str | None] | Column | None,
    *,
    kind: Kind,
    profile: Profile = "canonical",
    choices: Choices = None,
) -> Any:
    r"""Find the span of a response that states its final answer.

    `choices` are the option texts of a multiple-choice problem in letter order, without their
    letters: one list for all texts, or a list of lists, one for each; the `paper` profile does
    not look at them.

    >>> extract(r"So it is \boxed{ 7 }.", kind="math", profile="paper")
    '7'
    >>> extract(["#### 42", "no idea", None], kind="number", profile="paper")
    ['42', None, None]
    """
    return _core.extract(text, kind=kind, profile=profile, choices=choices)


@overload
def key(answer: str, *, kind: Kind = ..., profile: Profile = ...) -> str | None: ...  # type: ignore[overload-overlap]
@overload
def key(answer: None, *, kind: Kind = ..., profile: Profile = ...) -> None: ...
@overload
def key(
    answer: Sequence[str | None], *, kind: Kind = ..., profile: Profile = ...
) -> list[str | None]: ...
@overload
def key(answer: Column, *, kind: Kind = ..., profile: Profile = ...) -> Array: ...
def key(
    answer: str | Sequence[str | None] | Column | None,
    *,
    kind: Kind = "math",
    profile: Profile = "canonical",
) -> Any:
    r"""Give the vote that an answer stands for: equal keys are the same vote.

    Equal keys mean mathematical equality, as far as it can be decided in bounded time. A rational
    value is its own key in lowest terms, a letter of a choice is itself; every other key starts
    with the version of the rules (`KEY_VERSION`) and is stable within it: `v1:f:…` the digest of
    the value of an expression (two different values share one with a probability below 2^-100),
    `v1:(…)`, `v1:{…}`, `v1:]…]` and the like a tuple, a set or list, an interval of such keys,
    `v1:e:…` an equation up to a factor, `v1:t:…` a text. `v1:raw:…` is the cleaned string of what
    was not read or hit a limit, `v1:sha256:…` a key that would exceed 256 bytes. Units, currency,
    percent and degree signs are no part of a vote.

    >>> key([r"2\frac13", r"\cos\frac{\pi}{3}", "(1, 0.5)", "x = 5"])
    ['7/3', '1/2', 'v1:(1,1/2)', '5']
    >>> key(r"\frac{1}{\sqrt2}") == key(r"\sqrt{2}/2") == 'v1:f:6e284cd1b1fcba0ee8136e255cc722a3'
    True
    >>> key(r"x = \tfrac12", kind="math", profile="paper")
    '\\frac{1}{2}'
    """
    return _core.key(answer, kind=kind, profile=profile)


@overload
def same(a: str | None, b: str | None, *, kind: Kind = ..., profile: Profile = ...) -> bool: ...  # type: ignore[overload-overlap]
@overload
def same(
    a: Sequence[str | None], b: Sequence[str | None], *, kind: Kind = ..., profile: Profile = ...
) -> list[bool]: ...
@overload
def same(a: Column, b: Column | str, *, kind: Kind = ..., profile: Profile = ...) -> Array: ...
def same(
    a: str | Sequence[str | None] | Column | None,
    b: str | Sequence[str | None] | Column | None,
    *,
    kind: Kind = "math",
    profile: Profile = "canonical",
) -> Any:
    r"""Tell whether two answers are the same vote; what is no answer is the same as nothing.

    `b` is one answer for all of `a`, or one for each. An equivalence relation: equality of keys.

    >>> same(r"(x-1)(x+1)", "x^2 - 1"), same(r"2^{-99}", r"2^{-98}"), same("|x|", "x")
    (True, False, False)
    >>> same("1,000", "1000", kind="number", profile="paper")
    True
    >>> same(["4", None], ["5", None], kind="number", profile="paper")
    [False, False]
    """
    return _core.same(a, b, kind=kind, profile=profile)


@overload
def read(  # type: ignore[overload-overlap]
    texts: str, *, kind: Kind, profile: Profile = ..., choices: Choices = ...
) -> Reading | None: ...
@overload
def read(texts: None, *, kind: Kind, profile: Profile = ..., choices: Choices = ...) -> None: ...
@overload
def read(
    texts: Sequence[str | None], *, kind: Kind, profile: Profile = ..., choices: Choices = ...
) -> list[Reading | None]: ...
@overload
def read(texts: Column, *, kind: Kind, profile: Profile = ..., choices: Choices = ...) -> Array: ...
def read(
    texts: str | Sequence[str | None] | Column | None,
    *,
    kind: Kind,
    profile: Profile = "canonical",
    choices: Choices = None,
) -> Any:
    """Give span, rule and key of a response in one pass; for a column a struct of the three.

    >>> read("It is 007.", kind="number", profile="paper")
    Reading(span='007', rule='last_number', key='7')
    """
    out = _core.read(texts, kind=kind, profile=profile, choices=choices)
    return named(Reading, out)


def state_of(
    reading: Reading | None,
    *,
    response: str | None,
    finish_reason: str | None,
    profile: Profile = "canonical",
) -> State:
    """Tell whether a response votes (`ok`), states no answer, or was cut off before it did.

    A response that was cut off still votes when it had stated its answer; what a fallback rule
    picks out of unfinished reasoning is no answer. The published rules know no such thing, so
    in the `paper` profile whatever was found counts.

    >>> state_of(read("It is 7, or", kind="number"), response="It is 7, or", finish_reason="length")
    'truncated'
    """
    rule = None if reading is None or reading.key is None else reading.rule
    has_text = response is not None
    state = _core.state(rule, has_text=has_text, finish_reason=finish_reason, profile=profile)
    return cast("State", state)


def named(kind: type[tuple[Any, ...]], out: Any) -> Any:
    """Give the tuples of `out` their names; a column has them."""
    # Past `_make`, which counts fields that are counted: a third of the time of a long list.
    make = partial(tuple.__new__, kind)
    if isinstance(out, tuple):
        return make(out)
    if isinstance(out, list):
        return [None if fields is None else make(fields) for fields in out]
    return out

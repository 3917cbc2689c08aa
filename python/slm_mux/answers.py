"""Answers: which span of a response states it, which vote it is, whether it is right.

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
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, cast, overload

from slm_mux import _core  # noqa: TID251  (this is the facade)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arro3.core import Array

    from slm_mux.symbolic import Pair, Settled
    from slm_mux.types import Kind, Profile

    Choices = Sequence[str] | Sequence[Sequence[str] | None] | None

__version__: str = _core.__version__
KEY_VERSION: str = _core.KEY_VERSION
"""What every key starts with that is no plain number or letter."""
KINDS: tuple[str, ...] = tuple(_core.KINDS)
PROFILES: tuple[str, ...] = tuple(_core.PROFILES)

Verdict = Literal["correct", "incorrect", "undecided", "no_answer"]
Stage = Literal["string", "key", "lenient", "sympy", "judge"]
State = Literal["ok", "unparsed", "truncated"]


class ArrowArray(Protocol):
    """An Arrow array, by the PyCapsule interface."""

    def __arrow_c_array__(self, requested_schema: Any = None, /) -> tuple[Any, Any]:
        """Give the capsules of schema and array."""


class ArrowStream(Protocol):
    """A stream of Arrow arrays, by the PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: Any = None, /) -> Any:
        """Give the capsule of the stream."""


Column = ArrowArray | ArrowStream
# A str is a sequence of str as well: its overload stands first, and mypy is told that it may.


class Reading(NamedTuple):
    """What a response says: the span, the rule that found it, the vote that it is.

    `key` is None where the span stands for no vote.
    """

    span: str
    rule: str
    key: str | None


class Grade(NamedTuple):
    """A verdict and how it came about.

    `stage` decided, unless there is no answer; `rule` found the `span`; `answer` is the answer
    as people write it and `key` the vote that it is; `limit` names the limit that was hit, with
    `sympy_` before it where it is one of SymPy's.
    """

    verdict: Verdict
    stage: Stage | None
    rule: str | None
    span: str | None
    answer: str | None
    key: str | None
    limit: str | None


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
    return _named(Reading, out)


@overload
def grade(  # type: ignore[overload-overlap]
    response: str,
    reference: str,
    *,
    kind: Kind,
    choices: Choices = ...,
    profile: Profile = ...,
    sympy: bool = ...,
) -> Grade: ...
@overload
def grade(  # type: ignore[overload-overlap]
    response: str | None,
    reference: str | None,
    *,
    kind: Kind,
    choices: Choices = ...,
    profile: Profile = ...,
    sympy: bool = ...,
) -> Grade | None: ...
@overload
def grade(
    response: Sequence[str | None],
    reference: Sequence[str | None],
    *,
    kind: Kind,
    choices: Choices = ...,
    profile: Profile = ...,
    sympy: bool = ...,
) -> list[Grade | None]: ...
@overload
def grade(
    response: Column,
    reference: Column | str,
    *,
    kind: Kind,
    choices: Choices = ...,
    profile: Profile = ...,
    sympy: bool = ...,
) -> Array: ...
def grade(  # noqa: PLR0913  # keyword-only options
    response: str | Sequence[str | None] | Column | None,
    reference: str | Sequence[str | None] | Column | None,
    *,
    kind: Kind,
    choices: Choices = None,
    profile: Profile = "canonical",
    sympy: bool = False,
) -> Any:
    r"""Grade a response against the reference, which may be bare, delimited or hold a box.

    By stages: the same text (`string`), the same `key`, then readings that are `lenient` towards
    the answer, never towards a vote: a decimal that agrees with an exact reference in all of its
    at least four significant digits, or rounds to a decimal reference; 50 % as 50 or 0.5; a
    decimal comma that can be nothing else; an interval as an inequality; a missing unit (another
    unit is another answer); `name = expression` as the expression; a vector in a column or in
    brackets; a set of one as its element. What could not be decided is `undecided` and names the
    `limit` that was hit (`digits`, `depth`, `operations`, `unparsed`, `opaque`, …).

    `reference` is one for all responses, or one for each; where either is missing there is no
    grade. For a column the grades are a struct column. With `sympy`, what is `undecided` goes on
    to SymPy, in worker processes that are killed after five seconds or at 1 GiB a pair; raises
    `SlmMuxError` where SymPy is not installed.

    >>> grade("I cannot say.", "7", kind="math", profile="paper").verdict
    'no_answer'
    """
    out = _core.grade(response, reference, kind=kind, profile=profile, choices=choices)
    if sympy:
        return _with_sympy(out, reference, kind)
    return _named(Grade, out)


def tree(answer: str, *, kind: Kind) -> str | None:
    """Give the expression tree of an answer as JSON text; None where it is no mathematics."""
    return None if kind == "choice" else _core.tree(answer)


def stated(reference: str, *, kind: Kind) -> str:
    """Give the span that a reference states: itself, unless it is delimited or holds a box."""
    span: str = _core.stated(reference, kind=kind, profile="canonical")
    return span


def grade_answers(answers: Sequence[str], stated: Sequence[str], *, kind: Kind) -> list[Grade]:
    """Grade answers that were extracted already against what their references state."""
    out = _core.grade_answer(answers, stated, kind=kind, profile="canonical")
    return [Grade._make(fields) for fields in out]


def trees(grade: Grade | None, reference: str | None, *, kind: Kind) -> Pair | None:
    """Give the trees for SymPy to compare; None where a grade is settled or a side has none."""
    if grade is None or reference is None or grade.verdict != "undecided" or grade.span is None:
        return None
    sides = tree(grade.span, kind=kind), tree(stated(reference, kind=kind), kind=kind)
    if sides[0] is None or sides[1] is None:
        return None
    from slm_mux.symbolic import Pair  # noqa: PLC0415  # only needed for SymPy

    return Pair(sides[0], sides[1])


def after_sympy(grade: Grade, settled: Settled) -> Grade:
    """Give a grade that Rust left undecided with what SymPy says."""
    limit = settled.limit or (grade.limit if settled.verdict == "undecided" else None)
    return grade._replace(verdict=settled.verdict, stage="sympy", limit=limit)


def _with_sympy(out: Any, reference: Any, kind: Kind) -> Any:
    """Grades in the shape of `out`, the undecided ones put before SymPy."""
    if out is None or isinstance(out, tuple):
        return _settled([_named(Grade, out)], [reference], kind)[0]
    if isinstance(out, list):
        return _settled(_named(Grade, out), reference, kind)
    return _column_with_sympy(out, reference, kind)


def _column_with_sympy(out: Array, reference: Column | str, kind: Kind) -> Array:
    from arro3.core import Array, ChunkedArray, DataType, struct_array  # noqa: PLC0415

    rows = [row and Grade(**row) for row in out.to_pylist()]
    if isinstance(reference, str):
        rows = _settled(rows, [reference] * len(rows), kind)
    else:
        rows = _settled(rows, list(ChunkedArray(reference).to_pylist()), kind)
    fields = out.type.fields
    columns = [Array([row and row[at] for row in rows], f.type) for at, f in enumerate(fields)]
    mask = Array([row is None for row in rows], DataType.bool())
    return struct_array(columns, fields=fields, mask=mask)


def _settled(
    grades: Sequence[Grade | None], references: Sequence[str | None], kind: Kind
) -> list[Grade | None]:
    pairs = {
        at: pair
        for at, (grade, reference) in enumerate(zip(grades, references, strict=True))
        if (pair := trees(grade, reference, kind=kind)) is not None
    }
    done = list(grades)
    if pairs:
        from slm_mux.symbolic import shared  # noqa: PLC0415  # only needed for SymPy

        for at, settled in zip(pairs, shared().decide(pairs.values()), strict=True):
            done[at] = after_sympy(cast("Grade", grades[at]), settled)
    return done


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


def _named(kind: type[tuple[Any, ...]], out: Any) -> Any:
    """Give the tuples of `out` their names; a column has them."""
    # Past `_make`, which counts fields that are counted: a third of the time of a long list.
    make = partial(tuple.__new__, kind)
    if isinstance(out, tuple):
        return make(out)
    if isinstance(out, list):
        return [None if fields is None else make(fields) for fields in out]
    return out

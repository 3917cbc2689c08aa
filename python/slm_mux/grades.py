"""Grades: whether a response is right, and who decided.

Texts, lists and columns are taken as by the verbs of `slm_mux.answers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast, overload

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.answers import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arro3.core import Array

    from slm_mux.answers import Choices
    from slm_mux.arrow import Column
    from slm_mux.symbolic import Pair, Settled
    from slm_mux.types import Kind, Profile

Verdict = Literal["correct", "incorrect", "undecided", "no_answer"]
Stage = Literal["string", "key", "lenient", "sympy", "judge"]


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


# As in `answers`: the overload of str stands before that of its sequences.
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
    return named(Grade, out)


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
        return _settled([named(Grade, out)], [reference], kind)[0]
    if isinstance(out, list):
        return _settled(named(Grade, out), reference, kind)
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

"""The reference answers of a data set: to score, an id and an answer a row are enough."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux.errors import DatasetError, InputError
from slm_mux.store.jsonl import PARQUET
from slm_mux.tallies import KnownProblem
from slm_mux.tasks.custom import custom_task
from slm_mux.tasks.fields import (
    CHOICES,
    IDENTITY,
    REFERENCE,
    find_field,
    hashed_id,
    list_of,
    need_field,
    scalar_of,
    text_id,
)
from slm_mux.tasks.files import (
    PROBLEM,
    NumberText,
    ProblemsFile,
    Row,
    read_problems_file,
)
from slm_mux.tasks.references import choice_reference, math_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from slm_mux.types import Kind

ANSWERS = (
    "answer", "reference_answer", "expected_answer", "reference", "gold", "gold_answer",
    "ground_truth", "correct_answer", "target", "solution",
)  # fmt: skip
IDS = (
    *IDENTITY, "question_id", "uuid", "doc_id", "sample_id", "custom_id", "problem_idx",
)  # fmt: skip
"""The names of ids that rows of samples know, those of problems files first."""
_OPTIONS = (*CHOICES, "Incorrect Answer 1")
_MARK = "####"
_WHOLE = re.compile(r"(-?\d+)\.0")
_NAN = "nan"


class _Whole(NumberText):
    """A whole number of a column of floats, as pandas makes of integers beside nulls."""

    __slots__ = ()


def references(path: Path, kind: Kind | None = None) -> list[KnownProblem]:
    """Read a data set's references, whatever task they are of: JSON, JSONL, CSV or Parquet.

    With an answer kind the layouts are those of `run`'s problems files; else, and where there is
    no text, rows need an id and an answer. Raises `DatasetError`.
    """
    file = _parquet(path) if _is_parquet(path) else read_problems_file(path)
    build = _as_problem(file, kind) if kind and _asks(file, kind) else _as_answer(file, kind)
    found: dict[str, KnownProblem] = {}
    for row in file.rows:
        for known in build(row):
            first = found.setdefault(known.problem_id, known)
            if first != known:
                raise file.error(
                    f"problem id {known.problem_id!r} has another answer in an earlier row: "
                    "keep one of them",
                    row,
                )
    if not found:
        raise DatasetError(f"{path}: no row has an answer: name the field {' or '.join(ANSWERS)}")
    return list(found.values())


def refuse_strangers(path: Path, known: Iterable[str], scored: Collection[str]) -> None:
    """Raise `InputError` where none of the problems scored is among those with references."""
    ids = list(known)
    if scored and not set(ids) & set(scored):
        raise InputError(
            f"--references {path}: none of its {len(ids):,} ids is among the {len(scored):,} "
            f"problems of the samples: it has {ids[0]!r}, they have {next(iter(scored))!r}"
        )


def before(known: Sequence[KnownProblem], beside: Sequence[KnownProblem]) -> list[KnownProblem]:
    """Put a data set's references before those that lie beside logs, whose kind stays known."""
    named = {problem.problem_id: problem for problem in known}
    merged = list(known)
    for old in beside:
        new = named.get(old.problem_id, old)
        merged.append(
            old._replace(
                reference_answer=new.reference_answer,
                choices=new.choices or old.choices,
                kind=new.kind or old.kind,
            )
        )
    return merged


def _asks(file: ProblemsFile, kind: Kind) -> bool:
    """Whether the file holds problems as they are asked, from which ids can be made."""
    wanted = _OPTIONS if kind == "choice" else REFERENCE
    return find_field(file, PROBLEM) is not None and find_field(file, wanted) is not None


def _as_problem(file: ProblemsFile, kind: Kind) -> Callable[[Row], list[KnownProblem]]:
    name = file.path.stem
    layout = custom_task(name, kind).layouts(name, kind, file, 0)
    # Options that were put in an order have letters of their own, which only `run` knows.
    id_field = find_field(file, IDS) if layout.shuffle_seed is None else None

    def build(row: Row) -> list[KnownProblem]:
        p = layout.build(row)
        ids = [*_ids(file, row, id_field), p.problem_id]
        if p.problem_id == hashed_id(name, p.problem, p.choices or ()):
            # Without an id of its own it is known as `run` asks it, and as rows without one are.
            ids.append(text_id(p.problem, p.choices or ()))
        return [
            KnownProblem(None, identity, p.reference_answer, p.choices, kind)
            for identity in dict.fromkeys(ids)
        ]

    return build


def _as_answer(file: ProblemsFile, kind: Kind | None) -> Callable[[Row], list[KnownProblem]]:
    what = "problem's id"
    if kind is None and find_field(file, PROBLEM) is not None:
        what += ", which only --kind math, number or choice can make of its text"
    id_field = need_field(file, IDS, what)
    answer_field = need_field(file, ANSWERS, "reference answer")
    choices_field = find_field(file, CHOICES)

    def build(row: Row) -> list[KnownProblem]:
        ids = _ids(file, row, id_field)
        if not ids:
            raise file.error(f"field {id_field!r} is missing: every answer needs it", row)
        text = scalar_of(file, row, answer_field)
        if text is None or (text == _NAN and _is_number(file, row, answer_field)):
            return []
        choices = None
        if not (choices_field and row.fields.get(choices_field)) or kind in {"math", "number"}:
            answer = _bare(file, row, answer_field, text)
        else:
            choices = list_of(file, row, choices_field)
            answer = choice_reference(file, row, answer_field, text, choices)
        return [KnownProblem(None, identity, answer, choices, kind) for identity in ids]

    return build


def _ids(file: ProblemsFile, row: Row, field: str | None) -> list[str]:
    """What rows may call a problem: of a whole number, 0, also what pandas makes of it, 0.0."""
    text = scalar_of(file, row, field) if field else None
    if field is None or text is None:
        return []
    if not _is_number(file, row, field):
        return [text]
    if text.lower() == _NAN:
        raise file.error(f"field {field!r} is not a number (NaN): every answer needs an id", row)
    if isinstance(row.fields[field], _Whole):
        return [text, f"{text}.0"]
    whole = _WHOLE.fullmatch(text)
    return [whole[1], text] if whole else [text]


def _is_number(file: ProblemsFile, row: Row, field: str) -> bool:
    """Whether a field holds a number, or may: cells of CSV do not say."""
    return file.format == "csv" or isinstance(row.fields[field], NumberText)


def _bare(file: ProblemsFile, row: Row, field: str, text: str) -> str:
    """The answer without the work that leads to it."""
    _, marked, tail = text.rpartition(_MARK)
    return tail.strip() if marked and tail.strip() else math_reference(file, row, field, text)


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(PARQUET)) == PARQUET
    except OSError:
        return False  # what reads it says why


def _parquet(path: Path) -> ProblemsFile:
    """The rows of a Parquet file, numbers as texts."""
    from slm_mux.columns import read_batches  # noqa: PLC0415

    rows: list[Row] = []
    for batch in read_batches(path):
        columns = {name: batch.column(name).to_pylist() for name in batch.column_names}
        for values in zip(*columns.values(), strict=True):
            fields = {k: _text(v) for k, v in zip(columns, values, strict=True)}
            rows.append(Row(f"row {len(rows) + 1}", fields))
    if not rows:
        raise DatasetError(f"{path}: the file holds no problems: give at least one")
    return ProblemsFile(path, "json", tuple(rows))


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return NumberText(format(value, "f"))
    if type(value) is float and value.is_integer():
        return _Whole(int(value))
    return NumberText(value) if type(value) in {int, float} else value

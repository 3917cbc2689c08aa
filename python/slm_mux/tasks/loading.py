"""From the rows of a file to the problems of a task: the loader that all benchmarks share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from slm_mux.errors import DatasetError
from slm_mux.tasks.choices import choices_of
from slm_mux.tasks.fields import (
    CHOICES,
    IDENTITY,
    REFERENCE,
    find_field,
    given_id,
    hashed_id,
    need_field,
    scalar_of,
    text_of,
)
from slm_mux.tasks.files import PROBLEM, Format, ProblemsFile, Row, read_problems_file
from slm_mux.tasks.references import choice_reference, math_reference, number_reference
from slm_mux.types import Kind, Problem


@dataclass(frozen=True, slots=True)
class LoadedProblems:
    """The problems of a file and how they were read.

    `shuffle_seed` is the seed by which options were put in order, None where the file's own
    order was kept. `total` counts the file's problems before `limit` cut them.
    """

    problems: tuple[Problem, ...]
    path: str
    format: Format
    total: int
    shuffle_seed: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one file become problems; `build` is called for every row."""

    build: Callable[[Row], Problem]
    shuffle_seed: int | None = None


Layouts = Callable[[str, Kind, ProblemsFile, int], Layout]


def load(  # noqa: PLR0913  the settings of one load
    path: str | Path, *, task: str, kind: Kind, layouts: Layouts, seed: int, limit: int | None
) -> LoadedProblems:
    """Read, check and number the problems of a file; raises `DatasetError`."""
    if limit is not None and limit < 1:
        raise DatasetError(f"{path}: the limit is {limit}: ask for at least one problem")
    file = read_problems_file(path)
    layout = layouts(task, kind, file, seed)
    problems = [layout.build(row) for row in file.rows]
    _refuse_duplicates(file, problems)
    return LoadedProblems(
        tuple(problems[:limit]), str(file.path), file.format, len(problems), layout.shuffle_seed
    )


def _refuse_duplicates(file: ProblemsFile, problems: list[Problem]) -> None:
    first: dict[str, Row] = {}
    for row, problem in zip(file.rows, problems, strict=True):
        before = first.setdefault(problem.problem_id, row)
        if before is not row:
            raise file.error(
                f"problem id {problem.problem_id!r} is already that of {before.where}: "
                "remove one of them or give each an 'id' of its own",
                row,
            )


def plain_layout(task: str, kind: Kind, file: ProblemsFile, _seed: int) -> Layout:
    """One text field, one reference field, for `choice` a list of options."""
    text_field = need_field(file, PROBLEM, "problem's text")
    reference_field = find_field(file, REFERENCE)
    choices_field = need_field(file, CHOICES, "options") if kind == "choice" else None
    id_field = find_field(file, IDENTITY)

    def build(row: Row) -> Problem:
        text = text_of(file, row, text_field)
        choices = choices_of(file, row, choices_field) if choices_field else None
        reference = None
        if reference_field:
            reference = _reference(file, row, reference_field, kind, choices)
        identity = given_id(file, row, id_field) or hashed_id(task, text, choices or ())
        return Problem(identity, text, reference, choices)

    return Layout(build)


def _reference(
    file: ProblemsFile, row: Row, field: str, kind: Kind, choices: tuple[str, ...] | None
) -> str:
    text = scalar_of(file, row, field)
    if text is None:
        raise file.error(
            f"no reference in field {field!r}, which other problems have: fill it in", row
        )
    if kind == "choice":
        return choice_reference(file, row, field, text, choices or ())
    if kind == "number":
        return number_reference(file, row, field, text)
    return math_reference(file, row, field, text)

"""The problems as asked, which lie beside a sample log: `x.problems.jsonl`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from slm_mux.store.jsonl import LineError, StrictReader, mended, parse_object
from slm_mux.types import Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class RecordedProblem:
    """A problem as it was asked, with its task and answer kind."""

    task: str
    kind: Kind
    problem: Problem


def problems_path(log: str | os.PathLike[str]) -> Path:
    """Name the problems file of a log: `x.problems.jsonl` for `x.jsonl` and `x.samples.jsonl`."""
    path = Path(os.path.realpath(log))  # one file however the log is linked
    return path.with_name(
        path.name.removesuffix(".jsonl").removesuffix(".samples") + ".problems.jsonl"
    )


def read_problems(log: str | os.PathLike[str]) -> list[RecordedProblem]:
    """Read the problems beside a log, in the order they were first asked; no file: none.

    A later line for a problem stands for the earlier one (its reference was mended). A torn last
    line is passed over. Raises LogError at any other damage.
    """
    path = problems_path(log)
    if not path.is_file():
        return []
    return unique(StrictReader(path, parse_problem))


def unique(problems: Iterable[RecordedProblem]) -> list[RecordedProblem]:
    """Keep one for each task and id, the last, at the place of the first."""
    return list({(p.task, p.problem.problem_id): p for p in problems}.values())


def parse_problem(line: bytes) -> RecordedProblem:
    """One line of a problems file. Raises TornError or LineError."""
    row = parse_object(line)
    texts = [row.get(name) for name in ("task", "kind", "problem_id", "problem")]
    if not all(isinstance(text, str) for text in texts) or texts[1] not in get_args(Kind):
        raise LineError("no problem: task, kind, problem_id or problem is missing or no text")
    task, kind, problem_id, text = cast("list[str]", texts)
    problem = Problem(mended(problem_id), text, _reference(row), _choices(row))
    return RecordedProblem(mended(task), cast("Kind", kind), problem)


def _reference(row: dict[str, Any]) -> str | None:
    value = row.get("reference_answer")
    if value is not None and not isinstance(value, str):
        raise LineError("field reference_answer is not a text")
    return value if value is None else mended(value)


def _choices(row: dict[str, Any]) -> tuple[str, ...] | None:
    value = row.get("choices")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise LineError("field choices is not a list of texts")
    return tuple(map(mended, value))


def encode_problem(recorded: RecordedProblem) -> bytes:
    """A problem as one line of a problems file, its end included."""
    problem = recorded.problem
    row = {
        "task": recorded.task,
        "kind": recorded.kind,
        "problem_id": problem.problem_id,
        "problem": problem.problem,
        "reference_answer": problem.reference_answer,
        "choices": problem.choices,
    }
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"

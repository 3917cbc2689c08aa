"""Writing down the problems as asked, beside the sample log, before the first call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from slm_mux.errors import LogError
from slm_mux.sampling.disk import APPEND, append_whole, mend_end, sync_folder
from slm_mux.store.jsonl import StrictReader, reason
from slm_mux.store.problems import (
    RecordedProblem,
    encode_problem,
    parse_problem,
    problems_path,
    read_problems,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from slm_mux.types import Kind, Problem

__all__ = ["read_problems", "record_problems"]


def record_problems(
    log: str | os.PathLike[str], task: str, kind: Kind, problems: Iterable[Problem]
) -> None:
    """Add to the problems file of `log` those it does not hold yet, and wait for the disk.

    To be called with the log open, whose lock covers this file too. A mended reference answer is
    added as a new line. Raises LogError where a text or its choices have changed under one id,
    whose samples would be mixed, or where the file cannot be read or written.
    """
    path = problems_path(log)
    reader = StrictReader(path, parse_problem)
    fresh = not path.exists()
    known = {} if fresh else {(p.task, p.problem.problem_id): p for p in reader}
    new = unique(_unknown(known, (RecordedProblem(task, kind, p) for p in problems), path))
    if not new and not reader.torn:
        return
    try:
        _append(path, reader, b"".join(map(encode_problem, new)))
    except OSError as error:
        raise LogError(f"{path}: cannot be written: {reason(error)}") from error
    if fresh:
        sync_folder(path.parent)


def _append(path: Path, reader: StrictReader[RecordedProblem], data: bytes) -> None:
    fd = os.open(path, APPEND, 0o644)
    try:
        mend_end(fd, reader)
        append_whole(fd, data)
    finally:
        os.close(fd)


def _unknown(
    known: dict[tuple[str, str], RecordedProblem], asked: Iterable[RecordedProblem], path: Path
) -> Iterable[RecordedProblem]:
    for problem in asked:
        old = known.get((problem.task, problem.problem.problem_id))
        if old == problem:
            continue
        if old is not None:
            _refuse_change(old.problem, problem.problem, path)
        yield problem


def _refuse_change(old: Problem, new: Problem, path: Path) -> None:
    if (old.problem, old.choices) == (new.problem, new.choices):
        return
    was, now = _apart(_whole(old), _whole(new))
    raise LogError(
        f"{path}: problem {new.problem_id!r} was asked as {was!r} and is now {now!r}: "
        "its samples would be mixed; give it another id or the run another log"
    )


def _whole(problem: Problem) -> str:
    return "\n".join((problem.problem, *(problem.choices or ())))


def _apart(old: str, new: str) -> tuple[str, str]:
    """Cut a piece out of both, from a little before where they part, for one line of text."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))
    start = max(0, same - 30)
    return old[start : start + 80], new[start : start + 80]

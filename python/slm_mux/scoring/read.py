"""Sample logs (JSONL) → the samples of one task, each counted once.

A damaged line is counted and passed over; only what would change a number unseen is an error.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from slm_mux.errors import InputError, LogError
from slm_mux.scoring.filters import ParamFilter
from slm_mux.scoring.known_problems import problems_of, read_beside
from slm_mux.scoring.samples import Note, ReadReport, Sample, SampleSet, Setup
from slm_mux.scoring.task_rows import TaskRows
from slm_mux.store.jsonl import LineError, mended, numbered_lines, reason
from slm_mux.store.rows import (
    UNNAMED,
    Asking,
    asking_of,
    check_said,
    error_of,
    is_error,
    params_value,
    parse_row,
    usage_of,
    whole_value,
)
from slm_mux.types import Kind, SampleRow

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from slm_mux.types import Profile

_STDIN = "-"
_NAMED = 3  # files named in an error


def read_samples(  # noqa: PLR0913  the options are keyword-only
    paths: Sequence[str | os.PathLike[str]],
    *,
    task: str | None = None,
    kind: Kind | None = None,
    where: ParamFilter | None = None,
    order: Sequence[str] | None = None,
    askings: AbstractSet[Asking] | None = None,
    settled: Collection[str] = (),
    profile: Profile = "canonical",
) -> SampleSet:
    """Read one or many sample logs; `-` is standard input.

    Rows of one identity (the seed is not part of it) count once: a success replaces a failure;
    of two different responses that of the smaller key by the rules of `profile` counts, in
    whichever order they come, and the report says so. Members
    come in the order of the rows' `pool_index`, then name, or as `order` lists them, which then
    also chooses them. With `askings` only rows that were asked so count. Rows that name no task
    are of the task `task`, or `unnamed`. Rows may disagree on the references of the problems
    `settled`, which the caller knows.

    Raises InputError: a file cannot be read or there is no sample in any; several tasks and no
    `task`, several answer kinds or none and no `kind`; one sample index with responses of two
    parameter sets, API models or prompts, unless `where` chooses; two texts or references for
    one problem; a name in `order` without a row.
    """
    names = [str(path) for path in paths]
    where = where or ParamFilter()
    reader = _Reader(task, where, askings)
    for name in names:
        reader.read(name)
    chosen = _chosen_task(reader, names, task)
    rows = reader.tasks[chosen]
    beside = read_beside(
        [name for name in names if name != _STDIN], task=chosen, told=lambda asked: asked.problem
    )
    kinds = rows.kinds | {recorded.kind for recorded in beside}
    members = _members(rows, order)
    kind = kind or _one_kind(chosen, kinds)
    problems = problems_of(beside, rows.references, settled, kind)
    rows.settle(problems, kind, profile)
    samples = rows.resolve(set(members), where)
    # What a rule left out may have been asked since; then nothing is biased.
    even = len({len(samples.get((p.problem_id, m), ())) for p in problems for m in members}) == 1
    return SampleSet(
        task=chosen,
        kind=kind,
        problems=problems,
        members=members,
        samples=samples,
        marks=() if even else tuple(sorted(rows.marks)),
        report=reader.report,
    )


class _Reader:
    """Reads files into rows by task, and keeps the report."""

    def __init__(
        self, task: str | None, where: ParamFilter, askings: AbstractSet[Asking] | None = None
    ) -> None:
        self.report = ReadReport()
        self.tasks: dict[str, TaskRows] = {}
        self._task = task
        self._where = where
        self._askings = askings
        self._setups: dict[Setup, Setup] = {}  # one object per setup, not per row

    def read(self, name: str) -> None:
        """Read a file. Raises LogError where it cannot be read or is no JSONL."""
        shown = _shown(name)
        number = 0
        with _open(name) as stream:
            for number, line in numbered_lines(stream, shown):
                if line.strip():
                    self._take(line, (shown, number))
        if not number:
            self.report.empty.append(shown)

    def _take(self, line: bytes, place: tuple[str, int]) -> None:
        try:
            row = _checked(parse_row(line))
        except LineError as error:
            self.report.note_bad(Note(*place, str(error)))
            return
        self.report.rows += 1
        task = row.get("task") or self._task or UNNAMED
        if task != (self._task or task):
            self.report.other_tasks[task] += 1
            return
        if self._askings is not None and asking_of(row) not in self._askings:
            self.report.filtered += 1
            return
        sample = self._sample(row)
        if not self._where.takes(sample.setup):
            self.report.filtered += 1
            return
        rows = self.tasks.setdefault(task, TaskRows())
        rows.describe(row, place)
        if self._where.prompts:
            rows.note_prompt(sample)
        rows.add(sample, place, self.report)

    def _sample(self, row: SampleRow) -> Sample:
        params = params_value(row.get("params"))
        setup = Setup(row.get("api_model"), row.get("prompt_sha256"), params)
        return Sample(
            row["problem_id"],
            row["model"],
            row["sample_index"],
            row.get("response"),
            row.get("reasoning"),
            row.get("finish_reason"),
            usage_of(row),
            row.get("latency_s"),
            row.get("error"),
            self._setups.setdefault(setup, setup),
        )


def _shown(name: str) -> str:
    return "<stdin>" if name == _STDIN else name


def _open(name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    if name == _STDIN:
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise LogError(f"{name}: cannot be read: {reason(error)}") from error


_NAMES = ("task", "problem_id", "model")


def _checked(row: SampleRow) -> SampleRow:
    """`row` with the fields that scoring reads, of their types. Raises LineError."""
    fields = cast("dict[str, Any]", row)
    fields |= {name: mended(fields[name]) for name in _NAMES if fields.get(name)}
    check_said(fields)
    if fields.get("reference_answer") is not None:
        fields["reference_answer"] = str(fields["reference_answer"])
    # An error that is empty or false says that there was none.
    empty = [name for name, value in fields.items() if value is None]
    for name in empty if is_error(fields.get("error")) else [*empty, "error"]:
        fields.pop(name, None)
    if "pool_index" in fields:
        fields["pool_index"] = whole_value(fields["pool_index"])
    if "error" in fields:
        fields["error"] = error_of(fields["error"])
    return row


def _chosen_task(reader: _Reader, names: Sequence[str], task: str | None) -> str:
    """Name the task to score. Raises InputError where there is none or more than one."""
    if len(reader.tasks) > 1:
        raise InputError(
            f"{_files(names)}: rows of several tasks ({_listed(reader.tasks)}): "
            "score them one at a time, with --task NAME; rescore scores all of them with a folder "
            "as --output"
        )
    for name in reader.tasks:
        return name
    raise InputError(_nothing(reader.report, names, task))


def _nothing(report: ReadReport, names: Sequence[str], task: str | None) -> str:
    files = _files(names)
    if report.filtered:
        return f"{files}: none of {report.filtered} rows is of the parameters asked for"
    if report.other_tasks:
        return f"{files}: no row of task {task!r}, only of {_listed(report.other_tasks)}"
    if report.bad_rows:
        total, first = report.bad.total(), report.bad_rows[0]
        among = "1 line" if total == 1 else f"{total} lines"
        return f"{files}: no sample row in {among}; the first: {first}"
    return f"{files}: empty: no sample row"


def _files(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    shown = ", ".join(_shown(name) for name in names[:_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _one_kind(task: str, kinds: set[Kind]) -> Kind:
    if len(kinds) == 1:
        return next(iter(kinds))
    found = f"rows of several answer kinds ({_listed(kinds)})" if kinds else "no answer kind"
    raise InputError(f"task {task!r}: {found} in its rows: give --kind math, number or choice")


def _members(rows: TaskRows, order: Sequence[str] | None) -> tuple[str, ...]:
    present = sorted(rows.pool_index, key=lambda name: (rows.pool_index[name], name))
    if order is None:
        return tuple(present)
    for name in order:
        if name not in rows.pool_index:
            raise InputError(f"no row of model {name!r}; there are: {', '.join(present)}")
    return tuple(dict.fromkeys(order))

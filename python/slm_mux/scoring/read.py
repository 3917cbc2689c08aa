"""Sample logs (JSONL) → the samples of one task, each counted once.

A damaged line is counted and passed over; only what would change a number unseen is an error.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from slm_mux.errors import InputError, LogError
from slm_mux.scoring.filters import ParamFilter, ambiguity
from slm_mux.scoring.rivals import settle
from slm_mux.scoring.samples import Note, ReadReport, Sample, SampleSet, Setup
from slm_mux.store.jsonl import LineError, mended, numbered_lines, reason
from slm_mux.store.problems import read_problems
from slm_mux.store.rows import (
    Asking,
    asking_of,
    check_said,
    error_of,
    params_value,
    parse_row,
    usage_of,
    whole_value,
)
from slm_mux.types import Kind, Problem, SampleRow

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from slm_mux.store.problems import RecordedProblem
    from slm_mux.types import Profile

_STDIN = "-"
_NAMED = 3  # files named in an error
_SHOWN = 60  # characters of a value in one
_UNNAMED = "unnamed"  # the task of rows that name none


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
    beside = _beside(names, chosen)
    kinds = rows.kinds | {recorded.kind for _, recorded in beside.values()}
    members = _members(rows, order)
    problems = _problems(beside, rows, settled)
    kind = kind or _one_kind(chosen, kinds)
    _settle(rows, problems, kind, profile)
    samples = _resolve(rows, set(members), where)
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


class _Rows:
    """The rows of one task."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str, int], list[Sample]] = {}  # one for each setup
        # Of those that contradict each other all, by cell and place there.
        self.rivals: dict[tuple[tuple[str, str, int], int], list[Sample]] = {}
        self.prompts: dict[tuple[str, str], list[str | None]] = {}  # as they first came
        self.kinds: set[Kind] = set()
        # Per problem, those that differ, each with the first row that gave it.
        self.references: dict[str, dict[Problem, tuple[str, int]]] = {}
        self.pool_index: dict[str, float] = {}
        self.marks: set[str] = set()

    def add(self, sample: Sample, place: tuple[str, int], report: ReadReport) -> None:
        """Take in a sample, or what it adds to another row of its identity."""
        key = (sample.problem_id, sample.model, sample.sample_index)
        held = self.cells.setdefault(key, [])
        for at, other in enumerate(held):
            if other.setup == sample.setup:
                if _contradict(other, sample, place, report):
                    self.rivals.setdefault((key, at), [other]).append(sample)
                elif other.error is not None:
                    held[at] = sample
                return
        held.append(sample)

    def describe(self, row: SampleRow, place: tuple[str, int]) -> None:
        """Note what a row says of its member and its problem."""
        if row.get("stop", "none") != "none":
            self.marks.add(row["stop"])
        if "kind" in row:
            self.kinds.add(row["kind"])
        model, index = row["model"], row.get("pool_index", math.inf)
        self.pool_index[model] = min(index, self.pool_index.get(model, math.inf))
        reference, choices = row.get("reference_answer"), row.get("choices")
        known = self.references.setdefault(row["problem_id"], {})
        if reference is not None or choices:
            problem = Problem(row["problem_id"], "", reference, tuple(choices or ()) or None)
            known.setdefault(problem, place)

    def note_prompt(self, sample: Sample) -> None:
        """Note which prompts a member got for a problem, in the order of their first rows."""
        asked = self.prompts.setdefault((sample.problem_id, sample.model), [])
        if sample.setup.prompt_sha256 not in asked:
            asked.append(sample.setup.prompt_sha256)


def _contradict(old: Sample, new: Sample, place: tuple[str, int], report: ReadReport) -> bool:
    """Whether two rows of one identity hold different responses; notes what they are."""
    if old.error is not None or new.error is not None:
        report.retried += 1
        return False
    if (old.response, old.reasoning) == (new.response, new.reasoning):
        report.duplicates += 1
        return False
    what = f"problem {new.problem_id!r}, model {new.model!r}, sample {new.sample_index}"
    report.note_conflict(Note(*place, f"another response for {what}"))
    return True


def _settle(rows: _Rows, problems: Sequence[Problem], kind: Kind, profile: Profile) -> None:
    """Put that of each sample's responses in its place that counts."""
    if rows.rivals:
        asked = {problem.problem_id: problem for problem in problems}
        for (key, at), rivals in rows.rivals.items():
            rows.cells[key][at] = settle(rivals, asked, kind, profile)


class _Reader:
    """Reads files into rows by task, and keeps the report."""

    def __init__(
        self, task: str | None, where: ParamFilter, askings: AbstractSet[Asking] | None = None
    ) -> None:
        self.report = ReadReport()
        self.tasks: dict[str, _Rows] = {}
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
        task = row.get("task") or self._task or _UNNAMED
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
        rows = self.tasks.setdefault(task, _Rows())
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
    for name in [name for name, value in fields.items() if value is None]:
        del fields[name]
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


def _beside(names: Sequence[str], task: str) -> dict[str, tuple[str, RecordedProblem]]:
    """Read the problems files beside the logs: by id, with the log they were found at."""
    found: dict[str, tuple[str, RecordedProblem]] = {}
    for name in names:
        for recorded in read_problems(name) if name != _STDIN else ():
            if recorded.task != task:
                continue
            problem = recorded.problem
            other, known = found.setdefault(problem.problem_id, (name, recorded))
            if known.problem != problem:
                raise InputError(
                    f"problem {problem.problem_id!r} of task {task!r} is not the same beside "
                    f"{other} and beside {name}: score these logs apart"
                )
    return found


def _problems(
    beside: dict[str, tuple[str, RecordedProblem]], rows: _Rows, settled: Collection[str]
) -> tuple[Problem, ...]:
    """List the problems as asked, then those that only rows know."""
    problems = [recorded.problem for _, recorded in beside.values()]
    for problem_id, known in rows.references.items():
        if problem_id in beside:
            continue
        references = {
            p.reference_answer: at for p, at in known.items() if p.reference_answer is not None
        }
        choices = {p.choices: at for p, at in known.items() if p.choices}
        if problem_id in settled:
            problems.append(min(known, key=_rank, default=Problem(problem_id, "")))
            continue
        _refuse_several(problem_id, "reference answers", references)
        _refuse_several(problem_id, "choices", choices)
        reference = next(iter(references), None)
        problems.append(Problem(problem_id, "", reference, next(iter(choices), None)))
    return tuple(problems)


def _refuse_several(problem_id: str, what: str, told: Mapping[Any, tuple[str, int]]) -> None:
    """Raise InputError where rows tell several of one problem."""
    if len(told) > 1:
        (one, first), (other, second), *_ = told.items()
        raise InputError(
            f"problem {problem_id!r} has rows of several {what}, such as {_shortened(one)} "
            f"({first[0]}:{first[1]}) and {_shortened(other)} ({second[0]}:{second[1]}): "
            "score their logs apart"
        )


def _shortened(value: str | tuple[str, ...]) -> str:
    shown = repr(value if isinstance(value, str) else list(value))
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _rank(problem: Problem) -> tuple[bool, str, str]:
    """Which of several that rows tell is taken, in whatever order they come."""
    return not problem.choices, json.dumps(problem.choices), problem.reference_answer or ""


def _members(rows: _Rows, order: Sequence[str] | None) -> tuple[str, ...]:
    present = sorted(rows.pool_index, key=lambda name: (rows.pool_index[name], name))
    if order is None:
        return tuple(present)
    for name in order:
        if name not in rows.pool_index:
            raise InputError(f"no row of model {name!r}; there are: {', '.join(present)}")
    return tuple(dict.fromkeys(order))


def _resolve(
    rows: _Rows, members: Collection[str], where: ParamFilter
) -> dict[tuple[str, str], tuple[Sample, ...]]:
    """One sample for each index: the bought one, else the last failed. Raises InputError."""
    wanted = {key: where.prompts_among(asked) for key, asked in rows.prompts.items()}
    found: dict[tuple[str, str], list[Sample]] = {}
    several: list[list[Sample]] = []
    for (problem_id, model, _), held in rows.cells.items():
        key = (problem_id, model)
        left = [s for s in held if key not in wanted or s.setup.prompt_sha256 in wanted[key]]
        if not left or model not in members:
            continue
        bought = [s for s in left if s.error is None]
        if len(bought) > 1:
            several.append(bought)
        found.setdefault(key, []).append((bought or left)[-1])
    if several:
        raise ambiguity(several, (s for held in rows.cells.values() for s in held))
    return {k: tuple(sorted(v, key=lambda s: s.sample_index)) for k, v in found.items()}

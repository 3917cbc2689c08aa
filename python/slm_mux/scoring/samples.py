"""Recorded samples in memory, ready to be scored, and what was noticed while reading them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from slm_mux.store.stops import policy_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.store.rows import Params
    from slm_mux.types import Kind, Problem, SampleError, Stop, Usage

LISTED = 100
"""How many bad or conflicting rows a report lists; all of them are counted."""


class Setup(NamedTuple):
    """How a sample was asked, beside of whom: what must not differ between its rows."""

    api_model: str | None
    prompt_sha256: str | None
    params: Params


@dataclass(frozen=True, slots=True)
class Sample:
    """One response of one member to one problem; with `error` set, the call that failed.

    `response` is None where the server sent none (a truncated answer) and for a failed call.
    """

    problem_id: str
    model: str
    sample_index: int
    response: str | None
    reasoning: str | None
    finish_reason: str | None
    usage: Usage | None
    latency_s: float | None
    error: SampleError | None
    setup: Setup


@dataclass(frozen=True, slots=True)
class Note:
    """A row that was noticed: its file, line and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(slots=True)
class ReadReport:
    """What was read and what was left out.

    `rows` counts the sample rows read; `bad` the unusable lines by reason, the first hundred of
    them in `bad_rows`; `duplicates` the rows that repeat another's response; `conflicts` the
    bought rows whose index holds another response already, the first hundred
    in `conflict_rows`; `retried` the failed rows that another row of their index replaces;
    `filtered` the rows the filter left out; `other_tasks` the rows of other tasks; `empty` the
    files without a line.
    """

    rows: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    bad_rows: list[Note] = field(default_factory=list)
    duplicates: int = 0
    conflicts: int = 0
    conflict_rows: list[Note] = field(default_factory=list)
    retried: int = 0
    filtered: int = 0
    other_tasks: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)

    def note_bad(self, note: Note) -> None:
        """Count an unusable line."""
        self.bad[note.reason] += 1
        if len(self.bad_rows) < LISTED:
            self.bad_rows.append(note)

    def note_conflict(self, note: Note) -> None:
        """Count a second, different response to one asking."""
        self.conflicts += 1
        if len(self.conflict_rows) < LISTED:
            self.conflict_rows.append(note)


@dataclass(frozen=True, slots=True)
class SampleSet:
    """The samples of one task, each identity once.

    `problems` are in the order they were asked, those nobody answered included where a problems
    file lies beside the log; a problem known from rows alone has an empty text. `members` are
    in pool order. `samples` holds, per (problem_id, model), the samples by ascending index, and
    nothing where there is none. `marks` are what rows say of the rules that stopped their sampling
    early (`slm_mux.store.stops`).
    """

    task: str
    kind: Kind
    problems: tuple[Problem, ...]
    members: tuple[str, ...]
    samples: dict[tuple[str, str], tuple[Sample, ...]]
    marks: Sequence[str]
    report: ReadReport

    @property
    def stop(self) -> Stop:
        """The policy that some samples were left out by."""
        return policy_of(self.marks)

    def of(self, problem_id: str, model: str) -> tuple[Sample, ...]:
        """Look up the samples of one member on one problem, by ascending index."""
        return self.samples.get((problem_id, model), ())

"""What the answer table and its tallies mean. Slow, obvious, standard library.

A sample is one report on (problem, member, sample index). Reports on the same sample are put
together by `join`; everything else counts the samples that come out of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

STATES = ("ok", "unparsed", "truncated", "failed")
LARGEST_INDEX = 2**32 - 1


class RowError(ValueError):
    """A row that cannot be used: its number, from 1, and the field."""

    def __init__(self, row: int, name: str) -> None:
        super().__init__(f"row {row}: {name}")
        self.row = row
        self.field = name


@dataclass(frozen=True)
class Sample:
    """What is known of one sample; `verdicts` is the set of all that were given."""

    state: str
    key: str | None = None
    verdicts: frozenset[bool] = frozenset()

    @property
    def verdict(self) -> bool | None:
        """What the verdicts agree on."""
        return next(iter(self.verdicts)) if len(self.verdicts) == 1 else None


@dataclass
class Table:
    """Problems and members in order; samples by problem, member and index."""

    problems: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    samples: dict[tuple[str, str, int], Sample] = field(default_factory=dict)
    conflicts: set[tuple[str, str, int]] = field(default_factory=set)

    def know(self, problem: str, member: str) -> None:
        """Number a problem and a member when they are first seen."""
        if problem not in self.problems:
            self.problems.append(problem)
        if member not in self.members:
            self.members.append(member)

    def add(self, place: tuple[str, str, int], sample: Sample) -> None:
        """Take in one report on a sample."""
        known = self.samples.get(place)
        if known is None:
            self.samples[place] = sample
            return
        self.samples[place], contradict = join(known, sample)
        if contradict:
            self.conflicts.add(place)

    def cell(self, problem: str, member: str) -> dict[int, Sample]:
        """One member's samples on one problem, by index."""
        return {i: s for (p, m, i), s in self.samples.items() if (p, m) == (problem, member)}


def join(a: Sample, b: Sample) -> tuple[Sample, bool]:
    """Put two reports on one sample together, and say whether they contradict each other.

    A key goes before no key, that before a failure; of two keys the smaller string stands.
    Verdicts on the same key are gathered. A failed call contradicts nothing.
    """

    def precedence(sample: Sample) -> tuple[int, str]:
        return STATES.index(sample.state), sample.key or ""

    if precedence(a) == precedence(b):
        both = a.verdicts | b.verdicts
        return Sample(a.state, a.key, both), len(both) > 1
    return min(a, b, key=precedence), "failed" not in (a.state, b.state)


def text(string: str) -> str:
    """Read a lone surrogate as U+FFFD."""
    return "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in string)


def from_samples(
    rows: Iterable[Mapping[str, Any]],
    references: Mapping[str, str | None] | None = None,
    problems: Iterable[str] = (),
    members: Iterable[str] = (),
) -> Table:
    """Build a table of rows in any order."""
    table = Table(list(dict.fromkeys(map(text, problems))), list(dict.fromkeys(map(text, members))))
    right = {text(p): text(key) for p, key in (references or {}).items() if key is not None}
    for number, row in enumerate(rows, 1):
        check(number, row)
        problem, member, key = text(row["problem_id"]), text(row["model"]), row["key"]
        table.know(problem, member)
        state = row.get("state") or ("unparsed" if key is None else "ok")
        sample = Sample(state)
        if state == "ok":
            key = text(key)
            verdict = key == right[problem] if problem in right else None
            verdict = row.get("correct", verdict)
            sample = Sample(state, key, frozenset(() if verdict is None else {verdict}))
        table.add((problem, member, row["sample_index"]), sample)
    return table


TYPES: dict[str, tuple[type, ...]] = {
    "problem_id": (str,),
    "model": (str,),
    "sample_index": (int,),
    "key": (str, type(None)),
    "state": (str, type(None)),
    "correct": (bool, type(None)),
}


def check(number: int, row: Mapping[str, Any]) -> None:
    """Refuse a row with a missing field, a wrong type or a wrong value, types first."""
    for name, accepted in TYPES.items():
        missing = name not in row
        if missing and name in ("state", "correct"):
            continue
        if missing or not isinstance(row[name], accepted):
            raise RowError(number, name)
        if name == "sample_index" and isinstance(row[name], bool):
            raise RowError(number, name)
    if not 0 <= row["sample_index"] <= LARGEST_INDEX:
        raise RowError(number, "sample_index")
    state = row.get("state")
    if state is not None and state not in STATES:
        raise RowError(number, "state")
    if state == "ok" and row["key"] is None:
        raise RowError(number, "key")


def merge(a: Table, b: Table) -> Table:
    """Unite two tables; the order of the first comes first."""
    merged = Table(list(a.problems), list(a.members), {}, a.conflicts | b.conflicts)
    for problem in b.problems:
        if problem not in merged.problems:
            merged.problems.append(problem)
    for member in b.members:
        if member not in merged.members:
            merged.members.append(member)
    for table in (a, b):
        for place, sample in table.samples.items():
            merged.add(place, sample)
    return merged


@dataclass(frozen=True)
class Tally:
    """The votes of one member on one problem."""

    counts: dict[str, int]
    first: dict[str, int]
    states: Counter[str]
    correct_top: bool | None

    @property
    def n(self) -> int:
        """The responses: a failed call is none."""
        return self.states["ok"] + self.states["unparsed"] + self.states["truncated"]

    @property
    def top(self) -> str | None:
        """The key with the most votes, ties to the one seen first."""
        return next(iter(self.counts), None)

    def size(self, abstain: str) -> int:
        """The denominator of the confidence."""
        return self.n if abstain == "count" else self.states["ok"]

    def confidence(self, abstain: str) -> Fraction | None:
        """The share of the top key."""
        return None if self.top is None else Fraction(self.counts[self.top], self.size(abstain))


def tally(table: Table, problem: str, member: str) -> Tally:
    """Count one member's votes on one problem."""
    cell = table.cell(problem, member)
    votes: dict[str, list[int]] = {}
    for index in sorted(cell):
        key = cell[index].key
        if key is not None:
            votes.setdefault(key, []).append(index)
    ranked = sorted(votes, key=lambda key: (-len(votes[key]), votes[key][0]))
    return Tally(
        counts={key: len(votes[key]) for key in ranked},
        first={key: votes[key][0] for key in ranked},
        states=Counter(sample.state for sample in cell.values()),
        correct_top=cell[votes[ranked[0]][0]].verdict if ranked else None,
    )


def outcome_of(verdict: bool | None) -> str:
    """Name the outcome of an answer."""
    return {True: "correct", False: "incorrect", None: "undecided"}[verdict]


def outcome_without_answer(tallies: Iterable[Tally]) -> str:
    """Say why nobody has an answer."""
    states = sum((tally.states for tally in tallies), Counter[str]())
    responses = states["ok"] + states["unparsed"] + states["truncated"]
    if responses == 0:
        return "failed" if states["failed"] else "no_answer"
    return "truncated" if responses == states["truncated"] else "no_answer"


def summary(table: Table, member: str) -> tuple[Counter[str], Counter[str]]:
    """Count one member's outcomes, over its samples and by self-consistency over problems."""
    without_key = {"unparsed": "no_answer", "truncated": "truncated", "failed": "failed"}
    samples = Counter(
        without_key.get(sample.state) or outcome_of(sample.verdict)
        for (_, of, _), sample in table.samples.items()
        if of == member
    )
    tallies = [tally(table, problem, member) for problem in table.problems]
    problems = Counter(
        outcome_without_answer([one]) if one.top is None else outcome_of(one.correct_top)
        for one in tallies
    )
    return samples, problems


def oracle(table: Table, members: Sequence[str]) -> int:
    """Count the problems on which some member's top key is correct."""
    return sum(
        any(tally(table, problem, member).correct_top is True for member in members)
        for problem in table.problems
    )


def any_correct(table: Table, members: Sequence[str]) -> int:
    """Count the problems on which the exemplar of some key of some member is correct."""
    return sum(
        any(
            table.cell(problem, member)[index].verdict is True
            for member in members
            for index in tally(table, problem, member).first.values()
        )
        for problem in table.problems
    )

"""What a bulk scan makes of rows: tallies, and what is counted beside them. Slow and obvious.

A row is a JSON object with our own field names. Reading an answer and grading it are not
specified here: `Readers` does both. Token counts are known of a tally where they are of each of
its rows and no sample of it is told twice or contradicted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STATES = ("ok", "unparsed", "truncated", "failed")
VERDICTS = (None, "correct", "incorrect", "undecided")

CUT_OFF = ("length", "max_tokens", "model_length", "max_output_tokens", "max_length")

Choices = tuple[str, ...] | None
Tokens = tuple[int, int] | None


class Label(NamedTuple):
    """What samples of one tally have in common."""

    state: str
    key: str | None = None
    verdict: str | None = None

    def rank(self) -> tuple[int, bool, str, int]:
        """The order of tallies; of two for one sample the first stands."""
        return (
            STATES.index(self.state),
            self.key is not None,
            self.key or "",
            VERDICTS.index(self.verdict),
        )


class Readers(Protocol):
    """How answers are read and graded."""

    def read(
        self, response: str | None, kind: str, choices: Choices, *, cut_off: bool
    ) -> tuple[str, str | None, str | None]:
        """State, span and key of a response."""

    def grade(self, response: str, reference: str, kind: str, choices: Choices) -> str:
        """The verdict on a response that has a key."""


class Report(NamedTuple):
    """One row's or entry's word on one sample."""

    number: int | None
    ordinal: tuple[int, int]
    response: str | None
    cut_off: bool
    failed: bool
    tokens: Tokens


@dataclass
class Problem:
    """The rows of one problem."""

    kind: str = ""
    reference: str | None = None
    choices: Choices = None
    members: dict[str, list[Report]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, int] = field(default_factory=dict)


@dataclass
class Tally:
    """The samples of a member on a problem that have one label."""

    label: Label
    indexes: set[int]
    exemplar: str | None
    tokens: Tokens


@dataclass
class Counts:
    """What a scan counts."""

    tallies: dict[tuple[str, str, str], list[Tally]] = field(default_factory=dict)
    problems: dict[tuple[str, str], Problem] = field(default_factory=dict)
    places: dict[tuple[str, str], float] = field(default_factory=dict)
    duplicates: int = 0
    retried: int = 0
    conflicts: set[tuple[str, str, str, int]] = field(default_factory=set)


def tally(rows: Iterable[tuple[tuple[int, int], bytes]], readers: Readers) -> Counts:
    """Tally lines of JSON, each with the number of its file and its place there."""
    counts = Counts()
    for ordinal, line in rows:
        _take(parse(line), ordinal, counts)
    for name, problem in sorted(counts.problems.items()):
        for member, reports in sorted(problem.members.items()):
            counts.tallies[*name, member] = _member((*name, member), reports, counts, readers)
    return counts


def parse(line: bytes) -> dict[str, Any]:
    """Read a line of JSON."""
    row: dict[str, Any] = json.loads(line, object_pairs_hook=_pairs)
    return row


def _pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object: half surrogate pairs read as U+FFFD, of two members of a name the last counts."""
    return {_text(name): _text(value) for name, value in pairs}


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(one) for one in value]
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _take(row: dict[str, Any], ordinal: tuple[int, int], counts: Counts) -> None:
    task, model = row.get("task") or "unnamed", row["model"]
    problem = counts.problems.setdefault((task, str(row["problem_id"])), Problem())
    problem.kind = row["kind"]
    problem.reference = row.get("reference_answer") or problem.reference
    problem.choices = tuple(row.get("choices") or ()) or problem.choices
    reports = _reports(row, ordinal)
    if not reports:
        return
    problem.members[model].extend(reports)
    place = row.get("pool_index")
    if place is not None:
        problem.places[model] = min(place, problem.places.get(model, place))
    known = counts.places.get((task, model), float("inf"))
    counts.places[task, model] = min(known, float("inf") if place is None else place)


def _reports(row: dict[str, Any], ordinal: tuple[int, int]) -> list[Report]:
    usage, error = row.get("usage"), row.get("error")
    failed = bool(error) or isinstance(error, dict)  # false, zero and empty say there was none
    tokens = usage and (usage["prompt_tokens"], usage["completion_tokens"])
    given, ended = row.get("response"), row.get("finish_reason")
    if failed or not isinstance(given, list):
        text = None if failed else given
        number = None if isinstance(given, list) else row.get("sample_index")
        cut_off = not failed and ended in CUT_OFF
        return [Report(number, ordinal, text, cut_off, failed, tokens)]
    file, position = ordinal
    # A list of another length does not say which response it is about.
    ends = ended if isinstance(ended, list) else [ended] * len(given)
    if len(ends) != len(given):
        ends = [None] * len(given)
    return [
        Report(
            None,
            (file, position + at),
            text,
            ends[at] in CUT_OFF,
            failed=False,
            tokens=None if at else tokens,
        )
        for at, text in enumerate(given)
    ]


def _member(
    name: tuple[str, str, str], reports: list[Report], counts: Counts, readers: Readers
) -> list[Tally]:
    problem = counts.problems[name[:2]]
    said: dict[int, list[tuple[Label, str | None, Tokens]]] = defaultdict(list)
    for report in _numbered(reports):
        label, span = _read(report, problem, readers)
        said[report.number or 0].append((label, span, report.tokens))
    settled = {index: _settle((*name, index), all_, counts) for index, all_ in said.items()}
    labels = sorted(set(settled.values()), key=Label.rank)
    return [_tally(label, said, settled) for label in labels]


def _numbered(reports: list[Report]) -> list[Report]:
    """Samples without an index come after those that have one, by file and place."""
    given = [report for report in reports if report.number is not None]
    rest = sorted((r for r in reports if r.number is None), key=lambda r: r.ordinal)
    first = max((r.number for r in given if r.number is not None), default=-1) + 1
    return given + [report._replace(number=first + at) for at, report in enumerate(rest)]


def _read(report: Report, problem: Problem, readers: Readers) -> tuple[Label, str | None]:
    if report.failed:
        return Label("failed"), None
    state, span, key = readers.read(
        report.response, problem.kind, problem.choices, cut_off=report.cut_off
    )
    if state != "ok":
        return Label(state), None
    verdict = None
    if problem.reference is not None and report.response is not None:
        verdict = readers.grade(report.response, problem.reference, problem.kind, problem.choices)
    return Label("ok", key, verdict), span


def _settle(
    sample: tuple[str, str, str, int],
    said: list[tuple[Label, str | None, Tokens]],
    counts: Counts,
) -> Label:
    """What stands of all that is said of one sample; what contradicts or repeats is counted."""
    responses = {label for label, *_ in said if label.state != "failed"}
    failed = any(label.state == "failed" for label, *_ in said)
    counts.retried += bool(responses) and failed
    counts.duplicates += len(said) - 1 - (bool(responses) and failed)
    best = min((label for label, *_ in said), key=Label.rank)
    verdicts = {label.verdict for label, *_ in said if label[:2] == best[:2]} - {None}
    if len(verdicts) > 1 or len({label[:2] for label in responses}) > 1:
        counts.conflicts.add(sample)
    if len(verdicts) > 1:
        return best._replace(verdict="undecided")
    return best._replace(verdict=next(iter(verdicts), None))


def _tally(
    label: Label,
    said: dict[int, list[tuple[Label, str | None, Tokens]]],
    settled: dict[int, Label],
) -> Tally:
    indexes = {index for index, stands in settled.items() if stands == label}
    own = [
        (index, span, tokens)
        for index, all_ in said.items()
        for of, span, tokens in all_
        if of == label
    ]
    spans = [(index, span) for index, span, _ in own if index in indexes and span is not None]
    for index in indexes - {index for index, *_ in own}:  # of verdicts that contradict each other
        alike = [span for of, span, _ in said[index] if of.key == label.key and span is not None]
        spans.append((index, min(alike)))
    tokens = [known for *_, known in own if known is not None]
    exact = {index for index, *_ in own} == indexes and len(tokens) == len(own) == len(indexes)
    total = (sum(t[0] for t in tokens), sum(t[1] for t in tokens)) if exact else None
    return Tally(label, indexes, min(spans)[1] if spans else None, total)

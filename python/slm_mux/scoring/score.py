"""Graded samples → table → decisions → the figures that are reported."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from slm_mux.scoring.grading import GradedSample, grade_samples
from slm_mux.scoring.intervals import Interval, over_problems, wilson
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slm_mux.selection import Decision, Decisions
    from slm_mux.types import Abstain, Kind, Problem, Profile, SampleRow, Stop, Tie
    from slm_mux.voting import Tally

Outcome = Literal["correct", "incorrect", "undecided", "no_answer", "truncated", "failed"]
OUTCOMES: tuple[Outcome, ...] = (
    "correct",
    "incorrect",
    "undecided",
    "no_answer",
    "truncated",
    "failed",
)


@dataclass(frozen=True, slots=True)
class Policies:
    """Every choice that a result depends on; recorded in it.

    `order` is the pool order; `samples` the number asked for per problem and member (None: the
    largest number recorded).
    """

    order: tuple[str, ...]
    samples: int | None = None
    profile: Profile = "canonical"
    selector: str = "mux"
    abstain: Abstain = "count"
    tie: Tie = "accuracy"
    stop: Stop = "none"
    seed: int = 0
    validation_accuracy: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Correct decisions over all problems, with every state that a decision can be in.

    `share` is None where no problem has a reference answer.
    """

    share: Interval | None
    counts: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class MemberSummary:
    """One member's samples: `single` per sample, `self_consistency` per problem."""

    name: str
    api_model: str
    single: Interval | None
    self_consistency: Accuracy
    states: Mapping[str, int]
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Scored:
    """All that a results file and a final table are made from."""

    task: str
    kind: Kind
    problems: Sequence[Problem]
    policies: Policies
    samples: Mapping[tuple[str, str], Sequence[GradedSample]]
    table: AnswerTable
    decisions: Decisions
    accuracy: Accuracy
    oracle: Accuracy
    members: Sequence[MemberSummary]
    decided_by: Mapping[str, int]
    asked: int
    short: frozenset[tuple[str, str]]
    """(problem_id, member) pairs with fewer responses than asked for."""


def score(
    task: str,
    kind: Kind,
    problems: Sequence[Problem],
    rows: Sequence[SampleRow],
    policies: Policies,
) -> Scored:
    """Scores recorded samples: `run`, `collect` and `rescore` all end here.

    Raises `InputError` where rows, members or policies do not fit together.
    """
    by_id = {p.problem_id: p for p in problems}
    graded = grade_samples(rows, by_id, kind=kind, profile=policies.profile)
    table = AnswerTable.from_samples(
        _table_rows(graded), problems=list(by_id), members=list(policies.order)
    )
    decisions = table.select(
        policies.selector,
        order=list(policies.order),
        validation_accuracy=dict(policies.validation_accuracy),
        abstain=policies.abstain,
        tie=policies.tie,
        seed=policies.seed,
    )
    samples = _by_cell(graded)
    asked = policies.samples or max((g.row["sample_index"] + 1 for g in graded), default=0)
    labelled = any(p.reference_answer is not None for p in problems)
    outcomes = [_outcome(d, _tallies(table, d.problem_id, policies.order)) for d in decisions]
    return Scored(
        task=task,
        kind=kind,
        problems=problems,
        policies=policies,
        samples=samples,
        table=table,
        decisions=decisions,
        accuracy=_accuracy(outcomes, labelled=labelled),
        oracle=_oracle(table, policies.order, labelled=labelled),
        members=[
            _member(name, table, problems, samples, asked, labelled=labelled)
            for name in policies.order
        ],
        decided_by=Counter(d.reason for d in decisions),
        asked=asked,
        short=_short(table, policies, asked),
    )


def _table_rows(graded: Iterable[GradedSample]) -> Iterable[dict[str, object]]:
    for g in graded:
        yield {
            "problem_id": g.row["problem_id"],
            "model": g.row["model"],
            "sample_index": g.row["sample_index"],
            "key": g.key,
            "state": g.state,
            "correct": g.correct,
        }


def _by_cell(graded: Iterable[GradedSample]) -> dict[tuple[str, str], list[GradedSample]]:
    cells: dict[tuple[str, str], list[GradedSample]] = {}
    for g in sorted(graded, key=lambda g: g.row["sample_index"]):
        cells.setdefault((g.row["problem_id"], g.row["model"]), []).append(g)
    return cells


def _tallies(table: AnswerTable, problem_id: str, members: Iterable[str]) -> list[Tally]:
    return [table.tally(problem_id, name) for name in members]


def _judged(correct: bool | None) -> Outcome:
    if correct is None:
        return "undecided"
    return "correct" if correct else "incorrect"


def _no_answer(tallies: Iterable[Tally]) -> Outcome:
    """Why nobody has an answer: nothing parsed, all cut off, or no response at all."""
    tallies = list(tallies)
    if any(t.unparsed for t in tallies):
        return "no_answer"
    return "truncated" if any(t.truncated for t in tallies) else "failed"


def _outcome(decision: Decision, tallies: Sequence[Tally]) -> Outcome:
    return _no_answer(tallies) if decision.key is None else _judged(decision.correct)


def _accuracy(outcomes: Sequence[Outcome], *, labelled: bool) -> Accuracy:
    counts = Counter(outcomes)
    share = wilson(counts["correct"], len(outcomes)) if labelled else None
    return Accuracy(share, {o: counts[o] for o in OUTCOMES})


def _top_outcome(tally: Tally) -> Outcome:
    return _no_answer([tally]) if tally.top is None else _judged(tally.correct_top)


def _oracle(table: AnswerTable, members: Sequence[str], *, labelled: bool) -> Accuracy:
    """The best any rule could do that returns some member's top answer: an upper bound."""
    best = [
        min((_top_outcome(t) for t in _tallies(table, p, members)), key=OUTCOMES.index)
        for p in table.problem_ids
    ]
    return _accuracy(best, labelled=labelled)


def _member(
    name: str,
    table: AnswerTable,
    problems: Sequence[Problem],
    samples: Mapping[tuple[str, str], Sequence[GradedSample]],
    asked: int,
    *,
    labelled: bool,
) -> MemberSummary:
    cells = [samples.get((p.problem_id, name), ()) for p in problems]
    drawn = [g for cell in cells for g in cell]
    usages = [usage for g in drawn if (usage := g.row.get("usage"))]
    tops = [_top_outcome(table.tally(p.problem_id, name)) for p in problems]
    rates = [sum(g.correct is True for g in cell) / asked for cell in cells] if asked else []
    return MemberSummary(
        name=name,
        api_model=next((g.row["api_model"] for g in drawn if "api_model" in g.row), name),
        single=over_problems(rates) if labelled else None,
        self_consistency=_accuracy(tops, labelled=labelled),
        states=Counter(g.state for g in drawn),
        prompt_tokens=sum(u["prompt_tokens"] for u in usages),
        completion_tokens=sum(u["completion_tokens"] for u in usages),
    )


def _short(table: AnswerTable, policies: Policies, asked: int) -> frozenset[tuple[str, str]]:
    if policies.stop != "none":
        return frozenset()
    return frozenset(
        (p, m) for p in table.problem_ids for m in policies.order if table.tally(p, m).n < asked
    )

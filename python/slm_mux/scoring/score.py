"""Graded samples → table → decisions → the figures that are reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any

from slm_mux.counts import MemberSummary
from slm_mux.errors import InputError
from slm_mux.scoring.difference import Difference, to_best_single
from slm_mux.scoring.grading import GradedSample, grade_samples
from slm_mux.scoring.intervals import Interval, over_problems, wilson
from slm_mux.store.stops import decision_of
from slm_mux.store.usage import sum_of
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from slm_mux.scoring.samples import Sample
    from slm_mux.selection import Decisions, Outcomes, Reason
    from slm_mux.types import Abstain, Kind, Problem, Profile, Stop, Tie, Usage


ORACLE = "oracle"
NO_ORACLE = (
    "selector oracle reads the verdicts, and no problem has a reference answer: give references, "
    "or another --selector"
)


@dataclass(frozen=True, slots=True)
class Policies:
    """Every choice that a result depends on; recorded in it.

    `order` is the pool order; `samples` the number asked for per problem and member, of which
    the first count (None: the largest number recorded). `weights` are those of a calibration, in
    millionths.
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
    weights: Mapping[str, int] = field(default_factory=dict)

    @property
    def decision(self) -> str:
        """How it is decided, as lossless stopping has to know it."""
        return decision_of(self.abstain, self.tie, self.selector)

    def options(self) -> dict[str, Any]:
        """As keywords of the table's methods."""
        return {
            "selector": self.selector,
            "order": self.order,
            "validation_accuracy": self.validation_accuracy,
            "abstain": self.abstain,
            "tie": self.tie,
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Correct decisions over all problems, and how many came out how.

    `share` is None where no problem has a reference answer.
    """

    share: Interval | None
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class MemberScore:
    """One member's samples: `single` per sample, `self_consistency` per problem.

    Both are None for a log sampled with early stopping: the samples that were not drawn are
    not missing at random, so the figures would be biased. `token_usage` is None where that of a
    response is not known; failed calls have none.
    """

    name: str
    api_model: str
    params: Mapping[str, Any]
    single: Interval | None
    self_consistency: Accuracy | None
    counts: MemberSummary
    token_usage: Usage | None
    mean_latency_s: float | None


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
    oracle: Interval | None
    any_correct: Interval | None
    difference: Difference | None
    """To the best single member; None for a pool of one, without references, and for a log
    sampled with early stopping."""
    members: Sequence[MemberScore]
    decided_by: Mapping[Reason, int]
    asked: int
    short: Sequence[tuple[str, str]]
    """(problem_id, member) pairs with fewer responses than asked for."""


def score(
    task: str,
    kind: Kind,
    problems: Sequence[Problem],
    samples: Mapping[tuple[str, str], Sequence[Sample]],
    policies: Policies,
) -> Scored:
    """Scores recorded samples: `run`, `collect` and `rescore` all end here.

    `samples` holds, per (problem_id, member), the samples by ascending index.

    Raises `InputError` where rows, members or policies do not fit together.
    """
    by_id = {p.problem_id: p for p in problems}
    wanted = [
        s
        for p in problems
        for m in policies.order
        for s in samples.get((p.problem_id, m), ())
        if policies.samples is None or s.sample_index < policies.samples
    ]
    graded = grade_samples(wanted, by_id, kind=kind, profile=policies.profile)
    table = AnswerTable.from_samples(_table_rows(graded), problems=by_id, members=policies.order)
    labelled = any(p.reference_answer is not None for p in problems)
    if policies.selector == ORACLE and not labelled:
        raise InputError(NO_ORACLE)
    decisions = _select(table, policies)
    cells = _by_cell(graded)
    asked = policies.samples or max((s.sample_index + 1 for s in wanted), default=0)
    return Scored(
        task=task,
        kind=kind,
        problems=problems,
        policies=policies,
        samples=cells,
        table=table,
        decisions=decisions,
        accuracy=_accuracy(decisions.outcomes(), labelled=labelled),
        oracle=_bound(table.oracle, table, policies) if labelled else None,
        any_correct=_bound(table.any_correct, table, policies) if labelled else None,
        difference=_difference(table, decisions, cells, policies) if labelled else None,
        members=_members(table, problems, cells, policies, labelled=labelled),
        decided_by=decisions.counts_by_reason(),
        asked=asked,
        short=_short(table, policies, asked),
    )


def check(policies: Policies) -> None:
    """Raises `InputError` for a selector, member or accuracy that a selection would refuse."""
    _select(AnswerTable.from_samples([], members=policies.order), policies)


def _table_rows(graded: Iterable[GradedSample]) -> Iterable[dict[str, object]]:
    for g in graded:
        yield {
            "problem_id": g.sample.problem_id,
            "model": g.sample.model,
            "sample_index": g.sample.sample_index,
            "key": g.key,
            "state": g.state,
            "correct": g.correct,
        }


def _select(table: AnswerTable, policies: Policies) -> Decisions:
    return table.select(weights=policies.weights, **policies.options())


def _by_cell(graded: Iterable[GradedSample]) -> dict[tuple[str, str], list[GradedSample]]:
    cells: dict[tuple[str, str], list[GradedSample]] = {}
    for g in graded:
        cells.setdefault((g.sample.problem_id, g.sample.model), []).append(g)
    return cells


def _accuracy(outcomes: Outcomes, *, labelled: bool) -> Accuracy:
    return Accuracy(wilson(outcomes.correct, outcomes.total) if labelled else None, outcomes)


def _bound(
    count: Callable[[Sequence[str]], int], table: AnswerTable, policies: Policies
) -> Interval | None:
    """An upper bound on what rules can do, which early stopping would bias."""
    if policies.stop != "none":
        return None
    return wilson(count(policies.order), len(table.problem_ids))


def _difference(
    table: AnswerTable,
    decisions: Decisions,
    samples: Mapping[tuple[str, str], Sequence[GradedSample]],
    policies: Policies,
) -> Difference | None:
    if policies.stop != "none" or len(policies.order) == 1:
        return None
    drawn = dict.fromkeys(policies.order, 0)
    for (_, member), cell in samples.items():
        drawn[member] = max(drawn[member], len(cell))
    return to_best_single(
        table,
        decisions.correct,
        pool=policies.order,
        validation_accuracy=policies.validation_accuracy,
        drawn=drawn,
        spent=samples_spent(policies.selector, drawn),
    )


def samples_spent(selector: str, drawn: Mapping[str, int]) -> int:
    """The samples that a selection votes over per problem, from those drawn of each member."""
    return drawn.get(selector.removeprefix("single:")) or sum(drawn.values())


def _members(
    table: AnswerTable,
    problems: Sequence[Problem],
    samples: Mapping[tuple[str, str], Sequence[GradedSample]],
    policies: Policies,
    *,
    labelled: bool,
) -> list[MemberScore]:
    summaries = {m.member: m for m in table.members_summary()}
    unbiased = policies.stop == "none"
    scores = []
    for name in policies.order:
        cells = [samples.get((p.problem_id, name), ()) for p in problems]
        member = _member(summaries[name], cells, single=labelled and unbiased, unbiased=unbiased)
        scores.append(member)
    return scores


def _member(
    counts: MemberSummary,
    cells: Sequence[Sequence[GradedSample]],
    *,
    single: bool,
    unbiased: bool,
) -> MemberScore:
    drawn = [g.sample for cell in cells for g in cell]
    latencies = [s.latency_s for s in drawn if s.latency_s is not None]
    right = [sum(g.correct is True for g in cell) / max(1, len(cell)) for cell in cells]
    return MemberScore(
        name=counts.member,
        api_model=next((s.setup.api_model for s in drawn if s.setup.api_model), counts.member),
        params=next((dict(s.setup.params) for s in drawn), {}),
        single=over_problems(right) if single else None,
        self_consistency=_accuracy(counts.self_consistency, labelled=single) if unbiased else None,
        counts=counts,
        token_usage=sum_of(s.usage for s in drawn if s.error is None),
        mean_latency_s=fmean(latencies) if latencies else None,
    )


def _short(table: AnswerTable, policies: Policies, asked: int) -> list[tuple[str, str]]:
    """Where responses are missing that could matter.

    Which ones the published early exit left out on purpose cannot be told.
    """
    if policies.stop == "unanimous":
        return []
    problems = table.problem_ids
    if policies.stop == "lossless" and asked:
        settled = table.settled(asked, **policies.options())
        problems = [p for p, done in zip(problems, settled, strict=True) if not done]
    pairs = ((p, m) for p in problems for m in policies.order)
    return [(p, m) for p, m in pairs if table.tally(p, m).n < asked]

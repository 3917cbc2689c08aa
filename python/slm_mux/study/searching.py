"""Which members to pool: the best subset of each size, searched on validation samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.scoring.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from slm_mux.study.recorded import Recorded
    from slm_mux.subsets import ContradictionOver, Objective, SubsetScore
    from slm_mux.types import Abstain
    from slm_mux.voting import AnswerTable

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched, and how subsets are scored; see `AnswerTable.search_subsets`.

    `samples` are the first ones of each member on each problem; None takes all recorded.
    """

    sizes: Sequence[int]
    objective: Objective = "paper"
    lambda_: Fraction | int = 1
    robust_level: int = 2
    contradiction_over: ContradictionOver = "union"
    samples: int | None = None
    abstain: Abstain = "count"
    ranking: int = 0
    resamples: int = RESAMPLES
    seed: int = 0


def pool_of(validation: Recorded, question: Question) -> list[str]:
    """The members in pool order; for expected accuracies in tie order.

    That is by the validation accuracy of single samples, then as recorded.
    """
    members = validation.table.members
    if question.objective == "paper":
        return members
    known = single_accuracies(validation.table)
    return sorted(members, key=lambda name: -known.get(name, -1.0))


def search(validation: Recorded, question: Question) -> dict[int, SubsetScore]:
    """Find the best subset of each size.

    Raises `InputError` where the samples cannot tell: stopped early, without references, and as
    `AnswerTable.search_subsets`.
    """
    validation.refuse_early_stopped("a search")
    validation.refuse_unlabelled("a search")
    table = validation.table
    samples = question.samples
    _refuse_unreachable(table, question)
    if question.objective == "expected" and samples is None:
        samples = most_samples(table)
    return table.search_subsets(
        sizes=question.sizes,
        objective=question.objective,
        lambda_=question.lambda_,
        robust_level=question.robust_level,
        contradiction_over=question.contradiction_over,
        k=samples,
        members=pool_of(validation, question),
        abstain=question.abstain,
        ranking=question.ranking,
        resamples=question.resamples,
        seed=question.seed,
    )


def expected_interval(
    validation: Recorded, question: Question, members: Sequence[str]
) -> Interval | None:
    """The expected accuracy of a pool with its interval over problems; None for other objectives.

    `members` as `search` has found them, in tie order.
    """
    if question.objective != "expected":
        return None
    table = validation.table
    found = table.expected_accuracy(
        members,
        question.samples or most_samples(table),
        abstain=question.abstain,
        tie="order",
        seed=question.seed,
        allow_short=True,
    )
    return Interval(found.value, found.low, found.high, found.n)


def sweep(
    validation: Recorded, question: Question, lambdas: Iterable[Fraction]
) -> list[tuple[Fraction, dict[int, SubsetScore]]]:
    """The best subsets at each weight of contradictions."""
    return [
        (one, search(validation, replace(question, lambda_=one, ranking=0, resamples=0)))
        for one in lambdas
    ]


def _refuse_unreachable(table: AnswerTable, question: Question) -> None:
    """Raise `InputError` where no member has as many samples as the objective asks to be right."""
    level = question.robust_level
    if question.objective != "paper" or any(at.calls >= level for at in table.at_hand()):
        return
    most = min(most_samples(table), question.samples or level)
    if most < level:
        raise InputError(
            f"robust level {level} wants that many correct samples of one model, and no model has "
            f"more than {most} on any problem: use --robust-level {most}"
        )


def most_samples(table: AnswerTable) -> int:
    """The most responses of any member on any problem."""
    cells = (table.tally(p, m).n for p in table.problem_ids for m in table.members)
    return max(1, max(cells, default=1))


def single_accuracies(table: AnswerTable) -> dict[str, float]:
    """The share of correct samples of each member that has any."""
    return {
        member.member: member.correct / member.samples
        for member in table.members_summary()
        if member.samples
    }

"""Which members to pool: searched on validation samples, judged on others."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, sqrt
from statistics import stdev
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.scoring.difference import Difference, to_best_single
from slm_mux.scoring.intervals import Interval, over_problems, paired_difference, wilson
from slm_mux.scoring.validation import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from slm_mux.study.recorded import Recorded
    from slm_mux.subsets import ContradictionOver, Objective, SubsetScore
    from slm_mux.types import Abstain
    from slm_mux.voting import AnswerTable

RESAMPLES = 1000
ALL_UP_TO = 2000  # subsets that the random baseline is the exact mean over
DRAWN = 500  # subsets where there are more
LISTED = 3


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


@dataclass(frozen=True, slots=True)
class Random:
    """The mean accuracy of subsets of the size, picked at random, over the problems.

    It is the mean of `subsets` of them: of all, or of so many drawn, with the `standard_error`
    of that. `accuracy` has the interval over problems; `gain` is what the chosen subset has more.
    """

    subsets: int
    standard_error: float | None
    accuracy: Interval
    gain: Interval


@dataclass(frozen=True, slots=True)
class Trial:
    """The accuracy of SLM-MUX with a chosen subset, by Wilson, and what it is to be held against.

    `best_single` compares with the best single member of the whole pool by validation accuracy;
    None for a subset of one.
    """

    accuracy: Interval
    random: Random
    best_single: Difference | None


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


def refuse_shared(validation: Recorded, test: Recorded) -> None:
    """Raise `InputError` where a test problem is a validation problem too, by id or by text."""
    known = set(validation.table.problem_ids)
    texts = {folded(text) for text in validation.texts.values()} - {""}
    shared = [
        problem
        for problem in test.table.problem_ids
        if problem in known or folded(test.texts.get(problem, "")) in texts
    ]
    if shared:
        listed = ", ".join(map(repr, shared[:LISTED])) + (", …" if len(shared) > LISTED else "")
        raise InputError(
            f"{len(shared)} of the test problems are validation problems ({listed}): the test "
            "would be of what was chosen by it; use other problems, or allow it with "
            "--allow-overlap"
        )


class Tester:
    """Tries subsets on samples, each with the same ties and the same problems."""

    def __init__(self, validation: Recorded, test: Recorded, question: Question) -> None:
        """Raise `InputError` where the test samples cannot tell, or lack a member."""
        test.refuse_early_stopped("a test")
        test.refuse_unlabelled("a test")
        self._pool = pool_of(validation, question)
        missing = sorted(set(self._pool) - set(test.table.members))
        if missing:
            raise InputError(
                f"{test.sources[0]}: no sample of {', '.join(missing[:LISTED])}: the test needs "
                "every model of the pool; name those to search with --models"
            )
        self._question = question
        self._accuracies = single_accuracies(validation.table)
        self._whole = test.table
        first = question.samples
        self._table = test.table if first is None else test.table.first_samples(first)
        self._drawn = {name: _drawn(test.table, name) for name in self._pool}

    def trial(self, chosen: Sequence[str]) -> Trial:
        """The accuracy of one subset, and of random ones of its size."""
        correct = self._correct(chosen)
        accuracy = wilson(sum(c is True for c in correct), len(correct))
        if accuracy is None:
            raise InputError("there is no test problem")
        return Trial(accuracy, self._random(correct, len(chosen)), self._single(correct, chosen))

    def _correct(self, members: Sequence[str]) -> list[bool | None]:
        known = {name: self._accuracies[name] for name in members if name in self._accuracies}
        decisions = self._table.select(
            order=members, validation_accuracy=known, abstain=self._question.abstain
        )
        return decisions.correct

    def _random(self, correct: Sequence[bool | None], size: int) -> Random:
        subsets = self._subsets(size)
        everything = len(subsets) == comb(len(self._pool), size)
        totals, rates = [], [0] * len(correct)
        for subset in subsets:
            right = [c is True for c in self._correct(subset)]
            totals.append(sum(right) / len(right))
            rates = [rate + one for rate, one in zip(rates, right, strict=True)]
        means = [rate / len(subsets) for rate in rates]
        chosen = [float(c is True) for c in correct]
        return Random(
            subsets=len(subsets),
            standard_error=None if everything else stdev(totals) / sqrt(len(totals)),
            accuracy=_some(over_problems(means)),
            gain=_some(paired_difference(means, chosen)),
        )

    def _subsets(self, size: int) -> list[tuple[str, ...]]:
        if comb(len(self._pool), size) <= ALL_UP_TO:
            return list(combinations(self._pool, size))
        # Statistics, not secrets: a seeded generator keeps results reproducible.
        draw = random.Random(self._question.seed)  # noqa: S311
        places = [sorted(draw.sample(range(len(self._pool)), size)) for _ in range(DRAWN)]
        return [tuple(self._pool[at] for at in one) for one in places]

    def _single(self, correct: Sequence[bool | None], chosen: Sequence[str]) -> Difference | None:
        if len(self._pool) == 1:
            return None
        limit = self._question.samples
        drawn = self._drawn
        spent = sum(drawn[name] if limit is None else min(limit, drawn[name]) for name in chosen)
        return to_best_single(
            self._whole,
            correct,
            pool=self._pool,
            validation_accuracy=self._accuracies,
            drawn=drawn,
            spent=spent,
        )


def sweep(
    validation: Recorded, question: Question, lambdas: Iterable[Fraction]
) -> list[tuple[Fraction, dict[int, SubsetScore]]]:
    """The best subsets at each weight of contradictions."""
    return [
        (one, search(validation, replace(question, lambda_=one, ranking=0, resamples=0)))
        for one in lambdas
    ]


def _drawn(table: AnswerTable, name: str) -> int:
    """The most samples of a member on any problem, failed ones included."""
    cells = (table.tally(problem, name) for problem in table.problem_ids)
    return max((cell.n + cell.failed for cell in cells), default=0)


def _some(interval: Interval | None) -> Interval:
    if interval is None:
        raise InputError("there is no test problem")
    return interval

"""How chosen pools do on problems that they were not chosen by, beside pools picked at random."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt
from statistics import stdev
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.scoring.difference import Difference, to_best_single
from slm_mux.scoring.intervals import Interval, over_problems, paired_difference, wilson
from slm_mux.scoring.validation import folded
from slm_mux.study.searching import pool_of, single_accuracies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.study.recorded import Recorded
    from slm_mux.study.searching import Question
    from slm_mux.voting import AnswerTable

ALL_UP_TO = 2000  # subsets that the random baseline is the exact mean over
DRAWN = 500  # subsets where there are more
LISTED = 3


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


def _drawn(table: AnswerTable, name: str) -> int:
    """The most samples of a member on any problem, failed ones included."""
    cells = (table.tally(problem, name) for problem in table.problem_ids)
    return max((cell.n + cell.failed for cell in cells), default=0)


def _some(interval: Interval | None) -> Interval:
    if interval is None:
        raise InputError("there is no test problem")
    return interval

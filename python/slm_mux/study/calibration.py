"""What a member's votes are worth, fitted on validation problems and shrunk.

The log-odds of a key being correct, against those of no answer of the pool being so, are the sum
of what the members' votes add: w (c/n + [c = n]) / 2 for c of n samples. There is one weight a
member and one constant, so that a hundred problems with three samples can tell them. The weights
are the most probable ones of a conditional logit with a Gaussian prior, whose mean is the
log-odds of the member's accuracy, itself drawn towards that of the pool. Without data all
weights are equal, and the rule stands between `mux` and `majority`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.scoring.intervals import Interval, over_problems
from slm_mux.study.logit import Option, Prior, deviations, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.counts import Candidate
    from slm_mux.study.logit import ChoiceSet
    from slm_mux.types import Abstain
    from slm_mux.voting import AnswerTable

MILLION = 1_000_000
DRAWN_TO_POOL = 10
"""As many problems of the pool's accuracy are added to those of a member."""
DEVIATION = 1.0
"""The most that a weight deviates from the log-odds of its member's accuracy, and half of what
these are on average: where weights are small, few problems would else say which is the larger."""
DEVIATION_OF_NONE = 2.0
LEAST_LOG_ODDS = 0.5
"""Members that are mostly wrong are often wrong in many ways: their agreement still says much."""
LEAST_WEIGHT = 0.02


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights in millionths of a log-odds, by member, each with its standard deviation.

    `none` is the constant: the log-odds of no answer being correct. `accuracy` are the members'
    single-sample accuracies on the `problems` validation problems that could be used.
    """

    weights: Mapping[str, int]
    deviations: Mapping[str, float]
    none: float
    accuracy: Mapping[str, Interval]
    problems: int


def calibrate(table: AnswerTable, members: Sequence[str], *, abstain: Abstain = "count") -> Fitted:
    """Fit the weights of `members` on the labelled problems of a table.

    Raises `InputError` where no problem is labelled and for members that are not there.
    """
    labelled = [p for p in table.candidates(members, abstain=abstain) if _is_labelled(p)]
    if not labelled:
        raise InputError(
            "no problem has an answer that could be graded: a calibration needs validation "
            "samples with reference answers"
        )
    shares = [_shares(labelled, at) for at in range(len(members))]
    accuracies = [fmean(each) if each else 0.0 for each in shares]
    means = [_log_odds(a, accuracies, len(labelled)) for a in accuracies]
    deviation = min(DEVIATION, sum(means) / len(means) / 2)
    prior = Prior([*means, 0.0], [deviation] * len(members) + [DEVIATION_OF_NONE])
    sets = Counter(map(_choice_set, labelled))
    *weights, none = fit(sets, prior)
    spread = deviations(sets, prior, [*weights, none])
    return Fitted(
        weights={
            member: round(MILLION * max(LEAST_WEIGHT, weight))
            for member, weight in zip(members, weights, strict=True)
        },
        deviations=dict(zip(members, spread, strict=False)),
        none=none,
        accuracy={
            member: over_problems(each) or Interval(0.0, 0.0, 0.0, 0)
            for member, each in zip(members, shares, strict=True)
        },
        problems=len(labelled),
    )


def _is_labelled(problem: Sequence[Candidate]) -> bool:
    """Whether it is known which keys are correct, or that none is."""
    right = any(one.correct for one in problem)
    return bool(problem) and (right or all(one.correct is not None for one in problem))


def _shares(problems: Sequence[Sequence[Candidate]], at: int) -> list[float]:
    """The member's share of correct samples, on each of the problems it has samples on."""
    return [
        sum(one.votes[at][0] for one in problem if one.correct) / problem[0].votes[at][1]
        for problem in problems
        if problem[0].votes[at][1]
    ]


def _log_odds(accuracy: float, all_of_them: Sequence[float], problems: int) -> float:
    cells = problems * len(all_of_them)
    pool = (problems * sum(all_of_them) + 1) / (cells + 2)
    drawn = (problems * accuracy + DRAWN_TO_POOL * pool) / (problems + DRAWN_TO_POOL)
    return max(LEAST_LOG_ODDS, log(drawn / (1 - drawn)))


def _choice_set(problem: Sequence[Candidate]) -> ChoiceSet:
    """The keys, and that none of them is correct; sorted, so that equal problems count as one."""
    options = [
        Option((*(_share(*votes) for votes in one.votes), 0.0), one.correct is True)
        for one in problem
    ]
    nothing = Option((*(0.0 for _ in problem[0].votes), 1.0), not any(o.right for o in options))
    return tuple(sorted((*options, nothing), key=lambda o: (o.features, o.right)))


def _share(votes: int, of: int) -> float:
    """The evidence of votes, as a part of the member's weight."""
    return (votes + of * (votes == of)) / (2 * of) if votes else 0.0

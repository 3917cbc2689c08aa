"""What the samples show beside accuracy: calibration, agreement, and where errors come from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from slm_mux.scoring.intervals import Interval, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.report.model import TaskRecord
    from slm_mux.selection import Decision, Decisions

BINS = 10
CONFIDENT = 0.8
"""From this confidence on a wrong decision counts as confident."""
FROM = f"{100 * CONFIDENT:.0f} %"

Correctness = tuple[Fraction, bool]
"""The confidence of an answer, and whether it is right."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about one confidence: its mean, and the share that is right with its interval."""

    confidence: float
    low: float
    high: float
    correct: Interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """One member's reliability; answers that nobody could grade are counted apart."""

    member: str
    bins: Sequence[Bin]
    graded: int
    undecided: int
    no_answer: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two members' top keys are the same, among problems where both have one."""

    first: str
    second: str
    same: Interval | None


Own = Mapping[str, "Decisions"]
"""Each member's self-consistent answers, in pool order."""


def calibration(own: Own) -> list[Calibration]:
    """Each member's confidence (its top key's share of its responses) against correctness."""
    return [_calibration(name, decisions) for name, decisions in own.items()]


def _calibration(member: str, decisions: Iterable[Decision]) -> Calibration:
    graded: list[Correctness] = []
    undecided = without = 0
    for decision in decisions:
        if decision.confidence is None:
            without += 1
        elif decision.correct is None:
            undecided += 1
        else:
            graded.append((decision.confidence, decision.correct))
    return Calibration(member, bins_of(graded), len(graded), undecided, without)


def bins_of(graded: Sequence[Correctness]) -> list[Bin]:
    """A bin for each confidence, or ten of equal width where there are more than ten.

    Of equal width, a bin holds its upper end, and confidences are compared as fractions.
    """
    values = {confidence for confidence, _ in graded}
    exact = len(values) <= BINS
    cells: dict[Fraction, list[Correctness]] = defaultdict(list)
    for confidence, correct in graded:
        # -(-x // 1): the smallest whole number from x on
        upper = confidence if exact else Fraction(-(-confidence * BINS // 1), BINS)
        cells[upper].append((confidence, correct))
    return [_bin(upper, cells[upper], exact=exact) for upper in sorted(cells)]


def _bin(upper: Fraction, cell: Sequence[Correctness], *, exact: bool) -> Bin:
    share = wilson(sum(correct for _, correct in cell), len(cell))
    if share is None:
        raise ValueError("an empty bin")
    mean = sum((confidence for confidence, _ in cell), Fraction()) / len(cell)
    low = upper if exact else upper - Fraction(1, BINS)
    return Bin(float(mean), float(low), float(upper), share)


def agreement(own: Own) -> list[Agreement]:
    """Every pair of members, in pool order; an interval where both ever have an answer."""
    keys = {name: decisions.keys for name, decisions in own.items()}
    found = []
    for first, second in combinations(keys, 2):
        both = [
            a == b
            for a, b in zip(keys[first], keys[second], strict=True)
            if a is not None and b is not None
        ]
        found.append(Agreement(first, second, wilson(sum(both), len(both))))
    return found


CAUSES: Mapping[str, str] = {
    "correct": "the answer is right",
    "outvoted": "wrong, though some model's own top answer is right: the selection lost it",
    "in the minority": "wrong, though some sample is right: in no model the most frequent answer",
    "confident": f"wrong, no sample is right, and confidence is {FROM} or more",
    "unsure": f"wrong, no sample is right, and confidence is below {FROM}",
    "undecided": "there is an answer, but nobody could tell whether it is right",
    "no_answer": "nothing could be read from any response, or not from all",
    "truncated": "every response was cut off",
    "failed": "every call failed",
}
"""Why a problem came out as it did, each problem under one of them, and what it means."""


def causes(record: TaskRecord, own: Own) -> list[str]:
    """Each problem's cause, one of `CAUSES`, in the order of the record."""
    tops: set[str] = set()
    for decisions in own.values():
        tops |= {
            problem
            for problem, correct in zip(decisions.problem_ids, decisions.correct, strict=True)
            if correct
        }
    return [
        _cause(asked.problem_id, verdict.outcome, verdict.confidence or 0.0, tops, record)
        for asked, verdict in zip(record.asked, record.verdicts, strict=True)
    ]


def _cause(
    problem_id: str, outcome: str, confidence: float, tops: set[str], record: TaskRecord
) -> str:
    if outcome != "incorrect":
        return outcome
    if problem_id in tops:
        return "outvoted"
    if problem_id in record.anywhere:
        return "in the minority"
    return "confident" if confidence >= CONFIDENT else "unsure"


def confident_errors(record: TaskRecord) -> int:
    """Wrong decisions of high confidence, whether or not another answer was right."""
    return sum(
        verdict.outcome == "incorrect" and (verdict.confidence or 0.0) >= CONFIDENT
        for verdict in record.verdicts
    )


def sample_states(record: TaskRecord) -> dict[str, Counter[str]]:
    """Each member's calls by what became of them; the counts add up to all of them."""
    members = set(record.members)
    return {
        summary.member: Counter(
            correct=summary.correct,
            incorrect=summary.incorrect,
            undecided=summary.undecided,
            unparsed=summary.no_answer,
            truncated=summary.truncated,
            failed=summary.failed,
        )
        for summary in record.table.members_summary()
        if summary.member in members
    }

"""The rules that choose an answer, one function each; the strongest candidate wins."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from reference.selection import (
    Candidate,
    Decision,
    Options,
    Question,
    Settled,
    decided,
    pool_of,
    question_of,
    strongest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reference.voting import Table, Tally


def select(table: Table, options: Options) -> list[Decision]:
    """Decide every problem."""
    pool = pool_of(table, options)
    rule = mux if options.selector.startswith("single:") else RULES.get(options.selector)
    if rule is None:
        raise ValueError("selector")
    check_accuracies(pool, options)
    return [rule(question_of(table, problem, pool, options)) for problem in table.problems]


def check_accuracies(pool: list[str], options: Options) -> None:
    """Refuse weights without an accuracy of every member; a switch may have none at all."""
    known = [member in options.validation_accuracy for member in pool]
    needed = options.selector == "weighted" or (options.selector == "switch" and any(known))
    if needed and not all(known):
        raise ValueError("selector, validation_accuracy")
    if options.selector == "calibrated":
        if not all(1 <= weight <= MOST_WEIGHT for weight in options.weights.values()):
            raise ValueError("selector, weights")
        if not all(member in options.weights for member in pool):
            raise ValueError("selector, weights")


# --- the surest member


def mux(question: Question) -> Decision:
    """Take the answer of the member whose top key has the largest share."""
    alone = "single" if question.options.selector.startswith("single:") else "confidence"
    return strongest(question, answers(question), alone)


def answers(question: Question) -> list[Candidate]:
    """Let each member stand with its top key and the share of it."""
    return [
        Candidate(
            (question.rank(member), 0, question.place(member), 0),
            one.top,
            member,
            share,
            share,
            one.first[one.top],
        )
        for member, one in question.tallies.items()
        if one.top is not None and (share := one.confidence(question.options.abstain)) is not None
    ]


def oracle(question: Question) -> Decision:
    """Take the first top key that is correct; without one, decide as mux."""
    right = [one for one in answers(question) if question.verdicts[one.member, one.sample] is True]
    if not right:
        return mux(question)
    first = min(right, key=lambda one: one.claim)
    settled = Settled(first.key, first.member, first.sample, first.confidence, "oracle", len(right))
    return decided(question, settled)


def unanimous(question: Question) -> Decision:
    """Take what the first samples of all members agree on; else decide as mux."""
    firsts = []
    for member, one in question.tallies.items():
        keys = [key for key, index in one.first.items() if index == question.smallest[member]]
        if not keys:
            return mux(question)
        claim = (question.rank(member), 0, question.place(member), 0)
        firsts.append((claim, member, keys[0]))
    if len({key for _, _, key in firsts}) != 1:
        return mux(question)
    _, member, key = min(firsts)
    settled = Settled(key, member, question.smallest[member], Fraction(1), "unanimous")
    return decided(question, settled)


# --- pooled votes


def majority(question: Question) -> Decision:
    """Count every vote once."""
    return pooled(question, "majority", lambda _member, one, key: one.counts[key])


def weighted(question: Question) -> Decision:
    """Weigh a vote by max(0, log(a (C - 1) / (1 - a))), a the smoothed accuracy."""
    keys = {key for one in question.tallies.values() for key in one.counts}
    choices = question.options.choices
    others = (len(keys) if choices is None else choices) - 1

    def strength(member: str, one: Tally, key: str) -> int:
        accuracy = smoothed(question.options.validation_accuracy, member)
        right, wrong = accuracy * others, SMOOTHED_ONE - accuracy
        return one.counts[key] * (log2(right, wrong) if right > wrong else 0)

    return pooled(question, "weighted", strength)


def switch(question: Question) -> Decision:
    """Take the answer of the first unanimous member; else weigh votes by consistency and prior."""
    sure = [one for one in answers(question) if one.confidence == 1]
    if sure:
        first = min(sure, key=lambda one: one.claim)
        settled = Settled(first.key, first.member, first.sample, Fraction(1), "unanimous")
        return decided(question, settled)

    def strength(member: str, one: Tally, key: str) -> int:
        prior = smoothed(question.options.validation_accuracy, member)
        return one.counts[key] * consistency(list(one.counts.values())) * prior

    return pooled(question, "weighted", strength)


def calibrated(question: Question) -> Decision:
    """Add up the evidence w (c/n + [c = n]) / 2 of each member, rounded down."""

    def strength(member: str, one: Tally, key: str) -> int:
        count, size = one.counts[key], one.size(question.options.abstain)
        sure = size if count == size else 0
        return question.options.weights[member] * (count + sure) // (2 * size)

    return pooled(question, "calibrated", strength)


def pooled(
    question: Question, alone: str, strength_of: Callable[[str, Tally, str], int]
) -> Decision:
    """Let each key stand with its strength, the sum of its members', for its best supporter."""
    tallies = question.tallies
    size = sum(one.size(question.options.abstain) for one in tallies.values())
    total = sum((Counter(one.counts) for one in tallies.values()), Counter[str]())
    candidates = []
    for key, votes in total.items():
        supporters = {member: one for member, one in tallies.items() if key in one.counts}
        claim, member = min(
            (
                (
                    question.rank(member),
                    -one.counts[key],
                    question.place(member),
                    one.first[key],
                ),
                member,
            )
            for member, one in supporters.items()
        )
        strength = sum(strength_of(m, one, key) for m, one in supporters.items())
        index = tallies[member].first[key]
        candidates.append(Candidate(claim, key, member, strength, Fraction(votes, size), index))
    return strongest(question, candidates, alone)


# --- weights, as integers

SMOOTHED_ONE = 102 * 10**6
MOST_WEIGHT = 10**9


def smoothed(accuracies: Mapping[str, float], member: str) -> int:
    """Smooth an accuracy as that of a hundred answers, in parts of SMOOTHED_ONE."""
    parts = int(accuracies.get(member, 0.0) * 1e6 + 0.5)
    return 100 * parts + 10**6


def log2(num: int, den: int) -> int:
    """2^16 log2(num / den), bit by bit: a mantissa is squared, and cut off after 63 bits."""
    log = num.bit_length() - den.bit_length()
    if Fraction(num, den) < Fraction(2) ** log:
        log -= 1
    mantissa = (num << (63 - log)) // den
    for _ in range(16):
        mantissa = (mantissa * mantissa) >> 63
        bit = mantissa >> 64
        mantissa >>= bit
        log = 2 * log + bit
    return log


def consistency(counts: list[int]) -> int:
    """2^32 (1/n + (1 - 1/n) (1 - H / log2 d)), H the entropy of n answers, d of them distinct."""
    n, distinct = sum(counts), len(counts)
    if distinct < 2:
        return 2**32
    most = n * log2(distinct, 1)
    entropy = n * log2(n, 1) - sum(count * log2(count, 1) for count in counts)
    entropy = min(max(entropy, 0), most)
    return ((most + (n - 1) * (most - entropy)) << 32) // (n * most)


RULES: dict[str, Any] = {
    "mux": mux,
    "majority": majority,
    "weighted": weighted,
    "calibrated": calibrated,
    "switch": switch,
    "unanimous": unanimous,
    "oracle": oracle,
}

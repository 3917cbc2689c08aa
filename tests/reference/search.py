"""What subset search means. Slow, obvious, standard library.

The objective is the one of SLM-MUX (arXiv 2510.05077): what some member of a subset can solve,
less λ times the share of problems on which some member is sure and wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reference.voting import Sample, Table


@dataclass(frozen=True)
class Options:
    """How subsets are scored; `k` None looks at all samples."""

    lambda_: Fraction = Fraction(1)
    robust_level: int = 2
    contradiction_over: str = "union"
    k: int | None = None


@dataclass(frozen=True)
class Scored:
    """A subset, in pool order, and its score."""

    members: tuple[str, ...]
    score: Fraction
    union: int
    contradictions: int


Standing = tuple[bool, bool]
Standings = dict[tuple[str, str], Standing]


def standing(cell: dict[int, Sample], options: Options) -> Standing:
    """Say whether a member is right on a problem, and whether it is sure and wrong.

    Right: at least `robust_level` of its samples are correct. Sure and wrong: it has more than
    one sample, and all gave the same key and are incorrect. A failed call is no sample; one
    without a key, or that nobody could grade, is, and keeps the member from being sure.
    """
    samples = [
        sample
        for index, sample in cell.items()
        if sample.state != "failed" and (options.k is None or index < options.k)
    ]
    right = sum(sample.verdict is True for sample in samples) >= options.robust_level
    keys = {sample.key for sample in samples}
    wrong = (
        len(samples) > 1
        and len(keys) == 1
        and all(sample.state == "ok" and sample.verdict is False for sample in samples)
    )
    return right, wrong


def standings(table: Table, members: Sequence[str], options: Options) -> Standings:
    """Judge every member of the pool on every problem."""
    return {
        (problem, member): standing(table.cell(problem, member), options)
        for problem in table.problems
        for member in members
    }


def score(
    known: Standings, problems: Sequence[str], members: tuple[str, ...], options: Options
) -> Scored:
    """Score one subset."""
    union = contradictions = 0
    for problem in problems:
        if any(known[problem, member][0] for member in members):
            union += 1
            if any(known[problem, member][1] for member in members):
                contradictions += 1
    of = union if options.contradiction_over == "union" else len(problems)
    value = Fraction(union, max(1, len(problems)))
    value -= options.lambda_ * Fraction(contradictions, max(1, of))
    return Scored(members, value, union, contradictions)


def ranking(table: Table, members: Sequence[str], size: int, options: Options) -> list[Scored]:
    """Rank every subset of a size: the best first, equal ones in the order of the pool."""
    known = standings(table, members, options)
    scored = [
        score(known, table.problems, subset, options) for subset in combinations(members, size)
    ]
    return sorted(scored, key=lambda one: -one.score)  # stable: `combinations` is lexicographic


def ties(ranked: Sequence[Scored]) -> list[Scored]:
    """All that are as good as the best."""
    return [one for one in ranked if one.score == ranked[0].score]


@dataclass(frozen=True)
class Stability:
    """How the best subset stands when problems are drawn again.

    `kept`: on how many resamples no subset was better; `rivals`: the best one where there was.
    """

    times: int
    kept: int
    rivals: dict[tuple[str, ...], int]


def stability(  # noqa: PLR0913, PLR0917  all of them matter
    table: Table, members: Sequence[str], size: int, options: Options, times: int, seed: int
) -> Stability:
    """Search again on as many problems, drawn with replacement."""
    known = standings(table, members, options)
    best = ranking(table, members, size, options)[0].members
    kept, rivals = 0, dict[tuple[str, ...], int]()
    for replicate in range(times):
        problems = [table.problems[at] for at in draws(seed, replicate, len(table.problems))]
        scored = [score(known, problems, subset, options) for subset in combinations(members, size)]
        top = max(scored, key=lambda one: one.score)  # the first of equals
        if top.score > score(known, problems, best, options).score:
            rivals[top.members] = rivals.get(top.members, 0) + 1
        else:
            kept += 1
    return Stability(times, kept, rivals)


MASK, STEP = 2**64 - 1, 0x9E3779B97F4A7C15


def mix(z: int) -> int:
    """Mix 64 bits as SplitMix64 does (Steele, Lea and Flood, OOPSLA 2014)."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def below(state: int, bound: int) -> Iterator[int]:
    """Draw numbers below a bound (Lemire, 2019): what would make some likelier is drawn anew."""
    while True:
        state = (state + STEP) & MASK
        wide = (mix(state) >> 32) * bound
        if wide % 2**32 >= 2**32 % bound:
            yield wide >> 32


def draws(seed: int, replicate: int, problems: int) -> list[int]:
    """Draw as many problems as there are, with replacement: a stream for each replicate."""
    state = mix((seed + STEP) & MASK)
    state = mix(state ^ ((replicate + 1) * STEP & MASK))
    return list(islice(below(state, problems), problems))

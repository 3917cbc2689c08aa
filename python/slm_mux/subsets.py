"""Subsets of a pool: which members to ask, judged on recorded samples."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.types import Abstain

Objective = Literal["paper", "expected"]
ContradictionOver = Literal["union", "all"]
Lambda = int | float | str | Decimal | Fraction

OBJECTIVES: Final[tuple[Objective, ...]] = ("paper", "expected")
MOST_SUBSETS: Final = _core.MOST_SUBSETS
LISTED_TIES: Final = 100
MOST_RANKED: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Subset:
    """Members, in pool order, and what they score.

    `exact` is the score that is compared; `union` and `contradictions` are the numbers of
    problems that the objective of the paper is made of, None for another.
    """

    members: tuple[str, ...]
    exact: Fraction
    union: int | None
    contradictions: int | None

    @property
    def score(self) -> float:
        """The score, to be shown."""
        return float(self.exact)


@dataclass(frozen=True, slots=True)
class Stability:
    """How the best subset stands when as many problems are drawn again, with replacement.

    On `kept` of `resamples` no other subset was better; `rivals` are those that were, the most
    frequent first, up to 10, each with how often it was the best.
    """

    resamples: int
    kept: int
    rivals: tuple[tuple[tuple[str, ...], int], ...]

    @property
    def other_won(self) -> float:
        """The share of the resamples on which another subset would have won."""
        return 1 - self.kept / self.resamples


@dataclass(frozen=True, slots=True)
class SubsetScore(Subset):
    """The best subset of a size: of equals the first in the order of the pool.

    `subsets` of this size were scored. `tied` of them are as good as the best; `ties` are they,
    this one included, up to 100. `ranking` are the best as many as were asked for. `stability`
    is None where no resamples were asked for, or where they would take too long.
    """

    subsets: int
    tied: int
    ties: tuple[Subset, ...]
    ranking: tuple[Subset, ...]
    stability: Stability | None


def search(  # noqa: PLR0913  the options of a search, keyword-only
    table: _core.AnswerTable,
    *,
    sizes: Iterable[int],
    members: Sequence[str] | None,
    objective: Objective,
    lambda_: Lambda,
    robust_level: int,
    contradiction_over: ContradictionOver,
    abstain: Abstain,
    k: int | None,
    ranking: int,
    resamples: int,
    seed: int,
) -> dict[int, SubsetScore]:
    """Score every subset; see `AnswerTable.search_subsets`."""
    pool = list(table.members if members is None else members)
    wanted = sorted(_whole("sizes", size) for size in sizes)
    if not 0 <= ranking <= MOST_RANKED:
        raise InputError(f"ranking is {ranking}, it must be from 0 to {MOST_RANKED:,}")
    common = (
        table,
        pool,
        wanted,
        ranking,
        _whole("resamples", resamples),
        _whole("seed", seed),
    )
    if objective == "paper":
        weight = exact_lambda(lambda_).as_integer_ratio()
        level, samples = _whole("robust_level", robust_level), k and _whole("k", k)
        found = _core.search_subsets(*common, samples, weight, level, contradiction_over)
    elif objective == "expected":
        if k is None:
            raise InputError('objective "expected" needs k, the samples drawn of each member')
        found = _core.search_expected(*common, _whole("k", k), abstain)
    else:
        raise InputError(f"objective {objective!r} is not one of {', '.join(OBJECTIVES)}")
    return {one[0]: _size_found(pool, *one[1:]) for one in found}


def exact_lambda(value: Lambda) -> Fraction:
    """The weight as an exact fraction: a float means the decimal that it is written as.

    Raises `InputError` for what is no number from 0.

    >>> exact_lambda(0.1)
    Fraction(1, 10)
    """
    try:
        exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError) as e:
        raise InputError(f"lambda_ {value!r} is not a number: write a decimal, 0.75 say") from e
    if not 0 <= exact <= _LARGEST_LAMBDA or exact.denominator > _LARGEST_LAMBDA:
        raise InputError(
            f"lambda_ is {value}, it must be from 0 to {_LARGEST_LAMBDA:,}, with few decimals"
        )
    return exact


_LARGEST_LAMBDA = 100_000_000
_LARGEST = 2**32 - 1


def _whole(what: str, value: int) -> int:
    """A number that fits, which the extension would refuse with less to say."""
    if not 0 <= value <= _LARGEST:
        raise InputError(f"{what}: {value} is not from 0 to 2^32 - 1")
    return value


_ScoreFields = tuple[int, int, tuple[int, int] | None]
_Entry = tuple[list[int], _ScoreFields]


def _size_found(  # noqa: PLR0913, PLR0917  what the extension returns
    pool: Sequence[str],
    subsets: int,
    tied: int,
    ties: list[_Entry],
    ranking: list[_Entry],
    stability: tuple[int, int, list[tuple[list[int], int]]] | None,
) -> SubsetScore:
    tied_ones = tuple(_subset(pool, *entry) for entry in ties)
    best = tied_ones[0]
    return SubsetScore(
        members=best.members,
        exact=best.exact,
        union=best.union,
        contradictions=best.contradictions,
        subsets=subsets,
        tied=tied,
        ties=tied_ones,
        ranking=tuple(_subset(pool, *entry) for entry in ranking),
        stability=None if stability is None else _stability(pool, *stability),
    )


def _subset(pool: Sequence[str], places: list[int], score: _ScoreFields) -> Subset:
    numerator, denominator, counts = score
    union, contradictions = counts or (None, None)
    return Subset(_named(pool, places), Fraction(numerator, denominator), union, contradictions)


def _stability(
    pool: Sequence[str], resamples: int, kept: int, rivals: list[tuple[list[int], int]]
) -> Stability:
    named = tuple((_named(pool, places), times) for places, times in rivals)
    return Stability(resamples, kept, named)


def _named(pool: Sequence[str], places: list[int]) -> tuple[str, ...]:
    return tuple(pool[place] for place in places)

"""Intervals against published values and their defining properties."""

from __future__ import annotations

from fractions import Fraction
from math import comb, copysign, erfc, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.expectation import limits
from slm_mux.scoring.intervals import mcnemar_exact, over_problems, paired_difference, wilson


# Agresti and Coull, "Approximate is better than exact" (1998), and Newcombe (1998), table I.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_limits(successes: int, n: int, low: float, high: float) -> None:
    interval = wilson(successes, n)
    assert interval is not None
    assert isclose(interval.low, low, abs_tol=5e-5)
    assert isclose(interval.high, high, abs_tol=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share(case: tuple[int, int]) -> None:
    interval = wilson(*case)
    assert interval is not None
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert over_problems([]) is None


def test_the_bootstrap_is_the_same_for_the_same_rates() -> None:
    rates = [0.0, 1 / 3, 1.0, 2 / 3] * 20
    assert over_problems(rates) == over_problems(rates)


@given(st.permutations([0.0, 0.25, 1 / 3, 0.5, 2 / 3, 1.0, 1.0]))
def test_the_bootstrap_does_not_depend_on_the_order_of_problems(rates: list[float]) -> None:
    assert over_problems(rates) == over_problems(sorted(rates))


def test_limits_of_nothing_have_no_sign() -> None:
    ((low, high),) = limits([[-0.0, -0.0]])
    assert [copysign(1.0, limit) for limit in (low, high)] == [1.0, 1.0]


def test_the_bootstrap_is_near_the_normal_limits_on_many_problems() -> None:
    few, many = over_problems([0.0, 1.0] * 1000), over_problems([0.0, 1.0] * 1001)
    assert few is not None
    assert many is not None
    assert isclose(few.low, many.low, abs_tol=0.003)
    assert isclose(few.high, many.high, abs_tol=0.003)


def test_equal_rates_have_no_width() -> None:
    interval = over_problems([0.5] * 10)
    assert interval is not None
    assert (interval.low, interval.value, interval.high) == (0.5, 0.5, 0.5)


# Fagerland, Lydersen and Laake (2013), exact conditional test of the data of their tables 1 and
# 2 (Bentur 2009: 1 and 7 discordant pairs, Cavo 2012: 6 and 16); the third is the binomial
# definition worked by hand, 2 (1 + 11 + 55) / 2^11.
@pytest.mark.parametrize(
    ("lost", "gained", "p"), [(1, 7, 0.070), (6, 16, 0.052), (2, 9, 134 / 2048)]
)
def test_mcnemar_gives_the_published_p_values(lost: int, gained: int, p: float) -> None:
    assert isclose(mcnemar_exact(lost, gained), p, abs_tol=5e-4)
    assert mcnemar_exact(gained, lost) == mcnemar_exact(lost, gained)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_twice_the_binomial_tail(lost: int, gained: int) -> None:
    n = lost + gained
    tail = Fraction(2 * sum(comb(n, k) for k in range(min(lost, gained) + 1)), 2**n)
    assert isclose(mcnemar_exact(lost, gained), min(1.0, float(tail)), rel_tol=1e-10)


def test_mcnemar_of_a_million_pairs_is_near_its_normal_limit() -> None:
    z = (501_500 - 498_500 - 1) / 1000
    assert isclose(mcnemar_exact(498_500, 501_500), erfc(z / sqrt(2)), rel_tol=1e-3)


def test_without_discordant_pairs_nothing_speaks_against_chance() -> None:
    assert mcnemar_exact(0, 0) == mcnemar_exact(5, 5) == 1.0


def test_what_both_share_does_not_widen_a_paired_difference() -> None:
    before = [0.0, 0.25, 0.5, 0.75] * 25
    shifted = paired_difference(before, [rate + 0.25 for rate in before])
    assert shifted is not None
    assert (shifted.low, shifted.value, shifted.high, shifted.n) == (0.25, 0.25, 0.25, 100)


rates = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20)


@given(rates)
def test_a_paired_difference_holds_its_value_and_turns_round(
    pairs: list[tuple[float, float]],
) -> None:
    before, after = [a for a, _ in pairs], [b for _, b in pairs]
    forth, back = paired_difference(before, after), paired_difference(after, before)
    assert forth is not None
    assert back is not None
    assert -1 <= forth.low <= forth.high <= 1
    assert isclose(forth.value, -back.value, abs_tol=1e-12)
    assert isclose(forth.low, -back.high, abs_tol=1e-12)


def test_a_paired_difference_needs_pairs() -> None:
    assert paired_difference([], []) is None
    with pytest.raises(ValueError, match="shorter"):
        paired_difference([0.5, 0.5], [0.5])

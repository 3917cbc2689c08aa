"""Intervals against published values and their defining properties."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.scoring.intervals import over_problems, wilson


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

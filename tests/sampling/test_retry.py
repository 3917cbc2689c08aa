"""When a call is tried again, and when it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from sampling.helpers import QUICK
from slm_mux.sampling.outcome import Answer, Choice, Failure, Outcome
from slm_mux.sampling.retry import Retries
from slm_mux.sampling.settings import Settings

DOWN = Failure("http", 503, "down")
GOOD = Answer((Choice("42", None, "stop"),), None, None)


def go_on(
    first: Failure,
    then: list[Outcome],
    *,
    settings: Settings = QUICK,
    spent: float = 0.0,
    wanted: Callable[[], bool] = lambda: True,
) -> tuple[Outcome, list[float]]:
    """The outcome, and the waits on the way to it."""
    waits: list[float] = []

    async def attempt() -> Outcome:
        return then.pop(0)

    outcome = asyncio.run(
        Retries(settings).go_on(
            first,
            attempt,
            spent=spent,
            wanted=wanted,
            on_retry=lambda _failure, wait: waits.append(wait),
        )
    )
    return outcome, waits


def test_a_failure_is_tried_again_until_it_is_none() -> None:
    outcome, waits = go_on(DOWN, [DOWN, DOWN, GOOD])
    assert outcome == GOOD
    assert len(waits) == 3


def test_the_last_failure_is_the_outcome_when_attempts_run_out() -> None:
    last = Failure("http", 500, "the last")
    outcome, waits = go_on(DOWN, [DOWN, last, GOOD], settings=replace(QUICK, attempts=3))
    assert outcome == last
    assert len(waits) == 2


def test_a_refusal_is_not_tried_again() -> None:
    refusal = Failure("refused", 401, "no", retry=False)
    assert go_on(DOWN, [refusal, GOOD])[0] == refusal


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    _, waits = go_on(replace(DOWN, retry_after=0.02), [GOOD])
    assert 0.02 <= waits[0] <= 0.02 + QUICK.backoff_base


def test_a_wait_beyond_the_time_of_the_call_ends_it_at_once() -> None:
    slow = replace(DOWN, retry_after=3600.0)
    outcome, waits = go_on(slow, [GOOD])
    assert (outcome, waits) == (slow, [])


def test_time_that_is_spent_counts() -> None:
    assert go_on(DOWN, [GOOD], spent=QUICK.call_seconds) == (DOWN, [])


def test_what_is_not_wanted_any_more_is_not_tried() -> None:
    assert go_on(DOWN, [GOOD], wanted=lambda: False) == (DOWN, [])


@pytest.mark.parametrize("attempt", range(1, 9))
def test_the_backoff_grows_to_its_bound(attempt: int) -> None:
    settings = replace(QUICK, backoff_base=0.001, backoff_max=0.004, attempts=10)
    waits = go_on(DOWN, [DOWN] * 8 + [GOOD], settings=settings)[1]
    assert waits[attempt - 1] <= min(0.004, 0.001 * 2 ** (attempt - 1))

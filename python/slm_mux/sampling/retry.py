"""When a failed call is tried again, and how long it waits before."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt
from tenacity.stop import stop_before_delay
from tenacity.wait import wait_base, wait_random_exponential

from slm_mux.sampling.outcome import Failure, Outcome
from slm_mux.sampling.settings import Settings

OnRetry = Callable[[Failure, float], None]


class Retries:
    """The retry policy of a run: full-jitter exponential backoff that honours `Retry-After`.

    Bounded by `attempts` and `call_seconds`; the bound on time wins over a longer `Retry-After`.
    """

    __slots__ = ("_settings", "_wait")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wait = _Backoff(settings)

    async def go_on(
        self,
        first: Failure,
        attempt: Callable[[], Awaitable[Outcome]],
        *,
        spent: float,
        wanted: Callable[[], bool],
        on_retry: OnRetry,
    ) -> Outcome:
        """Try again what first ended in `first`, after `spent` seconds, while it is `wanted`.

        Nothing of this costs a call that succeeds at once.
        """
        earlier: list[Outcome] = [first]

        async def step() -> Outcome:
            return earlier.pop() if earlier else await attempt()

        def tell(state: RetryCallState) -> None:
            on_retry(_failure(state), state.upcoming_sleep)

        retrying = AsyncRetrying(
            retry=retry_if_result(lambda out: isinstance(out, Failure) and out.retry and wanted()),
            wait=self._wait,
            stop=stop_after_attempt(self._settings.attempts)
            | stop_before_delay(max(0.0, self._settings.call_seconds - spent)),
            before_sleep=tell,
            retry_error_callback=_failure,
        )
        return await retrying(step)


class _Backoff(wait_base):
    """The wait of the backoff, on top of what the server asks for."""

    def __init__(self, settings: Settings) -> None:
        self._jitter = wait_random_exponential(
            multiplier=settings.backoff_base, max=settings.backoff_max
        )
        self._base = settings.backoff_base

    def __call__(self, retry_state: RetryCallState) -> float:
        asked = _failure(retry_state).retry_after
        if asked is None:
            return self._jitter(retry_state)
        return asked + random.uniform(0.0, self._base)  # noqa: S311  # spreads load, guards nothing


def _failure(state: RetryCallState) -> Failure:
    outcome = state.outcome.result() if state.outcome is not None else None
    if not isinstance(outcome, Failure):
        raise TypeError(f"retried without a failure: {outcome!r}")
    return outcome

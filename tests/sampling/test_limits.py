"""Requests and tokens per minute, on a clock of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from slm_mux.sampling.limits import Limiter
from slm_mux.types import Provider


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0

    def time(self) -> float:
        return super().time() + self._ahead

    def _run_once(self) -> None:
        waiting: Any = self
        if not waiting._ready and waiting._scheduled:
            self._ahead += max(0.0, waiting._scheduled[0].when() - self.time())
        super()._run_once()  # type: ignore[misc]


def passed(work: Callable[[], Coroutine[Any, Any, None]]) -> float:
    """The seconds on the clock that some work takes."""

    async def timed() -> float:
        clock = asyncio.get_running_loop().time
        began = clock()
        await work()
        return clock() - began

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(timed())


def test_no_limits_no_waiting() -> None:
    assert Limiter(Provider("p", "u")).idle


def test_requests_per_minute() -> None:
    limiter = Limiter(Provider("p", "u", rpm=60))

    async def work() -> None:
        for _ in range(121):
            await limiter.admit(0, 0, 1)

    assert 119 <= passed(work) <= 122


def test_a_minute_is_not_spent_in_one_burst() -> None:
    limiter = Limiter(Provider("p", "u", rpm=600))

    async def work() -> None:
        for _ in range(600):
            await limiter.admit(0, 0, 1)

    assert 58 <= passed(work) <= 62


def test_tokens_per_minute_even_where_one_request_has_more_than_the_bucket() -> None:
    limiter = Limiter(Provider("p", "u", tpm=6000))

    async def work() -> None:
        for _ in range(10):
            await limiter.admit(400, 1900, 1)  # 100 + 1900 tokens

    assert 185 <= passed(work) <= 205


def test_what_was_not_used_is_given_back() -> None:
    limiter = Limiter(Provider("p", "u", tpm=6000))

    async def work() -> None:
        for _ in range(60):
            reserved = await limiter.admit(0, 2000, 1)
            limiter.settle(reserved, 50, 50, 1)  # 60 times 100 tokens: a minute's worth

    assert passed(work) <= 75


def test_what_was_used_beyond_the_estimate_is_made_up_for() -> None:
    limiter = Limiter(Provider("p", "u", tpm=6000))

    async def work() -> None:
        for _ in range(60):
            reserved = await limiter.admit(0, 10, 1)
            limiter.settle(reserved, 190, 10, 1)  # 60 times 200 tokens: two minutes' worth

    assert passed(work) >= 105

"""The workers of a run: they start together, and are sent home by what they are doing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Literal

from slm_mux.sampling.calls import Worker

Working = tuple[Worker, Coroutine[Any, Any, None]]
"""A worker and what it does."""


class Crew:
    """Who works now. Called in the event loop of the run."""

    __slots__ = ("_cut_off", "_tasks")

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], Worker] = {}
        self._cut_off: asyncio.TimerHandle | None = None

    async def work(self, tasks: Iterable[Working]) -> None:
        """Have all of them work until they are done or sent home; raises what they raise."""
        async with asyncio.TaskGroup() as group:
            for worker, coroutine in tasks:
                self._tasks[group.create_task(coroutine)] = worker
        self._tasks.clear()

    def dismiss_idle(self) -> None:
        """Send home who waits; who has asked may finish."""
        self._cancel("idle")

    def cut_off_after(self, seconds: float) -> None:
        """Give up what is asked once so many seconds have passed; the first call counts."""
        if self._cut_off is None:
            loop = asyncio.get_running_loop()
            self._cut_off = loop.call_later(seconds, self._cancel, "asking")

    def close(self) -> None:
        """Nobody is left to be cut off."""
        if self._cut_off is not None:
            self._cut_off.cancel()

    def _cancel(self, state: Literal["idle", "asking"]) -> None:
        current = asyncio.current_task()
        for task, worker in self._tasks.items():
            if worker.state == state and task is not current:
                task.cancel()

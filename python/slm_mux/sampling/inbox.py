"""What has arrived and is not yet saved: handed over in batches, beside the asking.

Whoever has an answer puts it here and asks on. Each batch is handed over at once, without
waiting for the one before, so that rows are in the log's file as soon as they have come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Handler = Callable[[Sequence[Item]], Coroutine[Any, Any, None]]


class Inbox(Generic[Item]):
    """Items that wait to be worked off, in the order they came; `most` should be at work."""

    __slots__ = ("_arrived", "_closed", "_items", "_most", "_open", "_roomy")

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: list[Item] = []
        self._open = 0
        self._closed = False
        self._arrived = asyncio.Event()
        self._roomy = asyncio.Event()

    async def room(self) -> None:
        """Wait while more are at work than should be: the disk does not keep up."""
        while self._open >= self._most:
            self._roomy.clear()
            await self._roomy.wait()

    def put(self, item: Item) -> None:
        """Add an item; what has come is never refused."""
        self._items.append(item)
        self._open += 1
        self._arrived.set()

    def close(self) -> None:
        """Let `work_off` end once nothing is left."""
        self._closed = True
        self._arrived.set()

    async def work_off(self, handle: Handler[Item]) -> None:
        """Hand over all there is, again and again, until closed and empty."""
        async with asyncio.TaskGroup() as group:
            while self._items or not self._closed:
                await self._arrived.wait()
                self._arrived.clear()
                batch, self._items = self._items, []
                if batch:
                    group.create_task(self._hand_over(handle, batch))
                if self._closed:
                    self._arrived.set()

    async def _hand_over(self, handle: Handler[Item], batch: Sequence[Item]) -> None:
        await handle(batch)
        self._open -= len(batch)
        self._roomy.set()

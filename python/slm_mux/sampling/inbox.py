"""What has arrived and is not yet saved: taken in batches, beside the asking.

Whoever has an answer puts it here and asks on, so that building rows and waiting for the disk
keep no request from being sent, and many rows share one append.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """A bounded number of items that wait to be worked off, in the order they came."""

    __slots__ = ("_arrived", "_closed", "_items", "_most", "_roomy", "_taken")

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: list[Item] = []
        self._taken = 0
        self._closed = False
        self._arrived = asyncio.Event()
        self._roomy = asyncio.Event()

    async def room(self) -> None:
        """Wait while there are as many items as may be."""
        while len(self._items) + self._taken >= self._most:
            self._roomy.clear()
            await self._roomy.wait()

    def put(self, item: Item) -> None:
        """Add an item; what has come is never refused."""
        self._items.append(item)
        self._arrived.set()

    def close(self) -> None:
        """Let `work_off` end once nothing is left."""
        self._closed = True
        self._arrived.set()

    async def work_off(self, handle: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        """Hand over all there is, again and again, until closed and empty."""
        while self._items or not self._closed:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._items = self._items, []
            self._taken = len(batch)
            if batch:
                await handle(batch)
            self._taken = 0
            self._roomy.set()
            if self._closed:
                self._arrived.set()

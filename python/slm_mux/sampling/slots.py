"""The places in flight of a run, shared so that no provider can take them all for good."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping

from slm_mux.types import Provider


class Slots:
    """So many requests in flight in all; a place is held while a request is on its way.

    An equal share of the places is reserved for each provider with work left, the rest is for
    whoever comes first. So a provider that hangs never holds the others' places.
    """

    __slots__ = ("_contended", "_reserved", "_total", "_used", "_waiting", "_workers")

    def __init__(self, total: int, workers: Mapping[Provider, int]) -> None:
        """`workers`: how many of each provider will ask for places."""
        share = total // max(1, len(workers))
        self._total = total
        self._contended = sum(workers.values()) > total
        self._workers = dict(workers)
        self._reserved = {provider: min(share, count) for provider, count in workers.items()}
        self._used = dict.fromkeys(workers, 0)
        self._waiting: deque[tuple[Provider, asyncio.Future[None]]] = deque()

    async def acquire(self, provider: Provider) -> None:
        """Wait for a place."""
        if not self._contended:
            return
        if self._is_free(provider):
            self._used[provider] += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((provider, place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.release(provider)
            raise

    def release(self, provider: Provider) -> None:
        """Give a place back."""
        if self._contended:
            self._used[provider] -= 1
            self._grant()

    def leave(self, provider: Provider) -> None:
        """One worker of a provider has ended; with the last one goes the reservation."""
        self._workers[provider] -= 1
        if not self._workers[provider]:
            self._reserved[provider] = 0
            self._grant()

    def _is_free(self, provider: Provider) -> bool:
        """Whether a place for `provider` leaves the others what is reserved for them."""
        kept = sum(max(used, self._reserved[each]) for each, used in self._used.items())
        used, reserved = self._used[provider], self._reserved[provider]
        return kept - max(used, reserved) + used + 1 <= self._total

    def _grant(self) -> None:
        kept: deque[tuple[Provider, asyncio.Future[None]]] = deque()
        while self._waiting:
            provider, place = self._waiting.popleft()
            if place.cancelled():
                continue
            if self._is_free(provider):
                self._used[provider] += 1
                place.set_result(None)
            else:
                kept.append((provider, place))
        self._waiting = kept

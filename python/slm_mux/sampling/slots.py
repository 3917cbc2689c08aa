"""The places in flight of a run, shared so that no provider can take them all for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from slm_mux.types import Provider


class Slots:
    """So many requests in flight in all.

    Each provider owns an equal share, one place per worker; the rest is for whoever comes. A
    worker that ends gives its own place to all. So a provider that hangs holds its share, never
    the others'.
    """

    def __init__(self, total: int, workers: Mapping[Provider, int]) -> None:
        share = total // max(1, len(workers))
        self.owned = {provider: min(share, count) for provider, count in workers.items()}
        self.shared = asyncio.Semaphore(total - sum(self.owned.values()))

    def give_up(self) -> None:
        """A worker with a place of its own has ended."""
        self.shared.release()

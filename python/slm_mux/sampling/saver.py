"""Rows on their way to the disk, beside the asking.

Rows are in the log's file before whoever brought them asks on, so that a kill costs no more
than what is in flight. What arrives at once shares one append; nobody waits for its sync.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from slm_mux.errors import LogError
from slm_mux.sampling.ports import RowSink
from slm_mux.types import SampleRow

Told = Callable[[LogError | None], None]
"""Called once rows are on disk, or with the reason why they cannot be."""


class Saver:
    """Hands rows to `sink`; about `most` batches may wait for the disk at a time."""

    __slots__ = ("_batch", "_bug", "_most", "_roomy", "_sink", "_waiting")

    def __init__(self, sink: RowSink, most: int) -> None:
        self._sink = sink
        self._most = most
        self._batch: list[tuple[Sequence[SampleRow], Told]] = []
        self._waiting: set[asyncio.Future[None]] = set()
        self._roomy = asyncio.Event()
        self._bug: BaseException | None = None

    async def save(self, rows: Sequence[SampleRow], told: Told) -> None:
        """Return once `rows` are handed over; `told` is called later, in the event loop.

        Raises whatever else than `LogError` the log has raised.
        """
        if not self._batch:
            asyncio.get_running_loop().call_soon(self._flush)
        self._batch.append((rows, told))
        await asyncio.sleep(0)  # the flush comes first
        while len(self._waiting) >= self._most:  # the disk does not keep up
            self._roomy.clear()
            await self._roomy.wait()
        self._raise_bug()

    async def drain(self) -> None:
        """Wait until all is on disk or told to be lost. Raises as `save` does."""
        while self._batch or self._waiting:
            if self._waiting:
                await asyncio.wait(self._waiting)
            await asyncio.sleep(0)  # their callbacks come first
        self._raise_bug()

    def _raise_bug(self) -> None:
        if self._bug is not None:
            raise self._bug

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        saved = self._append([row for rows, _ in batch for row in rows])
        self._waiting.add(saved)
        saved.add_done_callback(lambda done: self._settle(done, batch))

    def _append(self, rows: Sequence[SampleRow]) -> asyncio.Future[None]:
        try:
            return asyncio.ensure_future(self._sink.append(rows))
        except Exception as error:  # noqa: BLE001  told, or raised again
            failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            failed.set_exception(error)
            return failed

    def _settle(
        self, done: asyncio.Future[None], batch: Sequence[tuple[Sequence[SampleRow], Told]]
    ) -> None:
        error = done.exception()
        self._waiting.discard(done)
        self._roomy.set()
        if error is not None and not isinstance(error, LogError):
            self._bug = error
            return
        for _, told in batch:
            told(error)

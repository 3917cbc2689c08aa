"""Rows onto the disk: each append is written at once, a thread syncs many together.

What is written outlives a kill of the process, so at any moment a kill costs no row that has
come. A sync takes milliseconds: what is written during one shares the next, and the event loop
never waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import threading
from dataclasses import dataclass
from pathlib import Path

from slm_mux.errors import LogError
from slm_mux.sampling.disk import Rescue, cut, write_whole
from slm_mux.store.jsonl import reason

_BETWEEN_SYNCS = 0.005  # seconds


@dataclass(slots=True)
class _Append:
    data: bytes
    rows: int
    end: int | None  # where it ends in the file; None: it was not written
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class Writer:
    """Appends to an open file, synced from a thread of its own.

    After the first failure the file is left as it was before it, and all rows that are not
    known to be on disk go to a rescue file in another folder: they are paid for.
    """

    def __init__(self, fd: int, path: Path) -> None:
        self._fd = fd
        self._path = path
        self._gate = threading.Condition()  # guards all below but the rescue
        self.size = os.fstat(fd).st_size  # bytes written
        self._synced = self.size  # bytes known to be on disk
        self._pending: list[_Append] = []
        self._closed = False
        self._closing = threading.Event()
        self._cause: str | None = None
        self._rescue = Rescue(path.stem[:40])
        self._rescued = self._lost = 0
        self.failure: str | None = None
        # A daemon, so that a log left open does not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="sample-log", daemon=True)
        self._thread.start()

    def append(self, data: bytes, rows: int) -> asyncio.Future[None]:
        """Write `data`, which holds `rows` whole lines; what comes back is done once on disk.

        It fails with LogError where they could not be written; they are then in the rescue
        file. Cancelling it stops nothing.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._gate:
            if self._closed:
                raise LogError(f"{self._path}: the log is closed")
            self._pending.append(_Append(data, rows, self._write(data), loop, done))
            if len(self._pending) == 1:
                self._gate.notify()
        return done

    def close(self) -> None:
        """Sync all that is written and end the thread. May be called again."""
        with self._gate:
            self._closed = True
            self._gate.notify()
        self._closing.set()
        self._thread.join()

    def _write(self, data: bytes) -> int | None:
        if self._cause is not None:
            return None
        try:
            self.size = write_whole(self._fd, data, self.size)
        except OSError as error:
            self._cause = reason(error)
            return None
        return self.size

    def _run(self) -> None:
        while (batch := self._gather()) is not None:
            self._commit(*batch)
        self._rescue.close()

    def _gather(self) -> tuple[list[_Append], int] | None:
        """Wait for appends; all there are and where they end, or None once the log closes."""
        # A moment between syncs, so that a fast disk does not cost the event loop its turns.
        self._closing.wait(_BETWEEN_SYNCS)
        with self._gate:
            self._gate.wait_for(lambda: self._pending or self._closed)
            if not self._pending:
                return None
            batch, self._pending = self._pending, []
            return batch, self.size

    def _commit(self, batch: list[_Append], end: int) -> None:
        self._sync(end)
        lost = [item for item in batch if item.end is None or item.end > self._synced]
        if lost:
            self._save(b"".join(item.data for item in lost), sum(item.rows for item in lost))
            self.failure = self._report()
        _tell(batch[: len(batch) - len(lost)], None)
        _tell(lost, self.failure)

    def _sync(self, end: int) -> None:
        """Wait until the first `end` bytes are on disk; failing that, cut to what is known."""
        if end == self._synced:
            return
        try:
            os.fsync(self._fd)
        except OSError as error:
            with self._gate:  # nothing is written while it is cut, nor after
                self._cause = self._cause or reason(cut(self._fd, self._synced, error))
                self.size = self._synced
        else:
            self._synced = end

    def _save(self, data: bytes, rows: int) -> None:
        try:
            self._rescue.save(data)
            self._rescued += rows
        except OSError:
            self._lost += rows

    def _report(self) -> str:
        text = f"{self._path}: cannot be written: {self._cause}; its whole rows are intact"
        if self._rescued:
            files = shlex.join(map(str, self._rescue.paths))
            text += (
                f"; {self._rescued} paid rows are saved in {files}: make room, then append them "
                f"(cat {files} >> {shlex.quote(str(self._path))}) and run again"
            )
        if self._lost:
            text += f"; {self._lost} rows could be saved nowhere and will be asked again"
        return text


def _tell(items: list[_Append], failure: str | None) -> None:
    for loop in {item.loop for item in items}:
        done = [item.done for item in items if item.loop is loop]
        # A loop that is gone has nobody waiting.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, done, failure)


def _settle(waiting: list[asyncio.Future[None]], failure: str | None) -> None:
    for done in waiting:
        if done.done():  # its task was cancelled
            continue
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(LogError(failure))

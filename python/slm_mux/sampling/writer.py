"""The thread that writes: rows gathered from many tasks, one write and one fsync for all.

An fsync takes milliseconds, so what arrives during one is written with the next: the more rows
a second, the more share an fsync, and the event loop never waits for the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import shlex
import threading
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  # resolved by readers of the annotations

from slm_mux.errors import LogError
from slm_mux.sampling.disk import Rescue, append_whole
from slm_mux.store.jsonl import reason


@dataclass(slots=True)
class _Append:
    data: bytes
    rows: int
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class Writer:
    """Appends to an open file from a thread of its own.

    After the first failed write the file is left as it was before it, and all further rows go to
    a rescue file in another folder: they are paid for.
    """

    def __init__(self, fd: int, path: Path) -> None:
        self._fd = fd
        self.size = os.fstat(fd).st_size  # bytes known to be on disk
        self._path = path
        self._queue: queue.SimpleQueue[_Append | None] = queue.SimpleQueue()
        self._gate = threading.Lock()  # no append slips in behind the closing
        self._closed = False
        self._cause: str | None = None
        self._rescue = Rescue(path.stem[:40])
        self._rescued = self._lost = 0
        self.failure: str | None = None
        # A daemon, so that a log left open does not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="sample-log", daemon=True)
        self._thread.start()

    async def append(self, data: bytes, rows: int) -> None:
        """Append `data`, which holds `rows` whole lines; return once it is on disk.

        Raises LogError where it could not be written; it is then in the rescue file. Cancelling
        the caller does not stop the write.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._gate:
            if self._closed:
                raise LogError(f"{self._path}: the log is closed")
            self._queue.put(_Append(data, rows, loop, done))
        await done

    def close(self) -> None:
        """Write all that is queued and end the thread. May be called again."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        running = True
        while running:
            batch: list[_Append] = []
            running = self._gather(batch)
            if batch:
                self._commit(batch)
        self._rescue.close()

    def _gather(self, batch: list[_Append]) -> bool:
        """Wait for one append and take all others there are; False once the log closes."""
        item = self._queue.get()
        with contextlib.suppress(queue.Empty):
            while item is not None:
                batch.append(item)
                item = self._queue.get_nowait()
            return False
        return True

    def _commit(self, batch: list[_Append]) -> None:
        data = b"".join(item.data for item in batch)
        if self._cause is None:
            try:
                self.size = append_whole(self._fd, data)
            except OSError as error:
                self._cause = reason(error)
        if self._cause is not None:
            self._save(data, sum(item.rows for item in batch))
            self.failure = self._report()
        for loop in {item.loop for item in batch}:
            done = [item.done for item in batch if item.loop is loop]
            # A loop that is gone has nobody waiting.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, done, self.failure)

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


def _settle(waiting: list[asyncio.Future[None]], failure: str | None) -> None:
    for done in waiting:
        if done.done():  # its task was cancelled
            continue
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(LogError(failure))

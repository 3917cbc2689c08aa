"""The sample log: append-only JSONL, the one thing of a run that costs money.

An append returns once its rows are on disk. Opening takes the lock, cuts off a last line that a
killed run left torn, and indexes what is there; any other damage is an error, never mended by
guessing, because what is not read would be bought again.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Self

from slm_mux.errors import LogError
from slm_mux.sampling.disk import APPEND, mend_end, sync_folder
from slm_mux.sampling.lock import RunLock
from slm_mux.sampling.recorded import Recorded
from slm_mux.sampling.writer import Writer
from slm_mux.store.jsonl import StrictReader, reason
from slm_mux.store.rows import check_row, encode_row, parse_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from slm_mux.types import SampleRow


class SampleLog:
    """A sample log, open and locked for this run; a context manager.

    `path` is the log as given, `recorded` the index of what it held on opening, `torn_bytes`
    how much of a torn last line was cut off then.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the log, creating it and its folders where missing.

        Raises LogError: the log is in use by another run, cannot be opened or written, is no
        sample log, or has a damaged line before its last.
        """
        self.path = Path(path)
        self._real = Path(os.path.realpath(self.path))  # one lock however the log is linked
        self.recorded = Recorded()
        self.torn_bytes = 0
        _make_folder(self._real.parent)
        _refuse_special(self._real, self.path)
        self._lock = RunLock(self._real)
        try:
            self._fd = self._open()
        except BaseException:
            self._lock.release()
            raise
        self._writer = Writer(self._fd, self.path)
        self._closed = self._told = False
        atexit.register(self.close)

    def _open(self) -> int:
        new = not self._real.exists()
        try:
            fd = os.open(self._real, APPEND, 0o644)
        except OSError as error:
            raise LogError(f"{self.path}: cannot be opened for writing: {reason(error)}") from error
        try:
            self._mend(fd)
        except BaseException:
            os.close(fd)
            raise
        if new:
            sync_folder(self._real.parent)
        return fd

    def _mend(self, fd: int) -> None:
        """Index the rows; cut off a torn last line, end a whole one that lacks its line end."""
        reader = StrictReader(self._real, parse_row, shown=self.path)
        for row in reader:
            self.recorded.add(row)
        try:
            self.torn_bytes = mend_end(fd, reader)
        except OSError as error:
            raise LogError(f"{self.path}: its end cannot be mended: {reason(error)}") from error

    def append(self, rows: Sequence[SampleRow]) -> asyncio.Future[None]:
        """Write `rows`, one line each; what comes back is done once they are on disk.

        They are in the file when this returns, so that killing the process loses none. Safe
        from any number of tasks. Fails with LogError where the disk refuses; the log then holds
        none of `rows`, a rescue file named in the error does, and so for all later appends.
        Raises LineError for a row that could not be read back.
        """
        for row in rows:
            check_row(dict(row))
        data = b"".join(map(encode_row, rows))
        done = self._writer.append(data, len(rows))
        done.add_done_callback(self._note)
        return done

    def _note(self, done: asyncio.Future[None]) -> None:
        """Remember whether a failure has been told to whoever appended."""
        if not done.cancelled() and done.exception() is not None:
            self._told = True

    def rows(self) -> Iterator[SampleRow]:
        """Read the rows on disk now, in the order they came."""
        size = self._writer.size
        return iter(StrictReader(self._real, parse_row, shown=self.path, end=size))

    def close(self) -> None:
        """Write what is queued, free the log. May be called again.

        Raises LogError where rows could not be written and no `append` was there to say so.
        """
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        self._writer.close()
        os.close(self._fd)
        self._lock.release()
        if self._writer.failure and not self._told:
            raise LogError(self._writer.failure)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except LogError as failure:
            if error is None:
                raise
            error.add_note(str(failure))  # an interrupt stays an interrupt


def read_recorded(path: str | os.PathLike[str]) -> Recorded:
    """Index the log at `path` as it is, without a lock and without mending; no file: empty.

    For a look at what a run would do. Raises LogError as opening the log would.
    """
    given = Path(path)
    if not given.exists():
        return Recorded()
    _refuse_special(given, given)
    return Recorded(StrictReader(given, parse_row))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LogError(f"{folder}: cannot be made as a folder: {reason(error)}") from error


def _refuse_special(real: Path, shown: Path) -> None:
    try:
        mode = real.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise LogError(f"{shown}: cannot be opened: {reason(error)}") from error
    if stat.S_ISDIR(mode):
        raise LogError(f"{shown}: is a folder: give the name of a file in it")
    if not stat.S_ISREG(mode):
        raise LogError(f"{shown}: is not an ordinary file")

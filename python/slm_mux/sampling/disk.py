"""Bytes onto a disk that may be full: all of them, or none and an error."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux.store.jsonl import reason

if TYPE_CHECKING:
    from slm_mux.store.jsonl import StrictReader

APPEND = (
    os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
"""How a log is opened: read to repair it, every write at its end, none of Windows' line ends."""


def append_whole(fd: int, data: bytes) -> int:
    """Append `data`, wait until it is on disk and return the file's size.

    On an error what was written of it is cut off again.

    Raises OSError; its text says so where even the cutting failed and the file's end is torn.
    """
    size = os.fstat(fd).st_size
    end = write_whole(fd, data, size)
    try:
        os.fsync(fd)
    except OSError as error:
        raise cut(fd, size, error) from error
    return end


def write_whole(fd: int, data: bytes, size: int) -> int:
    """Append `data` to a file of `size` bytes and return its new size.

    What is written outlives a kill of the process; a power cut only once it is synced. On an
    error what was written of it is cut off again. Raises OSError.
    """
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise cut(fd, size, error) from error
    return size + len(data)


def cut(fd: int, size: int, error: OSError) -> OSError:
    """Cut the file to `size` bytes after `error`; the error to report of it."""
    try:
        os.ftruncate(fd, size)
    except OSError:
        text = f"{reason(error)}; the end of the file is torn, which the next run mends"
        return OSError(error.errno, text)
    return error


def mend_end(fd: int, reader: StrictReader[Any]) -> int:
    """Cut off the torn last line that `reader` met, or end a whole one; return the bytes cut.

    Raises OSError.
    """
    if reader.torn:
        os.ftruncate(fd, reader.good)
        os.fsync(fd)
    elif reader.open_ended:
        append_whole(fd, b"\n")
    return reader.torn


def sync_folder(folder: Path) -> None:
    """Make a new file's name last through a power cut, where the system has a way to."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class Rescue:
    """Where rows go that their log could not take: files in another folder, for the owner alone."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._fd: int | None = None
        self.paths: list[Path] = []

    def save(self, data: bytes) -> None:
        """Save `data`. Raises OSError where no folder takes it."""
        if self._fd is not None:
            with contextlib.suppress(OSError):
                append_whole(self._fd, data)
                return
        self.close()
        self._fd = self._save_in_new_file(data)

    def _save_in_new_file(self, data: bytes) -> int:
        failure = OSError("no folder to rescue rows in")
        for folder in _folders():
            try:
                fd, path = tempfile.mkstemp(".jsonl", f"rescued-{self._name}-", folder)
            except OSError as error:
                failure = error
                continue
            try:
                append_whole(fd, data)
            except OSError as error:
                failure = error
                os.close(fd)
                Path(path).unlink(missing_ok=True)
                continue
            self.paths.append(Path(path))
            return fd
        raise failure

    def close(self) -> None:
        """Close the file that is open."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _folders() -> list[Path]:
    """List the temporary folder, then the home folder."""
    folders: list[Path] = []
    with contextlib.suppress(OSError):
        folders.append(Path(tempfile.gettempdir()))
    with contextlib.suppress(RuntimeError):
        folders.append(Path.home())
    return folders

"""One run at a time on a log: an operating-system lock, which dies with its process."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from filelock import FileLock, Timeout

from slm_mux.errors import LogError
from slm_mux.store.jsonl import reason


class RunLock:
    """The lock of a log, held from creation to `release`, in the file `x.jsonl.lock` beside it.

    The file stays: removing it would let two runs lock two files of one name.
    """

    def __init__(self, log: Path) -> None:
        """Lock `log` (a resolved path) at once. Raises LogError where that cannot be."""
        path = Path(f"{log}.lock")
        self._lock = FileLock(path, blocking=False, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            if not path.exists():
                raise LogError(f"{path}: cannot be locked: its folder takes no files") from None
            raise LogError(
                f"{log}: is in use by another run{_holder(path)}: wait for it, stop it, or "
                "give another log"
            ) from None
        except OSError as error:
            raise LogError(f"{path}: cannot be locked: {reason(error)}") from error
        # Only to be told to others; left out where a locked file cannot be written (Windows).
        with contextlib.suppress(OSError):
            path.write_text(f"{os.getpid()}\n", encoding="ascii")

    def release(self) -> None:
        """Let other runs in. May be called again."""
        self._lock.release()


def _holder(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        return f" (pid {int(path.read_bytes())})"
    return ""

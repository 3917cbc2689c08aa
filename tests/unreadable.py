"""Files and folders that nobody may read, also where the tests are run by root."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cli_helpers import slm_mux

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

_DROP, _READS_ALL = 24, (1, 2)
"""`PR_CAPBSET_DROP`; `CAP_DAC_OVERRIDE` and `CAP_DAC_READ_SEARCH`, by which root reads all."""


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Nobody may look into a folder while this lasts."""
    before = folder.stat().st_mode
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(before)


def slm_mux_of_nobody(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, without the right of root to read what nobody may."""
    if os.name != "posix" or (os.geteuid() == 0 and sys.platform != "linux"):
        pytest.skip("modes keep nobody from reading here")
    return slm_mux(*arguments, cwd=cwd, before=_as_anybody)


def _as_anybody() -> None:
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for right in _READS_ALL:
            if libc.prctl(_DROP, right, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")

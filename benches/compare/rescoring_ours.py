"""The bulk re-scoring of this package; a worker in its venv.

The only place here that calls it; the environment says on how many threads.
"""

from __future__ import annotations

import os
import time

from contestants import OURS
from worker import serve

from slm_mux import tallies

MEMORY = os.environ.get("RESCORING_MEMORY")
"""Bytes for tallies; what is beyond goes to disk. By default half the machine's."""


def ours(path: str) -> tuple[float, int]:
    """Seconds of one full re-scoring (extraction, keys, tallies, selection, grades), and rows."""
    start = time.perf_counter()
    scan = tallies.scan([path], tallies.Rules(kind="math"), memory=int(MEMORY) if MEMORY else None)
    rows = scan.rows
    scan.finish()
    return time.perf_counter() - start, rows


if __name__ == "__main__":
    serve({OURS: lambda path, _threads: ours(path)})

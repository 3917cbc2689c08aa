"""The bulk re-scoring of this package; a worker in its venv.

The only place here that calls it: what the call is named, and what it takes, is for `scan_one`.
"""

from __future__ import annotations

import time

from contestants import OURS
from worker import serve

from slm_mux import tallies


def ours(path: str) -> float:
    """Seconds of one full re-scoring: extraction, keys, tallies, selection and grades."""
    start = time.perf_counter()
    scan_one(path)
    return time.perf_counter() - start


def scan_one(path: str) -> None:
    """Re-score a file, keeping the result in memory; the environment says on how many threads."""
    tallies.scan([path])


if __name__ == "__main__":
    serve({OURS: lambda path, _threads: (ours(path), None)})

"""The sample log: rows a second appended by many tasks, opened again, and read for scoring.

    python benches/python/bench_log.py [FOLDER] [ROWS]

FOLDER chooses the disk (default: the current folder), ROWS how many rows are read (default
100,000). Rows of about 2.8 kB, as a short worked solution leaves them.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from slm_mux.sampling.log import SampleLog
from slm_mux.scoring.read import read_samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from slm_mux.types import SampleRow

TASKS = 200
"""Tasks that append, each waiting for the disk, as requests in flight do."""


def make_row(number: int) -> SampleRow:
    problem, index = divmod(number, 10)
    row = {
        "task": "math",
        "kind": "math",
        "problem_id": f"test/algebra/{problem}.json",
        "model": "some/model-7b",
        "sample_index": index,
        "response": f"We add the two numbers, {problem}.\n" * 60 + r"\boxed{42}",
        "reasoning": None,
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 180, "completion_tokens": 512, "total_tokens": 692},
        "latency_s": 1.25,
        "created": "2025-01-01T00:00:00.000000+00:00",
        "request_id": f"chatcmpl-{number:032x}",
        "api_model": "some/model-7b",
        "params": {"temperature": 0.3, "top_p": None, "max_tokens": 2048},
        "seed": number,
        "prompt_sha256": f"{problem:064x}",
        "reference_answer": "42",
        "choices": None,
        "error": None,
        "pool_index": 0,
    }
    return cast("SampleRow", row)


async def append_all(log: SampleLog, rows: int) -> float:
    """Append from many tasks; the longest time in ms that the event loop stood still."""
    numbers = iter(range(rows))
    worst = 0.0

    async def work() -> None:
        for number in numbers:
            await log.append([make_row(number)])

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            worst = max(worst, time.perf_counter() - before)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(work() for _ in range(TASKS)))
    watcher.cancel()
    return worst * 1000


def write(path: Path, rows: int) -> None:
    with path.open("wb") as stream:
        for number in range(rows):
            stream.write(json.dumps(make_row(number), separators=(",", ":")).encode() + b"\n")


def timed(name: str, rows: int, work: Callable[[], Any]) -> Any:
    before, busy, start = memory(), time.process_time(), time.perf_counter()
    result = work()
    took, busy = time.perf_counter() - start, time.process_time() - busy
    print(
        f"{name:24}{rows / took:12,.0f} rows/s  {busy / rows * 1e6:6.1f} us of CPU a row  "
        f"+{memory() - before:,.0f} MB peak"
    )
    return result


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def open_and_close(path: Path) -> None:
    with SampleLog(path) as log:
        print(f"{'':24}{len(log.recorded):12,} samples indexed")


def main(folder: str = ".", rows: str = "100000") -> None:
    count = int(rows)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "append.jsonl"
        with SampleLog(path) as log:
            stood = timed("append, fsynced", 20_000, lambda: asyncio.run(append_all(log, 20_000)))
        print(f"{'':24}{stood:12.1f} ms, the event loop's longest step")
        path = Path(name) / "read.jsonl"
        write(path, count)
        print(f"{path.stat().st_size / 1e6:,.0f} MB of {count:,} rows")
        timed("open for a run", count, lambda: open_and_close(path))
        timed("read for scoring", count, lambda: read_samples([path]))


if __name__ == "__main__":
    main(*sys.argv[1:])

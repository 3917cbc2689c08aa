"""Made-up rows of a sample log, and appending them, for the tests."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from slm_mux.sampling.log import SampleLog
    from slm_mux.types import SampleRow

FAILURE = {"kind": "status", "status": 500, "message": "made up"}


def make_row(index: int = 0, **fields: Any) -> SampleRow:
    """A row as a run would write it; `fields` replace or add to its own."""
    row = {
        "task": "made-up",
        "kind": "math",
        "problem_id": "p1",
        "model": "m1",
        "sample_index": index,
        "response": rf"The answer is \boxed{{{index}}}.",
        "reasoning": None,
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
        "latency_s": 0.25,
        "created": "2025-01-01T00:00:00+00:00",
        "request_id": f"r{index}",
        "api_model": "made/up-1b",
        "params": {"temperature": 0.3, "top_p": None, "max_tokens": 2048},
        "seed": index,
        "prompt_sha256": "ab" * 32,
        "reference_answer": "1",
        "choices": None,
        "error": None,
        "pool_index": 0,
    }
    return cast("SampleRow", row | fields)


def write_log(path: Path, rows: Iterable[Any]) -> Path:
    """Write rows (or raw lines) as a log, past the class under test."""
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def append(log: SampleLog, rows: Sequence[SampleRow]) -> None:
    """Append rows in one call and wait for the disk."""

    async def run() -> None:
        await log.append(rows)

    asyncio.run(run())

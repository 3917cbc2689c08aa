"""Plans, pools and a small log for the tests of this room."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slm_mux.sampling.plan import Job
from slm_mux.sampling.settings import Settings
from slm_mux.types import Kind, Member, Pool, Problem, Prompt, Provider, SampleRow

# Waits of milliseconds: what is tested is that they are made, not how long they are.
QUICK = Settings(
    backoff_base=0.001,
    backoff_max=0.01,
    request_seconds=5.0,
    call_seconds=20.0,
    grace_seconds=5.0,
    preflight=False,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is missing."""

    jobs: tuple[Job, ...]
    task: str = "demo"
    kind: Kind = "number"


class FileLog:
    """A log that appends to a file and syncs it, one call after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")

    async def append(self, rows: Sequence[SampleRow]) -> None:
        """Write and sync."""
        self._file.write("".join(json.dumps(row) + "\n" for row in rows))
        self._file.flush()
        os.fsync(self._file.fileno())

    def rows(self) -> Iterator[dict[str, Any]]:
        """What is in the file."""
        for line in self.path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Watcher:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.rows: list[SampleRow] = []
        self.retries: list[tuple[str, str, float]] = []
        self.stopped: dict[str, str] = {}
        self.skipped = 0

    def on_rows(self, rows: Sequence[SampleRow]) -> None:
        """Remember rows."""
        self.rows += rows

    def on_skipped(self, count: int) -> None:
        """Remember how many."""
        self.skipped += count

    def on_retry(self, name: str, message: str, wait: float) -> None:
        """Remember a retry."""
        self.retries.append((name, message, wait))

    def on_model_stopped(self, name: str, message: str) -> None:
        """Remember who."""
        self.stopped[name] = message


def provider(url: str, **changes: Any) -> Provider:
    """A provider that sends seeds and asks one sample a request."""
    return replace(Provider("test", url, use_n=False), **changes)


def pool(members: Iterable[Member]) -> Pool:
    """A pool of these members."""
    return Pool(tuple(members), source="pool.yaml")


def plan(members: Iterable[Member], *, problems: int = 1, samples: int = 1) -> Plan:
    """Everything missing: `samples` of each member on each of `problems`."""
    asked = [Problem(f"p{i}", f"What is {i}?", reference_answer=str(i)) for i in range(problems)]
    indexes = tuple(range(samples))
    names = tuple(members)
    return Plan(
        tuple(
            Job(member, problem, Prompt(({"role": "user", "content": problem.problem},)), indexes)
            for problem in asked
            for member in names
        )
    )

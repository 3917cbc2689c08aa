"""A measurement in a process of its own, behind a pipe: both of its ends.

One JSON line in, `{"measure", "path", "threads"}`, one out, `Measured`. A worker lives on from
one question to the next, so that what starts once is not counted. Standard library only, because
workers run in different venvs.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

UNIT = 1 if sys.platform == "darwin" else 1024
"""What the operating system counts the largest resident size in."""


class Measured(NamedTuple):
    """One measurement: seconds, the samples it saw if it tells, resident bytes of its process.

    `before` is the size when the imports were done, `peak` the largest size after the measurement,
    the files that the process maps into its memory included.
    """

    seconds: float
    samples: int | None
    before: int
    peak: int


Measure = Callable[[str, int], tuple[float, int | None]]
"""Path and threads → seconds and samples."""


class Worker:
    """The asking end; used with `with`."""

    def __init__(self, python: Path, script: Path, threads: int) -> None:
        self.threads = threads
        sizes = {"RAYON_NUM_THREADS": str(threads), "POLARS_MAX_THREADS": str(threads)}
        self._process = subprocess.Popen(
            [python, script],
            env={**os.environ, **sizes},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, measure: str, path: Path) -> Measured:
        """One measurement; ends the program where the worker has died, which has said why."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        question = {"measure": measure, "path": str(path), "threads": self.threads}
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise SystemExit(f"{measure} on {path} came to no end: see above")
        return Measured(**json.loads(answer))


def serve(measures: dict[str, Measure]) -> None:
    """The answering end: measure what is asked for until the questions end."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        before = largest()
        seconds, samples = measures[asked["measure"]](asked["path"], asked["threads"])
        measured = Measured(seconds, samples, before, largest())
        answers.write(json.dumps(measured._asdict()) + "\n")
        answers.flush()


def largest() -> int:
    """The largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT

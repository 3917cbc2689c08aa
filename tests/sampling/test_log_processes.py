"""A log and more than one process: killed ones lose nothing, two never write at once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from sample_rows import append, make_row
from slm_mux.errors import LogError
from slm_mux.sampling.log import SampleLog

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILD = Path(__file__).with_name("log_child.py")


@contextmanager
def child(*args: object) -> Iterator[subprocess.Popen[str]]:
    """A child process, killed at the end if it still runs."""
    tests = os.fspath(CHILD.parent.parent)
    with subprocess.Popen(
        [sys.executable, CHILD, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": tests},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def killed_after(log: Path, start: int, rows: int) -> list[int]:
    """Run a child that appends, kill it after it reported `rows` rows; all rows it reported."""
    with child("append", log, start) as process:
        reported = [int(output(process).readline()) for _ in range(rows)]
        process.kill()
        # Lines already in the pipe; the last may be cut.
        rest = output(process).read().split("\n")[:-1]
    return reported + [int(line) for line in rest]


def test_no_reported_row_is_lost_to_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    rng = random.Random(7)
    reported: set[int] = set()
    for attempt in range(12):
        reported.update(killed_after(path, attempt * 1_000_000, rng.randrange(1, 40)))
        left = path.read_bytes()
        with SampleLog(path) as log:  # every line before the last parses, and the lock is free
            assert path.read_bytes() == left[: len(left) - log.torn_bytes]
            assert b"\n" not in left[len(left) - log.torn_bytes :]
            found = [row["sample_index"] for row in log.rows()]
        assert len(found) == len(set(found))
        assert reported <= set(found)


def test_second_run_is_told_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with child("hold", path) as process:
        assert output(process).readline() == "open\n"
        with pytest.raises(LogError, match=rf"in use by another run \(pid {process.pid}\)"):
            SampleLog(path)


def test_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with child("hold", path) as process:
        assert output(process).readline() == "open\n"
        process.kill()
        process.wait()
        with SampleLog(path) as log:
            append(log, [make_row()])


def test_of_processes_that_race_one_gets_the_log(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with child("hold", path) as one, child("hold", path) as two, child("hold", path) as three:
        said = sorted(output(process).readline() for process in (one, two, three))
    assert said == ["busy\n", "busy\n", "open\n"]


def test_one_process_cannot_open_a_log_twice(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with SampleLog(path) as log:
        with pytest.raises(LogError, match=f"pid {os.getpid()}"):
            SampleLog(path)
        append(log, [make_row()])
    SampleLog(path).close()

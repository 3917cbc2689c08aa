"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from faults.server import FaultServer

KEY_NAME = "SLM_MUX_TEST_KEY"
KEY = "sk-MARKER-0123456789abcdef"
MODELS = ("alpha/one", "beta/two")


def command(*arguments: object) -> list[str]:
    """The command line of `slm-mux` with these arguments."""
    return [sys.executable, "-m", "slm_mux", *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """The environment of a run: a key, and nothing that reaches a proxy."""
    return {**os.environ, KEY_NAME: KEY, "NO_PROXY": "127.0.0.1", **changes}


def slm_mux(
    *arguments: object,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; `before` is done in its process ahead of it."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=before,
    )


def endpoint(server: FaultServer) -> tuple[str, ...]:
    """The options that point a run at a server."""
    return ("--base-url", server.url, "--api-key-env", KEY_NAME)


def write_problems(folder: Path, count: int) -> Path:
    """A problems file in the published MATH layout, made up."""
    path = folder / "problems.json"
    path.write_text(
        json.dumps(
            [
                {"problem": f"What is {i} mod 3?", "answer": str(i % 3), "unique_id": f"p/{i}"}
                for i in range(count)
            ]
        )
    )
    return path


def read_log(path: Path) -> list[dict[str, Any]]:
    """The rows of a sample log; every line parses."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def identities(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Which samples rows are of, errors left out."""
    return sorted(
        (r["problem_id"], r["model"], r["sample_index"]) for r in rows if r["error"] is None
    )


def being_fed(
    *args: object, cwd: Path, data: bytes
) -> tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]:
    """Start a command that reads `data` from standard input: it, its input and its errors."""
    child = subprocess.Popen(
        command(*args), cwd=cwd, env=environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        pipesize=1 << 16,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stderr is not None
    for _ in range(8):  # more than pipe and buffers hold: it is being read
        child.stdin.write(data)
    child.stdin.flush()
    return child, child.stdin, child.stderr


def stopped_while_fed(
    cwd: Path, data: bytes, signals: Iterable[int], *, endless: bool
) -> tuple[int, bytes]:
    """Signal a scan of standard input, whose input ends or goes on: its exit code, what it says."""
    asked = ("rescore", "-", "-o", "out", "--keep-samples", "--quiet")
    child, given, said = being_fed(*asked, cwd=cwd, data=data)
    for number in signals:
        child.send_signal(number)
    with contextlib.suppress(BrokenPipeError):
        while endless:
            given.write(data)
    code = child.wait(timeout=10)
    told = b""
    with said, contextlib.suppress(BrokenPipeError), given:
        told = said.read()
    return code, told

"""Kill it at any moment, run it again: nothing is bought twice, nothing is lost."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from cli_helpers import (
    MODELS,
    command,
    endpoint,
    environment,
    identities,
    read_log,
    slm_mux,
    write_problems,
)
from faults.server import FaultServer

CONCURRENCY = 8
PROBLEMS, SAMPLES = 40, 3
TOTAL = PROBLEMS * SAMPLES * len(MODELS)


def arguments(server: FaultServer) -> list[object]:
    return [
        "run", "math", "--data_path", "problems.json", "--output", "out/r.json",
        "--models", *MODELS, "--extra_calls", SAMPLES, "--concurrency", CONCURRENCY,
        "--no-preflight", *endpoint(server),
    ]  # fmt: skip


def start(server: FaultServer, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*arguments(server)),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_requests(server: FaultServer, count: int, process: subprocess.Popen[str]) -> None:
    """Until the server has seen so many requests, or the run has ended."""
    while len(server.requests) < count and process.poll() is None:
        server.arrived.wait(0.05)
        server.arrived.clear()


def test_killed_at_ten_moments_nothing_is_lost_and_nothing_bought_twice(tmp_path: Path) -> None:
    write_problems(tmp_path, PROBLEMS)
    random = Random(11)
    log = tmp_path / "out/r.samples.jsonl"
    with FaultServer(latency=0.01, choices="reject") as server:
        kept: list[tuple[str, str, int]] = []
        for _ in range(10):
            seen = len(server.requests)
            with start(server, tmp_path) as process:
                wait_for_requests(server, seen + random.randrange(1, 25), process)
                process.kill()
            found = identities(read_log_whole(log))
            assert set(kept) <= set(found)
            kept = found
        done = slm_mux(*arguments(server), cwd=tmp_path)
        bought = server.stats()["samples"]
    assert done.returncode == 0, done.stderr
    rows = read_log(log)
    assert len(identities(rows)) == len(set(identities(rows))) == TOTAL
    # Each kill can cost what was in flight, never more.
    assert bought - TOTAL <= 10 * CONCURRENCY


def read_log_whole(path: Path) -> list[dict[str, object]]:
    """The whole lines of a log whose writer may have been killed in the middle of one."""
    if not path.exists():
        return []
    text = path.read_text()
    path_lines = text[: text.rfind("\n") + 1]
    path.with_suffix(".copy").write_text(path_lines)
    return read_log(path.with_suffix(".copy"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_saves_and_says_how_to_go_on(tmp_path: Path, number: int) -> None:
    write_problems(tmp_path, PROBLEMS)
    with FaultServer(latency=0.02, choices="reject") as server:
        with start(server, tmp_path) as process:
            wait_for_requests(server, 30, process)
            process.send_signal(number)
            _, stderr = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "to go on: slm-mux run math --data_path problems.json" in stderr
        assert "Traceback" not in stderr
        rows = read_log(tmp_path / "out/r.samples.jsonl")
        # All that was in flight has been saved: what was served is what is in the log.
        assert len(rows) == server.stats()["samples"]
        done = slm_mux(*arguments(server), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert server.stats()["samples"] == TOTAL


def test_two_runs_on_one_log_exclude_each_other(tmp_path: Path) -> None:
    write_problems(tmp_path, PROBLEMS)
    with FaultServer(latency=0.05) as server, start(server, tmp_path) as first:
        wait_for_requests(server, 1, first)
        second = slm_mux(*arguments(server), cwd=tmp_path)
        first.kill()
    assert second.returncode == 2
    assert "r.samples.jsonl" in second.stderr
    assert "in use" in second.stderr


def test_failed_calls_are_asked_again_by_the_next_run(tmp_path: Path) -> None:
    write_problems(tmp_path, 2)
    (tmp_path / "pool.yaml").write_text("")
    with FaultServer() as server:
        log = tmp_path / "out/r.samples.jsonl"
        slm_mux(*arguments(server), cwd=tmp_path)
        rows = read_log(log)
        failure = {"kind": "timeout", "status": None, "message": "gone"}
        failed = {**rows[0], "response": None, "usage": None, "error": failure}
        log.write_text("".join(map(line, [failed, *rows[1:]])))
        done = slm_mux(*arguments(server), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    counts = Counter(identities(read_log(log)))
    assert len(counts) == 2 * SAMPLES * len(MODELS)
    assert set(counts.values()) == {1}


def line(row: dict[str, object]) -> str:
    import json  # noqa: PLC0415

    return json.dumps(row) + "\n"

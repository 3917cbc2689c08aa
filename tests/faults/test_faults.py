"""A run against a server that fails on purpose."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from faults.replies import FAULTS, ODD, TRANSIENT
from faults.server import FaultServer
from sampling.helpers import QUICK, FileLog, Watcher, plan, pool, provider
from slm_mux.sampling.engine import Engine, sample
from slm_mux.types import Member

MARKER = "sk-MARKER-0123456789abcdef"
MIXED = tuple(fault for fault in TRANSIENT if fault != "hang")


def test_2000_samples_complete_though_three_in_ten_requests_fail(tmp_path: Path) -> None:
    with FaultServer(rate=0.3, seed=7, mix=(*MIXED, *ODD), retry_after=0.001) as server:
        members = [Member(f"m{i}", f"model-{i}", provider(server.url)) for i in range(2)]
        asked = plan(members, problems=250, samples=4)
        log = FileLog(tmp_path / "log.jsonl")
        settings = replace(QUICK, concurrency=64, attempts=30)
        report = asyncio.run(sample(asked, pool(members), settings, log))
        log.close()
        rows = list(log.rows())
        found = Counter((r["problem_id"], r["model"], r["sample_index"]) for r in rows)
        assert (report.samples, report.failed, len(rows)) == (2000, 0, 2000)
        assert set(found.values()) == {1}
        assert all(row["error"] is None for row in rows)
        assert server.stats()["samples"] == 2000
        assert all(server.faults[fault] for fault in MIXED)


def test_a_hanging_request_is_given_up_and_made_again(tmp_path: Path) -> None:
    with FaultServer(script=["hang"]) as server:
        members = [Member("m", "model", provider(server.url))]
        log, watcher = FileLog(tmp_path / "log.jsonl"), Watcher()
        settings = replace(QUICK, request_seconds=0.2)
        report = asyncio.run(sample(plan(members), pool(members), settings, log, watcher))
        log.close()
        assert (report.samples, report.retried) == (1, 1)
        assert watcher.retries[0][1].startswith("timeout")


@pytest.mark.parametrize("fault", [f for f in FAULTS if f != "hang"])
def test_the_key_is_nowhere(
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FAULT_KEY", MARKER)
    caplog.set_level(logging.DEBUG)
    with FaultServer(rate=1.0, mix=[fault], key=MARKER) as server:
        members = [Member("m", "model", provider(server.url, api_key_env="FAULT_KEY"))]
        log, watcher = FileLog(tmp_path / "log.jsonl"), Watcher()
        engine = Engine(pool(members), replace(QUICK, attempts=2), log, watcher)
        report = asyncio.run(engine.run(plan(members)))
        log.close()
        assert all(h["Authorization"] == f"Bearer {MARKER}" for h in server.headers)
    shown = [repr(v) for v in (report, watcher.rows, watcher.retries, watcher.stopped, engine)]
    shown += [repr(value) for value in vars(engine).values()]
    shown += [log.path.read_text(), caplog.text, *capfd.readouterr()]
    assert not [text for text in shown if MARKER in text]


def test_a_server_that_echoes_the_key_does_not_get_it_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAULT_KEY", MARKER)
    with FaultServer(key="another", answers={"What": f"Bearer {MARKER}"}) as server:
        members = [Member("m", "model", provider(server.url, api_key_env="FAULT_KEY"))]
        log = FileLog(tmp_path / "log.jsonl")
        report = asyncio.run(sample(plan(members), pool(members), QUICK, log))
        server.key = None
        asyncio.run(sample(plan(members), pool(members), QUICK, log))
        log.close()
    assert report.stopped_models == {"m": "401: Incorrect API key provided: Bearer [key]"}
    assert [row["response"] for row in log.rows()] == ["Bearer [key]"]


def test_the_faults_are_the_same_for_the_same_seed() -> None:
    def faults(seed: int) -> list[str]:
        server = FaultServer(seed=seed, rate=0.5)
        return [server._fault({"messages": [], "seed": i}) for i in range(50)]

    assert faults(1) == faults(1) != faults(2)


def test_the_server_runs_on_its_own_and_tells_what_it_served(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "faults.server", "--script", "500", "--log", str(log)]
    where = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=where, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        members = [Member("m", "model", provider(url))]
        rows = FileLog(tmp_path / "log.jsonl")
        asyncio.run(sample(plan(members), pool(members), QUICK, rows))
        rows.close()
        with urlopen(url.removesuffix("/v1") + "/stats") as reply:
            stats = json.load(reply)
        process.kill()
    assert (stats["requests"], stats["served"]) == (2, {"model": {"What is 0?": 1}})
    assert [json.loads(line)["fault"] for line in log.read_text().splitlines()] == ["500", ""]

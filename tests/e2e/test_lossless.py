"""`--stop lossless` as a user runs it: the same answers from fewer samples."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from cli_helpers import MODELS, endpoint, read_log, slm_mux, write_problems
from faults.server import FaultServer
from slm_mux import ask
from slm_mux.pool.models import pool_from_models

LOG = "results/a.samples.jsonl"


def run(server: FaultServer, folder: Path, *more: object) -> CompletedProcess[str]:
    problems = folder / "problems.json"
    if not problems.exists():
        write_problems(folder, 12)
    return slm_mux(
        "run", "math", "--data_path", problems, "--output", "results/a.json", "--models", *MODELS,
        "--samples", 5, *endpoint(server), *more, cwd=folder,
    )  # fmt: skip


def results(folder: Path, name: str = "results/a.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text())
    return found


def decided(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(e["problem_id"], e["selected_model"], e["final_answer"]) for e in data["results"]]


@pytest.mark.parametrize("more", [[], ["--latency", "low"], ["--selector", "majority"]])
def test_the_answers_are_those_of_all_samples(tmp_path: Path, more: list[str]) -> None:
    policies = [one for one in more if one not in {"--latency", "low"}]
    for name, stop in (
        ("all", ["--stop", "none", *policies]),
        ("few", ["--stop", "lossless", *more]),
    ):
        (tmp_path / name).mkdir()
        with FaultServer(choices="reject") as server:
            done = run(server, tmp_path / name, *stop)
        assert done.returncode == 0, done.stderr
    assert decided(results(tmp_path / "few")) == decided(results(tmp_path / "all"))
    rows = read_log(tmp_path / "few" / LOG)
    assert len(rows) < 120
    assert f"{len(rows)} of 120 samples asked" in done.stderr
    assert "tokens less" in done.stderr
    data = results(tmp_path / "few")
    assert data["settings"]["stop"] == "lossless"
    assert data["short"] == []
    assert data["oracle"] is None
    assert data["models"][0]["self_consistency"] is None
    assert data["accuracy"] == results(tmp_path / "all")["accuracy"]


def test_the_log_supports_its_own_decisions_alone(tmp_path: Path) -> None:
    with FaultServer(choices="reject") as server:
        run(server, tmp_path, "--stop", "lossless")
    again = slm_mux("rescore", LOG, "--output", "again.json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert results(tmp_path, "again.json") == results(tmp_path)
    for bulk in ([], ["--output", "folder"]):
        for other in (["--selector", "majority"], ["--abstain", "drop"], ["--tie", "order"]):
            done = slm_mux("rescore", LOG, *other, *bulk, cwd=tmp_path)
            assert done.returncode == 2
            assert "--stop lossless for abstain=count tie=accuracy selector=mux" in done.stderr
    assert slm_mux("rescore", LOG, "--output", "folder", cwd=tmp_path).returncode == 0
    [task] = json.loads((tmp_path / "folder/summary.json").read_text())["tasks"]
    assert task["settings"]["stop"] == "lossless"
    for study in (["scale", LOG], ["search", LOG, "--k", "2"], ["calibrate", LOG, "-o", "c.json"]):
        done = slm_mux(*study, cwd=tmp_path)
        assert (done.returncode, "--stop lossless" in done.stderr) == (2, True)


def test_a_settled_log_asks_nothing_more(tmp_path: Path) -> None:
    with FaultServer(choices="reject") as server:
        run(server, tmp_path, "--stop", "lossless")
        first, asked = results(tmp_path), len(server.requests)
        done = run(server, tmp_path, "--stop", "lossless", "--no-preflight")
        assert (done.returncode, len(server.requests)) == (0, asked)
        assert results(tmp_path) == first
        run(server, tmp_path)
    rows = read_log(tmp_path / LOG)
    assert len(rows) == 120
    assert results(tmp_path)["models"][0]["self_consistency"] is not None
    assert results(tmp_path)["settings"]["stop"] == "none"
    slm_mux("rescore", LOG, "--output", "folder", cwd=tmp_path)
    [task] = json.loads((tmp_path / "folder/summary.json").read_text())["tasks"]
    assert task["settings"]["stop"] == "none"
    assert slm_mux("scale", LOG, cwd=tmp_path).returncode == 0


def test_a_log_that_was_cut_off_is_short_where_samples_matter(tmp_path: Path) -> None:
    with FaultServer(choices="reject") as server:
        limit = ("--max-tokens-total", 900, "--concurrency", 2)
        cut = run(server, tmp_path, "--stop", "lossless", *limit)
        assert cut.returncode == 1
        assert "% saved" not in cut.stderr
        cut_off = results(tmp_path)["short"]
        done = run(server, tmp_path, "--stop", "lossless")
    assert done.returncode == 0, done.stderr
    assert "samples that could change a decision are missing" in cut.stdout
    assert cut_off
    assert results(tmp_path)["short"] == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--stop", "lossless", "--selector", "switch"], "cannot stop early"),
        (["--stop", "lossless", "--selector", "weighted"], "validation accuracy"),
        (["--latency", "low"], "--latency is about --stop lossless"),
        (["--stop", "early"], "--stop"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_asked(
    tmp_path: Path, more: list[str], told: str
) -> None:
    with FaultServer() as server:
        done = run(server, tmp_path, *more)
        assert (done.returncode, server.requests) == (2, [])
    assert told in done.stderr


def test_collect_stops_for_each_model_alone(tmp_path: Path) -> None:
    write_problems(tmp_path, 12)
    with FaultServer(answers={"?": r"\boxed{1}"}, choices="reject") as server:
        done = slm_mux(
            "collect", "math", "--data_path", "problems.json", "--output-dir", "logs", "--models",
            *MODELS, "--samples", 5, "--stop", "lossless", *endpoint(server), cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    logs = sorted((tmp_path / "logs").glob("*.jsonl"))
    counts = [len(read_log(log)) for log in logs if "problems" not in log.name]
    assert counts == [36, 36]  # 3 of 5 are a majority


def test_one_question_from_python() -> None:
    with FaultServer(answers={"?": r"\boxed{7}"}) as server:
        pool = pool_from_models(["a", "b"], base_url=server.url)
        decision = asyncio.run(ask("3 + 4 = ?", pool, samples=5, stop="lossless", latency="low"))
        asked = sum(request.get("n", 1) for request in server.requests)
    assert (decision.key, decision.model) == ("7", "a")
    assert asked == 5

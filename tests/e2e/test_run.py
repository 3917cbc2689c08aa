"""The main job as a user runs it, against a server that fails on purpose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

from cli_helpers import KEY, MODELS, endpoint, identities, read_log, slm_mux, write_problems
from faults.server import FaultServer

FAST_FAULTS = ("503", "reset_body", "garbage", "no_choices")


def run(
    server: FaultServer,
    folder: Path,
    *more: object,
    output: str = "results/math.json",
    models: Sequence[str] = MODELS,
    samples: int = 3,
) -> CompletedProcess[str]:
    """The command of the README, on twelve made-up problems."""
    problems = folder / "problems.json"
    if not problems.exists():
        write_problems(folder, 12)
    return slm_mux(
        "run", "math", "--data_path", problems, "--output", output, "--models", *models,
        "--extra_calls", samples, *endpoint(server), *more, cwd=folder,
    )  # fmt: skip


def test_the_results_file_has_the_published_layout(tmp_path: Path) -> None:
    with FaultServer() as server:
        done = run(server, tmp_path)
    assert done.returncode == 0, done.stderr
    data = json.loads((tmp_path / "results/math.json").read_text())
    assert {"schema_version", "task", "settings", "models", "token_usage", "cost"} <= data.keys()
    assert set(data["accuracy"]) == {
        "value", "low", "high", "n",
        "correct", "incorrect", "undecided", "no_answer", "truncated", "failed",
    }  # fmt: skip
    assert [e["problem_id"] for e in data["results"]] == [f"p/{i}" for i in range(12)]
    for entry in data["results"]:
        assert {"problem", "reference_answer", "final_answer", "selected_model"} <= entry.keys()
        assert entry["is_correct"] == (entry["final_answer"] == entry["reference_answer"])
        for model in entry["models"]:
            assert [call["round"] for call in model["calls"]] == [0, 1, 2]
            counts = model["vote_counts"]
            assert sum(counts.values()) == 3
            assert model["best_count"] == max(counts.values())
            assert model["confidence"] == model["best_count"] / 3


def test_tokens_in_the_results_are_those_of_the_log(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path)
    data = json.loads((tmp_path / "results/math.json").read_text())
    usages = [row["usage"] for row in read_log(tmp_path / "results/math.samples.jsonl")]
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert data["token_usage"][name] == sum(usage[name] for usage in usages)


def test_rescore_gives_the_same_results(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path)
    slm_mux("rescore", "results/math.samples.jsonl", "--output", "again.json", cwd=tmp_path)
    first = json.loads((tmp_path / "results/math.json").read_text())
    assert json.loads((tmp_path / "again.json").read_text()) == first


def test_every_sample_once_though_three_in_ten_requests_fail(tmp_path: Path) -> None:
    with FaultServer(rate=0.3, seed=5, mix=FAST_FAULTS) as server:
        done = run(server, tmp_path)
    assert done.returncode == 0, done.stderr
    rows = read_log(tmp_path / "results/math.samples.jsonl")
    wanted = [(f"p/{i}", m, k) for i in range(12) for m in MODELS for k in range(3)]
    assert identities(rows) == sorted(wanted)


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path)
        asked = server.stats()["requests"]
        done = run(server, tmp_path)
        assert server.stats()["requests"] == asked
    assert "72 of 72 samples are in results/math.samples.jsonl already" in done.stderr


def test_more_samples_are_topped_up(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path, samples=2)
        before = read_log(tmp_path / "results/math.samples.jsonl")
        run(server, tmp_path)
    rows = read_log(tmp_path / "results/math.samples.jsonl")
    assert rows[: len(before)] == before
    assert len(identities(rows)) == 72


def test_a_refused_model_does_not_stop_the_other(tmp_path: Path) -> None:
    with FaultServer(models=[MODELS[0]]) as server:
        done = run(server, tmp_path)
    assert done.returncode == 1
    assert f"{MODELS[1]} was stopped: 404: The model `{MODELS[1]}` does not exist" in done.stderr
    rows = read_log(tmp_path / "results/math.samples.jsonl")
    assert {row["model"] for row in rows} == {MODELS[0]}
    assert len(rows) == 36


def test_a_wrong_key_is_told_before_anything_is_spent(tmp_path: Path) -> None:
    with FaultServer(key="another") as server:
        done = run(server, tmp_path)
        assert server.stats()["samples"] == 0
    assert done.returncode == 2
    assert "401: Incorrect API key provided" in done.stderr
    assert not (tmp_path / "results/math.json").exists()


def test_a_missing_key_names_its_variable(tmp_path: Path) -> None:
    with FaultServer() as server:
        problems = write_problems(tmp_path, 1)
        done = slm_mux(
            "run", "math", "--data_path", problems, "--output", "r.json", "--models", "m",
            "--base-url", server.url, "--api-key-env", "NOT_SET_ANYWHERE", cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 2
    assert "NOT_SET_ANYWHERE" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_key_is_in_no_file_and_no_output(tmp_path: Path) -> None:
    with FaultServer(key=KEY, rate=0.3, seed=2, mix=("503", "garbage")) as server:
        done = run(server, tmp_path)
        refused = run(server, tmp_path, models=["other"], output="other.json")
    written = [p.read_text() for p in tmp_path.rglob("*") if p.is_file()]
    shown = [done.stdout, done.stderr, refused.stdout, refused.stderr]
    assert not [text for text in (*written, *shown) if KEY in text]


def test_the_early_exit_asks_less_and_says_so(tmp_path: Path) -> None:
    with FaultServer(answers={"mod 3": r"\boxed{1}"}) as server:
        done = run(server, tmp_path, "--no-sc_after_unanimous")
        rows = read_log(tmp_path / "results/math.samples.jsonl")
    assert len(rows) == 24
    assert "24 of 72 samples asked, 67 % saved" in done.stderr
    data = json.loads((tmp_path / "results/math.json").read_text())
    assert data["settings"]["stop"] == "unanimous"
    assert [m["self_consistency"] for m in data["models"]] == [None, None]
    assert data["oracle"] is None


def test_a_limit_on_tokens_stops_cleanly(tmp_path: Path) -> None:
    with FaultServer() as server:
        done = run(server, tmp_path, "--max-tokens-total", 200, "--concurrency", 1)
    assert done.returncode == 1
    assert "stopped by the limit on tokens" in done.stderr
    rows = read_log(tmp_path / "results/math.samples.jsonl")
    assert 0 < len(rows) < 72


def test_a_dry_run_asks_nothing_and_writes_nothing(tmp_path: Path) -> None:
    with FaultServer() as server:
        done = run(server, tmp_path, "--dry-run")
        assert server.stats()["requests"] == 0
    assert done.returncode == 0
    assert "What is 0 mod 3?" in done.stdout
    assert "72 calls to make" in done.stdout
    assert not (tmp_path / "results").exists()


def test_machines_get_json(tmp_path: Path) -> None:
    with FaultServer() as server:
        done = run(server, tmp_path, "--json")
    figures = json.loads(done.stdout)
    assert figures["accuracy"]["n"] == 12
    assert "results" not in figures


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    with FaultServer() as server:
        done = run(server, tmp_path, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_prices_from_the_pool_file_make_a_cost(tmp_path: Path) -> None:
    with FaultServer() as server:
        (tmp_path / "pool.yaml").write_text(
            f"""
providers:
  here: {{base_url: "{server.url}"}}
models:
  - {{name: one, model: m, provider: here, price: {{prompt: 1.0, completion: 2.0}}}}
"""
        )
        write_problems(tmp_path, 2)
        done = slm_mux(
            "run", "math", "--data_path", "problems.json", "--pool", "pool.yaml",
            "--output", "r.json", cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    data = json.loads((tmp_path / "r.json").read_text())
    usage = data["token_usage"]
    expected = (usage["prompt_tokens"] + 2 * usage["completion_tokens"]) / 1e6
    assert abs(data["cost"] - expected) < 1e-12


def test_collect_gives_the_baselines_of_one_model(tmp_path: Path) -> None:
    write_problems(tmp_path, 6)
    with FaultServer() as server:
        done = slm_mux(
            "collect", "math", "--dataset", "problems.json", "--model", "mistralai/M-7B",
            "--output", "collected/mistral.jsonl", "--num_llm_sub_iterations", 3,
            *endpoint(server), "--json", cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (model,) = json.loads(done.stdout)["models"]
    assert model["single_sample"]["n"] == 6
    assert model["self_consistency"]["n"] == 6
    assert len(read_log(tmp_path / "collected/mistral.jsonl")) == 18


def test_show_explains_a_decision(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path)
    done = slm_mux("show", "results/math.samples.jsonl", "--problem", "p/4", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "What is 4 mod 3?" in done.stdout
    assert "votes:" in done.stdout
    assert "selected:" in done.stdout


def test_rescore_counts_what_it_cannot_read(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path)
    log = tmp_path / "results/math.samples.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join([*lines, "{not json}\n", lines[0], '{"model": "m"}\n']))
    done = slm_mux("rescore", log, "--output", "again.json", cwd=tmp_path)
    assert done.returncode == 1
    assert f"{log}:73: not valid JSON" in done.stderr
    assert "2 rows could not be used and are not counted (2.67%)" in done.stderr
    assert "1 row repeats another" in done.stderr
    first = json.loads((tmp_path / "results/math.json").read_text())
    assert json.loads((tmp_path / "again.json").read_text()) == first


def test_every_command_speaks_json(tmp_path: Path) -> None:
    with FaultServer() as server:
        run(server, tmp_path, "--quiet")
    log = "results/math.samples.jsonl"
    shown = slm_mux("show", log, "--problem", "p/4", "--json", cwd=tmp_path)
    assert json.loads(shown.stdout)["problem_id"] == "p/4"
    rescored = slm_mux("rescore", log, "--json", cwd=tmp_path)
    assert json.loads(rescored.stdout)["accuracy"]["n"] == 12
    pulled = slm_mux("pull", "smollm2", "--json", cwd=tmp_path)
    assert json.loads(pulled.stdout)["bytes"] == 98_362_432


def test_an_early_exit_that_was_completed_is_none(tmp_path: Path) -> None:
    with FaultServer(answers={"mod 3": r"\boxed{1}"}) as server:
        run(server, tmp_path, "--stop", "unanimous")
        early = slm_mux("rescore", "results/math.samples.jsonl", "--json", cwd=tmp_path)
        run(server, tmp_path)
    slm_mux("rescore", "results/math.samples.jsonl", "--output", "again.json", cwd=tmp_path)
    first = json.loads((tmp_path / "results/math.json").read_text())
    assert json.loads((tmp_path / "again.json").read_text()) == first
    assert first["models"][0]["self_consistency"] is not None
    assert json.loads(early.stdout)["settings"]["samples"] == 1

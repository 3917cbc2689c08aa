"""`slm-mux verify` as a user runs it: files in, verdicts out, a judge on loopback."""

from __future__ import annotations

import io
import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli_helpers import KEY, KEY_NAME, command, endpoint, environment, slm_mux
from judging.judge_server import JudgeServer
from results_files import TOWER, entry, ours, published, record, write
from slm_mux.cli.verify_table import print_verification

OPEN = [TOWER + number for number in "1234"]
"""Answers that nothing but a judge can tell from the reference."""


def results(folder: Path, *answers: str, reference: str = TOWER + "9") -> Path:
    entries = [entry(answer, reference, problem_id=f"p{n}") for n, answer in enumerate(answers)]
    return write(folder / "results.json", ours(*entries))


def verify(
    folder: Path, *more: object, server: JudgeServer | None = None
) -> subprocess.CompletedProcess[str]:
    judge = ("--judge", "judge/one", *endpoint(server)) if server else ()
    return slm_mux(
        "verify", "--results", "results.json", "--output", "verified.json",
        "--judge-cache", "judge.sqlite3", "--timeout", 0.05, *judge, *more, cwd=folder,
    )  # fmt: skip


def written(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "verified.json").read_text())
    return data


def test_without_a_judge_nothing_is_asked(tmp_path: Path) -> None:
    write(tmp_path / "results.json", ours(entry("0.5", "1/2"), entry("3", "4"), entry("5", "5")))
    done = verify(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    data = written(tmp_path)
    assert [e["verification"]["stage"] for e in data["results"]] == ["key", "key", "string"]
    assert [e["is_correct"] for e in data["results"]] == [True, False, True]
    assert data["verification"]["stages"] == ["string", "key", "lenient", "sympy"]
    assert "t: 3 problems" in done.stdout
    assert "33.3 % [6.1, 79.2]" in done.stdout
    assert "results: verified.json" in done.stdout
    assert not (tmp_path / "judge.sqlite3").exists()


def test_the_judge_settles_the_rest_and_is_paid_once(tmp_path: Path) -> None:
    results(tmp_path, OPEN[0], OPEN[1], OPEN[1], OPEN[2])
    says = {"1": "**Yes**", "2": " no\n", "3": "Perhaps."}
    with JudgeServer(key=KEY, says=lambda _, c: says[c[-1]]) as server:
        done = verify(tmp_path, "--judge-price", "1", "2", "--json", server=server)
        again = verify(tmp_path, "--json", server=server)
        assert len(server.requests) == 3
    assert (done.returncode, again.returncode) == (0, 0), done.stderr
    entries = [e["verification"] for e in written(tmp_path)["results"]]
    assert [(e["verdict"], e["stage"], e["limit"]) for e in entries] == [
        ("correct", "judge", None),
        ("incorrect", "judge", None),
        ("incorrect", "judge", None),
        ("undecided", None, "judge_unclear"),
    ]
    first, second = json.loads(done.stdout), json.loads(again.stdout)
    assert [s["correct"] for s in first["accuracy"]] == [0, 0, 0, 0, 1]
    assert (first["judge"]["asked"], first["judge"]["cached"]) == (3, 0)
    usage = first["judge"]["token_usage"]
    assert usage["total_tokens"] > 60
    cost = (usage["prompt_tokens"] + 2 * usage["completion_tokens"]) / 1e6
    assert first["judge"]["cost"] == pytest.approx(cost)
    assert (second["judge"]["asked"], second["judge"]["cached"]) == (0, 3)
    assert second["judge"]["token_usage"]["total_tokens"] == 0
    assert second["accuracy"] == first["accuracy"]


def test_the_key_is_in_no_file(tmp_path: Path) -> None:
    results(tmp_path, OPEN[0])
    with JudgeServer(key=KEY, says=lambda *_: KEY) as server:
        done = verify(tmp_path, server=server)
        wrong = verify(tmp_path, "--judge-all", server=server)
    assert done.returncode == wrong.returncode == 0
    assert KEY not in done.stdout + done.stderr
    assert all(KEY.encode() not in p.read_bytes() for p in tmp_path.iterdir())


def test_judge_all_asks_about_wrong_answers_too(tmp_path: Path) -> None:
    results(tmp_path, "3", reference="4")
    with JudgeServer(says=lambda *_: "Yes") as server:
        verify(tmp_path, server=server)
        assert server.requests == []
        done = verify(tmp_path, "--judge-all", server=server)
    assert done.returncode == 0, done.stderr
    data = written(tmp_path)
    assert [s["correct"] for s in data["verification"]["accuracy"]] == [0, 0, 0, 0, 1]
    assert data["results"][0]["verification"]["stage"] == "judge"


def test_the_published_layout_and_flags(tmp_path: Path) -> None:
    records = [record("a", "1,234", ["1,234"]), record("b", "9", ["9"])]
    about = {"question": "?", "reference_answer": "1234", "selected_model": "a"}
    data = published(about | {"final_answer": "1,234", "model_records": records})
    write(tmp_path / "in.json", data)
    done = slm_mux("verify", "-i", "in.json", "-o", "out.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    out = json.loads((tmp_path / "out.json").read_text())
    assert out["strategy"] == "mux"
    assert (out["accuracy"], out["verification"]["accuracy_before"]) == (1.0, 0.5)
    assert [out["verification"]["models"][m][-1]["correct"] for m in ("a", "b")] == [1, 0]
    assert "model" in done.stdout


def test_calls_that_fail_are_listed_and_asked_again(tmp_path: Path) -> None:
    results(tmp_path, *OPEN)
    with JudgeServer(script=["", "", "403"], says=lambda *_: "Yes") as server:
        short = verify(tmp_path, "--concurrency", 1, server=server)
        bought = len(server.requests)
        done = verify(tmp_path, server=server)
        assert len(server.requests) == bought + 2
    assert short.returncode == 1
    assert "the judge was stopped: 403" in short.stderr
    assert "2 questions failed" in short.stderr
    assert done.returncode == 0
    assert written(tmp_path)["verification"]["accuracy"][-1]["correct"] == 4


def test_interrupted_it_keeps_what_it_paid_for(tmp_path: Path) -> None:
    results(tmp_path, *(f"{TOWER}{n + 10}" for n in range(40)))
    arguments = (
        "verify", "--results", "results.json", "--output", "verified.json", "--judge-cache",
        "judge.sqlite3", "--judge", "judge/one", "--no-sympy", "--concurrency", 2,
    )  # fmt: skip
    with JudgeServer(latency=0.02, says=lambda *_: "Yes") as server:
        process = subprocess.Popen(
            command(*arguments, *endpoint(server)),
            cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while len(server.requests) < 6 and process.poll() is None:
            server.arrived.wait(0.05)
            server.arrived.clear()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        seen = len(server.requests)
        assert process.returncode == 130
        assert "to go on: slm-mux verify" in told
        assert not (tmp_path / "verified.json").exists()
        done = verify(tmp_path, "--no-sympy", server=server)
        assert done.returncode == 0, done.stderr
        assert len(server.requests) == 40
    assert seen < 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--results", "none.json"], "none.json: cannot be read"),
        (["--results", "torn.json"], "torn.json: not valid JSON (line 1"),
        (["--results", "list.json"], "list.json: no list of `results`"),
        (["--results", "results.json", "--judge", "m", "--judge-provider", "nobody"], "'nobody'"),
        (["--results", "results.json", "--judge", "m", "--judge-provider", "openai"],
         "OPENAI_API_KEY"),
        (["--results", "results.json", "--judge", "m", "--base-url", "ftp://x"], "--base-url"),
        (["--results", "results.json", "--judge", "m", "--base-url", "http://127.0.0.1:1/v1",
          "--judge-cache", "torn.json"], "torn.json: no cache of judge replies"),
        (["--results", "results.json", "--judge", "m", "--base-url", "http://127.0.0.1:1/v1",
          "--judge-price", "1", "-2"], "--judge-price"),
        (["--results", "results.json", "--timeout", "0"], "time limit"),
        (["--results", "results.json", "--memory", "10"], "memory limit"),
        (["--results", "results.json", "--kind", "poem"], "poem"),
        ([], "results"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    results(tmp_path, OPEN[0])
    (tmp_path / "torn.json").write_text('{"results": ')
    (tmp_path / "list.json").write_text('{"rows": []}')
    done = slm_mux("verify", *arguments, cwd=tmp_path, env={"OPENAI_API_KEY": ""})
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith("slm-mux: ")
    assert done.stderr.count("\n") == 1


def test_a_judge_that_refuses_is_one_clear_line(tmp_path: Path) -> None:
    results(tmp_path, OPEN[0])
    with JudgeServer(models=["another"]) as server:
        done = verify(tmp_path, "--quiet", server=server)
    assert done.returncode == 2
    assert "the judge cannot be asked: 404" in done.stderr.splitlines()[-1]


def test_the_key_name_is_told_and_its_value_is_not(tmp_path: Path) -> None:
    results(tmp_path, OPEN[0])
    with JudgeServer(key="another") as server:
        done = verify(tmp_path, server=server)
    assert done.returncode == 2
    assert KEY not in done.stderr
    assert KEY_NAME not in done.stdout


def test_the_table_holds_at_any_width_and_texts_are_no_markup() -> None:
    step = {"value": 0.5, "low": 0.2, "high": 0.8, "n": 4, "correct": 2, "incorrect": 1}
    step |= {"undecided": 1, "no_answer": 0, "truncated": 0, "failed": 0}
    stages = ["string", "key", "lenient", "sympy", "judge"]
    steps = [{"stage": stage, **step} for stage in stages]
    summary: dict[str, Any] = {
        "kind": "math", "stages": stages, "accuracy": steps, "decided_by": {"key": 3},
        "models": {"[red]a": steps, "b": steps}, "limits": {"sympy_time": 1, "other": 2},
        "judge": {"model": "[m]", "asked": 1, "cached": 2, "failed": 0, "cost": 0.25,
                  "token_usage": {"total_tokens": 1234}},
    }  # fmt: skip
    for width in (60, 200):
        shown = io.StringIO()
        print_verification(summary, "[t]", Console(file=shown, width=width))
        text = shown.getvalue()
        assert "[red]a" in text
        assert "[t]: 4 problems" in text
        assert "out of time 1, other 2" in text
        assert "judge [m]: 1 asked, 2 from the cache, 0 failed; 1,234 tokens, $0.2500" in text

"""The command line itself: help, names of options, and one clear line for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli_helpers import slm_mux, write_problems
from slm_mux.cli import main

HEAVY = ("httpx", "aiohttp", "pydantic", "sympy", "yaml", "pyarrow", "xllamacpp", "tenacity")
COMMANDS = (
    "run", "collect", "rescore", "calibrate", "verify", "compare", "convert", "show", "pull",
    "demo",
)  # fmt: skip


def exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(name, "--help") == 0
    assert f"slm-mux {name}" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, slm_mux.cli\n"
        "try: slm_mux.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert not {m.partition(".")[0] for m in done.stderr.split()} & set(HEAVY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "math", "--output", "r.json", "--models", "m"], "--data-path"),
        (
            ["run", "math", "--data_path", "no.json", "--output", "r.json", "--models", "m"],
            "no.json",
        ),
        (["run", "nothing", "--output", "r.json", "--models", "m"], "nothing is no task"),
        (["run", "problems.json", "--output", "r.json", "--models", "m"], "--kind"),
        (["run", "math", "--data_path", "problems.json", "--output", "r.json"], "--models A B"),
        (
            ["run", "math", "--data_path", "problems.json", "--output", "r", "--models", "m",
             "--extra_calls", "0"],
            "must be at least 1",
        ),
        (
            ["run", "math", "--data_path", "problems.json", "--output", "r.json", "--models", "m",
             "--accuracy", "x=2"],
            "between 0 and 1",
        ),
        (
            ["run", "math", "--data_path", "problems.json", "--output", "r.json", "--models", "m",
             "--selector", "best"],
            "best",
        ),
        (["rescore"], "which samples to score"),
        (["rescore", "none.jsonl"], "none.jsonl"),
        (["convert"], "SOURCE"),
        (["convert", "problems.json"], "--output"),
        (["convert", "none.jsonl", "--output", "x.jsonl"], "none.jsonl"),
        (["convert", "problems.json", "--output", "x.jsonl"], "looked for: sample log"),
        (["show", "none.jsonl", "--problem", "p"], "none.jsonl"),
        (["pull", "gpt-5"], "gpt-5"),
        (["collect", "math", "--data_path", "problems.json", "--models", "m"], "--output"),
        (["dance"], "dance"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    write_problems(tmp_path, 2)
    done = slm_mux(*arguments, cwd=tmp_path, env={"TOGETHER_API_KEY": "none-of-it"})
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith("slm-mux: ")
    assert done.stderr.count("\n") == 1


def test_a_bad_row_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        '{"question": "How many?", "answer": "#### 3"}\n'
        '{"question": "And now?", "answer": "some"}\n'
    )
    done = slm_mux(
        "run", "gsm8k", "--data_path", "p.jsonl", "--output", "r.json", "--models", "m",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert "p.jsonl" in done.stderr
    assert "2" in done.stderr


def test_validation_on_the_scored_problems_is_refused(tmp_path: Path) -> None:
    row = {
        "task": "math", "kind": "math", "problem_id": "p/0", "model": "m", "sample_index": 0,
        "response": r"\boxed{0}", "reference_answer": "0", "error": None,
    }  # fmt: skip
    (tmp_path / "log.jsonl").write_text(json.dumps(row) + "\n")
    arguments = ["rescore", "log.jsonl", "--validation", "log.jsonl"]
    done = slm_mux(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "1 of the scored problems" in done.stderr
    allowed = slm_mux(*arguments, "--allow-validation-overlap", cwd=tmp_path)
    assert allowed.returncode == 0, allowed.stderr

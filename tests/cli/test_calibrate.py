"""`calibrate`, and selecting by what it wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli_helpers import slm_mux, write_problems
from sample_rows import make_row, write_log
from slm_mux.errors import InputError
from slm_mux.study.calibration_file import read

if TYPE_CHECKING:
    from pathlib import Path

WORDS = {"m1": "7 7 7", "m2": "8 8 7"}


def log(folder: Path, name: str, problems: range, reference: str | None = "7") -> Path:
    """A log of two members with three samples a problem."""
    rows = [
        make_row(
            i, problem_id=f"p{n}", model=member, response=rf"\boxed{{{key}}}",
            reference_answer=reference, pool_index=at,
        )
        for n in problems
        for at, (member, words) in enumerate(WORDS.items())
        for i, key in enumerate(words.split())
    ]  # fmt: skip
    return write_log(folder / name, rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Validation problems, their calibration, and other problems."""
    log(tmp_path, "validation.jsonl", range(20))
    log(tmp_path, "test.jsonl", range(20, 30))
    done = slm_mux("calibrate", "validation.jsonl", "--output", "c.json", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return tmp_path


def rescored(folder: Path, output: str, *more: str, samples: str = "test.jsonl") -> Any:
    return slm_mux(
        "rescore", samples, "--output", output, "--selector", "calibrated", "--json", *more,
        cwd=folder,
    )  # fmt: skip


def test_both_ways_of_scoring_select_by_it(folder: Path) -> None:
    small = rescored(folder, "r.json", "--calibration", "c.json")
    bulk = rescored(folder, "tables", "--calibration", "c.json")
    assert (small.returncode, bulk.returncode) == (0, 0), small.stderr + bulk.stderr
    figures = json.loads(small.stdout)
    [task] = json.loads(bulk.stdout)["tasks"]
    assert figures["decided_by"] == task["decided_by"] == {"calibrated": 10}
    weights = json.loads((folder / "c.json").read_text())["weights"]
    assert figures["settings"]["weights"] == task["settings"]["weights"] == weights
    assert figures["accuracy"] == task["accuracy"]
    assert figures["any_correct"] == task["any_correct"]


@pytest.mark.parametrize("output", ["r.json", "tables"])
def test_problems_it_was_fitted_on_are_not_scored_by_it(folder: Path, output: str) -> None:
    given = ("--calibration", "c.json")
    done = rescored(folder, output, *given, samples="validation.jsonl")
    assert done.returncode == 2
    assert "20 of the scored problems are among those of the calibration" in done.stderr
    allowed = (*given, "--allow-validation-overlap")
    assert rescored(folder, output, *allowed, samples="validation.jsonl").returncode == 0


@pytest.mark.parametrize("output", ["r.json", "tables"])
def test_without_one_it_is_refused(folder: Path, output: str) -> None:
    done = rescored(folder, output)
    assert done.returncode == 2
    assert "needs --calibration FILE" in done.stderr


@pytest.mark.parametrize("output", ["r.json", "tables"])
def test_a_member_it_does_not_know_is_named(folder: Path, output: str) -> None:
    data = json.loads((folder / "c.json").read_text())
    del data["weights"]["m2"]
    (folder / "c.json").write_text(json.dumps(data))
    done = rescored(folder, output, "--calibration", "c.json")
    assert done.returncode == 2
    assert '"m2" is not in it' in done.stderr


def test_other_rules_of_answers_are_refused(folder: Path) -> None:
    done = rescored(folder, "r.json", "--calibration", "c.json", "--abstain", "drop")
    assert done.returncode == 2
    assert "the calibration is of abstain count, here it is drop" in done.stderr


def test_references_are_needed(tmp_path: Path) -> None:
    log(tmp_path, "bare.jsonl", range(3), reference=None)
    done = slm_mux("calibrate", "bare.jsonl", "--output", "c.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "no problem has a reference answer, which a calibration needs" in done.stderr
    for output in ("r.json", "tables"):
        done = slm_mux(
            "rescore", "bare.jsonl", "--selector", "oracle", "--output", output, cwd=tmp_path
        )
        assert done.returncode == 2
        assert "selector oracle reads the verdicts" in done.stderr


def test_a_run_has_no_oracle(tmp_path: Path) -> None:
    problems = write_problems(tmp_path, 1)
    given = ("run", "math", "--data_path", problems, "--output", "r.json", "--models", "m")
    done = slm_mux(*given, "--selector", "oracle", cwd=tmp_path)
    assert done.returncode == 2
    assert "--selector oracle reads the references" in done.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"schema_version": 2}, "schema_version must be 1"),
        ({"schema_version": True}, "schema_version must be 1"),
        ({"weights": []}, "weights must be an object"),
        ({"weights": {"m1": 0}}, "weights of 'm1' must be a whole number from 1"),
        ({"weights": {"m1": 1.5}}, "weights of 'm1'"),
        ({"weights": {"m1": 10**400}}, "weights of 'm1'"),
        ({"weights": {"m1": True}}, "weights of 'm1'"),
        ({"accuracy": {"m1": {"value": 1.5}}}, "accuracy of 'm1' must be from 0 to 1"),
        ({"none": "0"}, "none must be a number"),
        ({"none": 10**400}, "none must be a number"),
        ({"problems": -1}, "problems must be a whole number"),
        ({"problem_ids": [1]}, "problem_ids must be a list of texts"),
        ({"profile": None}, "profile must be a text"),
    ],
)
def test_a_changed_file_is_refused_by_field(
    folder: Path, change: dict[str, Any], named: str
) -> None:
    path = folder / "c.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}: {named}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"schema_version": 1', '{"none": NaN}', "[" * 100_000, "1" * 5000, "\xff"]
)
def test_what_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}: no calibration")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"c\.json: cannot be read"):
        read(tmp_path / "c.json")

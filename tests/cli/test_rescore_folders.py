"""`rescore runs/`: what `run` and `rescore` left beside the logs is never read as lines."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from bulk_inputs import packed, plain_row, rows, write
from cli_helpers import slm_mux

if TYPE_CHECKING:
    from pathlib import Path


def rescored(folder: Path, *given: object, out: str = "out", code: int = 0) -> tuple[Any, str]:
    """The figures and what is said beside them."""
    done = slm_mux("rescore", *given, "-o", out, "--json", cwd=folder)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout or "null"), done.stderr


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """The files of two runs, as `run --output` leaves them."""
    folder = tmp_path / "runs"
    write(folder / "x.samples.jsonl", rows())
    problems = [
        {"task": "sums", "kind": "math", "problem_id": f"p{p}", "problem": f"{p}?",
         "reference_answer": str(p), "choices": None}
        for p in range(6)
    ]  # fmt: skip
    write(folder / "x.problems.jsonl", problems)
    done = slm_mux("rescore", "x.samples.jsonl", "-o", "x.json", "-q", cwd=folder)
    assert done.returncode == 0, done.stderr
    write(folder / "deep/z.jsonl", [plain_row(p, "a", 0, p) for p in (7, 8)])
    return folder


@pytest.mark.parametrize("given", ["runs/", "runs/**/*.js*", "runs/**"])
def test_results_beside_their_log_are_left_out(tmp_path: Path, runs: Path, given: str) -> None:
    expected, _ = rescored(tmp_path, "runs/x.samples.jsonl", "runs/deep/z.jsonl", code=1)
    found, told = rescored(tmp_path, given, code=1)
    assert found == expected
    assert found["rows"]["rows"] == 38
    assert told == ""
    found, _ = rescored(tmp_path, given, "--map", "response=response", code=1)
    assert found == expected
    assert (runs / "x.json").is_file()


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_packed_results_are_left_out_too(tmp_path: Path, runs: Path, ending: str) -> None:
    expected, _ = rescored(tmp_path, "runs", code=1)
    data = (runs / "x.json").read_bytes()
    (runs / "x.json").unlink()
    (runs / f"x.json.{ending}").write_bytes(gzip.compress(data) if ending == "gz" else packed(data))
    shutil.rmtree(runs / "deep")
    names = sorted(path.relative_to(tmp_path) for path in runs.iterdir())
    write(runs / "deep/z.jsonl", [plain_row(p, "a", 0, p) for p in (7, 8)])
    for given in (["runs"], ["runs/**/*.js*"], [*names, "runs/deep"]):
        assert rescored(tmp_path, *given, code=1) == (expected, "")
    (runs / f"x.json.{ending}").rename(runs / f"other.json.{ending}")
    found, told = rescored(tmp_path, "runs", code=1)
    assert found == expected
    assert told == f"slm-mux: left out (no samples of their own): runs/other.json.{ending}\n"


def test_packed_lines_may_be_called_json(tmp_path: Path) -> None:
    write(tmp_path / "in/train.json.gz", rows())
    assert rescored(tmp_path, "in")[0]["rows"]["rows"] == 36


def test_files_that_a_shell_expands_are_a_folder_too(tmp_path: Path, runs: Path) -> None:
    shutil.rmtree(runs / "deep")
    names = sorted(path.relative_to(tmp_path) for path in runs.iterdir())
    assert len(names) == 3
    assert rescored(tmp_path, *names)[0]["rows"] == rescored(tmp_path, "runs")[0]["rows"]
    held, told = rescored(tmp_path, *names, out="y.json")
    assert (held["accuracy"]["n"], told) == (6, "")


def test_results_alone_are_read(tmp_path: Path, runs: Path) -> None:
    for name in ("x.samples.jsonl", "x.problems.jsonl"):
        (runs / name).unlink()
    shutil.rmtree(runs / "deep")
    for given in ("runs", "runs/*.json", "runs/x.json"):
        assert rescored(tmp_path, given)[0]["rows"]["rows"] == 36


def test_results_of_a_log_elsewhere_are_left_out_with_a_word(tmp_path: Path, runs: Path) -> None:
    (runs / "x.json").rename(runs / "other.json")
    (runs / "made.json").write_text('{\n"weights": {}\n}')
    found, told = rescored(tmp_path, "runs", code=1)
    assert found["rows"]["rows"] == 38
    assert told == ("slm-mux: left out (no samples of their own): runs/made.json and 1 more\n")


def test_published_results_beside_a_log_are_imported(tmp_path: Path, runs: Path) -> None:
    published = json.loads((runs / "x.json").read_text())
    for entry in published["results"]:
        entry["problem_id"] = f"n{entry['problem_id']}"
    others = {"results": published["results"]}
    (runs / "x.json").write_text(json.dumps(others, indent=1))
    found, _ = rescored(tmp_path, "runs", "--kind", "math", code=1)
    assert found["rows"]["rows"] == 38 + 36
    assert found["rows"]["bad"] == 0


@pytest.mark.usefixtures("runs")
def test_tables_beside_tallies_are_left_out(tmp_path: Path) -> None:
    expected, _ = rescored(tmp_path, "runs/x.samples.jsonl", "--keep-samples", out="a")
    found, told = rescored(tmp_path, "a/*")
    assert found["tasks"] == expected["tasks"]
    assert told == ""


def test_nothing_but_products_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/made.json").write_text('{\n"weights": {}\n}')
    _, told = rescored(tmp_path, "in", code=2)
    assert told == "slm-mux: in: no file of samples, only in/made.json\n"

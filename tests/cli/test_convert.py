"""`slm-mux convert` as a user calls it."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cli_helpers import command, environment, read_log, slm_mux
from importing.builders import lines, lm_eval_doc, nemo
from results_files import call, entry, ours
from sample_rows import make_row

NAME = "org__m/samples_gsm8k_2025-01-02T03-04-05.6.jsonl"


def test_it_says_what_is_lost_and_writes_what_can_be_scored(tmp_path: Path) -> None:
    lines(tmp_path / NAME, [lm_eval_doc(i, f"#### {i + 1}", "#### 7") for i in range(3)])
    done = slm_mux("convert", NAME, "--output", "new/samples.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "samples: 6; files read: 1; written: new/samples.jsonl" in done.stdout
    assert "lm-eval: no finish_reason" in done.stderr
    assert len(read_log(tmp_path / "new/samples.jsonl")) == 6
    scored = slm_mux("rescore", "new/samples.jsonl", "--json", cwd=tmp_path)
    figures = json.loads(scored.stdout)
    assert (figures["task"], figures["models"][0]["name"]) == ("gsm8k", "org/m")
    assert figures["accuracy"]["n"] == 3


def test_bad_records_are_listed_and_the_code_is_1(tmp_path: Path) -> None:
    lines(tmp_path / NAME, [lm_eval_doc(0), {"doc_id": None, "resps": []}])
    done = slm_mux("convert", NAME, "--output", "s.jsonl", "--quiet", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"slm-mux: {NAME}:2: field doc_id is missing or no number",
        "slm-mux: records that could not be used: 1",
    ]


def test_json_says_it_all_on_one_line(tmp_path: Path) -> None:
    lines(tmp_path / "small/eval-results/sums/output-rs0.jsonl", [nemo("a")])
    done = slm_mux("convert", "small", "-o", "s.jsonl", "--json", "-q", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert (said["output"], said["samples"], said["bad"]) == (["s.jsonl"], 1, {})
    assert said["notes"]
    assert done.stderr == ""


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    lines(tmp_path / NAME, [lm_eval_doc(0)])
    (tmp_path / "s.jsonl").write_text("mine\n")
    done = slm_mux("convert", NAME, "--output", "s.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "slm-mux: s.jsonl: is there already: --overwrite replaces it\n"
    again = slm_mux("convert", NAME, "--output", "s.jsonl", "--overwrite", cwd=tmp_path)
    assert again.returncode == 0
    assert len(read_log(tmp_path / "s.jsonl")) == 1


def lines_in() -> tuple[bytes, int]:
    """A sample log."""
    return "".join(json.dumps(make_row(i)) + "\n" for i in range(300)).encode(), 300


def packed_lines() -> tuple[bytes, int]:
    """A sample log, packed."""
    body, count = lines_in()
    return gzip.compress(body), count


def results_line() -> tuple[bytes, int]:
    """A results file of one line."""
    calls = [call("7", raw_content="7" * 100_000)] * 3
    models = [{"model_name": "m0", "calls": calls}]
    return json.dumps(ours(entry("7", "7", models=models))).encode(), 3


@pytest.mark.parametrize("given", [lines_in, packed_lines, results_line])
def test_standard_input(tmp_path: Path, given: Callable[[], tuple[bytes, int]]) -> None:
    body, count = given()
    done = subprocess.run(
        command("convert", "-", "--output", "s.jsonl", "--model", "m"),
        cwd=tmp_path, env=environment(), input=body, capture_output=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [row["model"] for row in read_log(tmp_path / "s.jsonl")] == ["m"] * count


def test_an_archive_on_standard_input_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        command("convert", "-", "--output", "s.jsonl"),
        cwd=tmp_path, env=environment(), input=b"PK\x03\x04" + bytes(100), capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(b"slm-mux: <stdin>: is a zip archive, not JSONL: name it")


def test_there_and_back(tmp_path: Path) -> None:
    lines(tmp_path / "log.jsonl", [make_row(i) for i in range(3)])
    for to, output in (("lm-eval", "out"), ("parquet", "log.parquet")):
        done = slm_mux("convert", "log.jsonl", "--to", to, "--output", output, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        back = slm_mux("convert", output, "--output", f"{to}.jsonl", cwd=tmp_path)
        assert back.returncode == 0, back.stderr
        rows = read_log(tmp_path / f"{to}.jsonl")
        assert [row["response"] for row in rows] == [make_row(i)["response"] for i in range(3)]


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"response": 0}, "field response is not a text"),
        ({"response": ["7"]}, "field response is not a text"),
        ({"finish_reason": 3}, "field finish_reason is not a text"),
        ({"reference_answer": True}, "field reference_answer is not a text"),
        ({"choices": [1]}, "field choices is not a list of texts"),
        ({"kind": "essay"}, "field kind is none of math, number, choice"),
        ({"pool_index": "x"}, "field pool_index is not a whole number from 0 on"),
        ({"stop": 1}, "field stop is none of none, unanimous, lossless"),
    ],
)
def test_a_row_that_no_reader_takes_is_not_passed_on(
    tmp_path: Path, about: dict[str, object], reason: str
) -> None:
    lines(tmp_path / "x.jsonl", [make_row(0), {**make_row(1), **about}, make_row(2)])
    for to in ("samples", "parquet"):
        output = ("-o", f"new.{to}", "--to", to)
        done = slm_mux("convert", "x.jsonl", *output, "-q", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.splitlines()[0] == f"slm-mux: x.jsonl:2: {reason}"
    assert [row["sample_index"] for row in read_log(tmp_path / "new.samples")] == [0, 2]

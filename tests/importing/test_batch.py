"""Batch output."""

from __future__ import annotations

from pathlib import Path

import pytest

from importing.builders import Row, batched, layout, lines, read, samples
from slm_mux.errors import InputError

AFTER_FILES = "models named after files or folders (--model overrides)"


def late(custom_id: str) -> Row:
    """A request that was never answered: it names no model."""
    return batched(custom_id) | {"response": None, "error": {"message": "late"}}


def of_model(name: str, custom_id: str) -> Row:
    """A request that a model answered."""
    record = batched(custom_id, "a")
    record["response"]["body"]["model"] = name
    return record


def test_choices_are_samples_in_any_order(tmp_path: Path) -> None:
    record = batched("p1", "a", "b", "c")
    record["response"]["body"]["choices"].reverse()
    path = lines(tmp_path / "math.jsonl", [record])
    assert layout(path) == "batch"
    rows, _ = read(path)
    assert samples(rows) == {("small-2b", "p1", i): text for i, text in enumerate("abc")}
    totals = [r["usage"]["total_tokens"] for r in rows]
    assert sum(totals) == 12


def test_a_numbered_custom_id_is_a_problem_and_its_sample(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [batched("p#1#4", "e"), batched("p#1#0", "a")])
    rows, _ = read(path)
    assert samples(rows) == {("small-2b", "p#1", 4): "e", ("small-2b", "p#1", 0): "a"}


def test_errors_are_failed_rows(tmp_path: Path) -> None:
    refused = {"status_code": 429, "body": {"error": {"message": "slow down", "type": "rate"}}}
    records = [
        batched("p1", "a"),
        batched("p2") | {"response": None, "error": {"code": "batch_expired", "message": "late"}},
        batched("p3") | {"response": refused},
        batched("p4"),
    ]
    rows, losses = read(lines(tmp_path / "x.jsonl", records))
    assert [r["error"] for r in rows] == [
        None,
        {"kind": "batch_expired", "status": None, "message": "late"},
        {"kind": "rate", "status": 429, "message": "slow down"},
        {"kind": "empty", "status": 200, "message": "no choices"},
    ]
    assert {r["model"] for r in rows} == {"small-2b"}
    assert not losses.bad


def test_no_content_is_a_response_without_text(tmp_path: Path) -> None:
    ((row),), _ = read(lines(tmp_path / "x.jsonl", [batched("p1", None)]))
    assert (row["response"], row["error"]) == (None, None)


def test_the_responses_api(tmp_path: Path) -> None:
    said = {"type": "message", "content": [{"type": "output_text", "text": "so 2"}]}
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    body = {
        "model": "m",
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [thought, said],
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    record = batched("p1") | {"response": {"status_code": 200, "body": body}}
    ((row),), _ = read(lines(tmp_path / "x.jsonl", [record]))
    assert (row["response"], row["reasoning"], row["finish_reason"]) == ("so 2", "hm", "length")
    assert row["usage"]["total_tokens"] == 3


def test_failures_in_a_file_of_their_own_are_of_the_only_model(tmp_path: Path) -> None:
    lines(tmp_path / "batch_1_error.jsonl", [late("p2")])  # read before the other
    lines(tmp_path / "batch_1_output.jsonl", [batched("p1", "a")])
    rows, losses = read(tmp_path)
    assert {(r["task"], r["model"]) for r in rows} == {("batch_1", "small-2b")}
    assert AFTER_FILES not in losses.named


def test_a_failure_before_the_first_success_is_of_its_model(tmp_path: Path) -> None:
    rows, _ = read(lines(tmp_path / "x.jsonl", [late("p2"), batched("p1", "a")]))
    assert [r["model"] for r in rows] == ["small-2b", "small-2b"]


def test_failures_beside_several_models_are_named_after_their_file(tmp_path: Path) -> None:
    lines(tmp_path / "a_error.jsonl", [late("p2")])
    lines(tmp_path / "a_output.jsonl", [of_model("m", "p1"), of_model("n", "p1")])
    rows, losses = read(tmp_path)
    assert [r["model"] for r in rows] == ["a_error", "m", "n"]
    assert list(losses.named[AFTER_FILES]) == ["a_error"]


def test_failures_are_of_the_model_of_their_file_before_that_of_others(tmp_path: Path) -> None:
    for name in "mn":
        lines(tmp_path / f"{name}.jsonl", [late("p2"), of_model(name, "p1")])
    assert [r["model"] for r in read(tmp_path)[0]] == ["m", "m", "n", "n"]


def test_a_model_that_is_named_holds_for_failures_too(tmp_path: Path) -> None:
    lines(tmp_path / "x_error.jsonl", [late("p2")])
    lines(tmp_path / "x_output.jsonl", [batched("p1", "a")])
    rows, _ = read(tmp_path, model="mine")
    assert {r["model"] for r in rows} == {"mine"}


def test_one_name_for_two_models_is_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [late("p0"), of_model("m", "p1"), of_model("n", "p1")])
    with pytest.raises(InputError, match=r"--model mine: the samples are of several \(m, n\)"):
        read(path, model="mine")


@pytest.mark.parametrize("name", ["sums", "sums_output", "sums-error", "sums_errors"])
def test_the_files_of_a_batch_are_of_one_task(tmp_path: Path, name: str) -> None:
    rows, _ = read(lines(tmp_path / f"{name}.jsonl", [batched("p1", "a")]))
    assert rows[0]["task"] == "sums"

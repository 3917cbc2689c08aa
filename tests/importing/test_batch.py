"""Batch output."""

from __future__ import annotations

from pathlib import Path

from importing.builders import batched, layout, lines, read, samples


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

"""lighteval, EvalScope and OpenCompass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importing.builders import (
    document,
    evalscope_prediction,
    evalscope_review,
    layout,
    lines,
    parquet,
    read,
    samples,
)

DAY = "2025-01-02T03-04-05.678901"
DETAILS = f"details/org/small-2b/{DAY}/details_lighteval|gsm8k|0_{DAY}.parquet"


@pytest.mark.parametrize(
    ("doc_name", "said_name"), [("doc", "model_response"), ("__doc__", "__model_response__")]
)
def test_lighteval_details(tmp_path: Path, doc_name: str, said_name: str) -> None:
    doc = {"query": "What is 1 + 1?", "choices": ["2"], "gold_index": 0}
    said = {"input": "?", "text": ["two", "2"], "reasonings": ["hm", None],
            "input_tokens": [5, 6, 7], "output_tokens": [[1], [1, 2]]}  # fmt: skip
    path = parquet(tmp_path / DETAILS, [{doc_name: doc, said_name: said, "metric": {"em": 1}}])
    assert layout(path) == "lighteval"
    rows, _ = read(path)
    assert [(r["response"], r["reasoning"]) for r in rows] == [("two", "hm"), ("2", None)]
    assert (rows[0]["task"], rows[0]["reference_answer"]) == ("gsm8k", "2")
    assert rows[0]["model"] == "org/small-2b"
    assert [r["usage"]["total_tokens"] for r in rows] == [4, 5]


@pytest.mark.parametrize(
    ("options", "choices"), [(["red", "blue"], ["red", "blue"]), ([" A", " B"], None)]
)
def test_lighteval_options(tmp_path: Path, options: list[str], choices: Any) -> None:
    doc = {"query": "?", "choices": options, "gold_index": [1]}
    row = {"__doc__": doc, "__model_response__": {"text": ["B"]}}
    ((found),), _ = read(parquet(tmp_path / "x.parquet", [row]), task="t", model="m")
    assert (found["kind"], found["reference_answer"]) == ("choice", "B")
    assert found["choices"] == choices


def test_lighteval_of_older_versions(tmp_path: Path) -> None:
    row = {"example": "What is 1 + 1?", "predictions": ["two"], "gold": ["2"]}
    ((found),), _ = read(parquet(tmp_path / "x.parquet", [row]))
    assert (found["response"], found["reference_answer"]) == ("two", "2")


def test_evalscope_predictions_with_their_reviews(tmp_path: Path) -> None:
    asked = [evalscope_prediction(i, "What is 1 + 1?", f"t{i}") for i in range(4)]
    reviews = [evalscope_review(i, group=i // 2, number=i % 2) for i in range(4)]
    lines(tmp_path / "predictions/small-2b/sums_main.jsonl", asked)
    lines(tmp_path / "reviews/small-2b/sums_main.jsonl", reviews)
    assert layout(tmp_path) == "evalscope"
    rows, _ = read(tmp_path)
    assert samples(rows) == {("small-2b", str(i // 2), i % 2): f"t{i}" for i in range(4)}
    assert {r["reference_answer"] for r in rows} == {"2"}
    assert (rows[0]["finish_reason"], rows[0]["prior_verdict"]) == ("length", "correct")


def test_evalscope_repeats_without_numbers_are_told_by_what_was_asked(tmp_path: Path) -> None:
    asked = [evalscope_prediction(i, q, f"t{i}") for i, q in enumerate(("x", "y", "x"))]
    rows, losses = read(lines(tmp_path / "p.jsonl", asked))
    assert [r["sample_index"] for r in rows] == [0, 0, 1]
    assert rows[0]["problem_id"] == rows[2]["problem_id"]
    assert "EvalScope: no reviews beside the predictions: no references" in losses.notes


def test_evalscope_groups_without_numbers_go_by_order(tmp_path: Path) -> None:
    lines(tmp_path / "predictions/m/sums.jsonl", [evalscope_prediction(i, "", "t") for i in (0, 1)])
    lines(tmp_path / "reviews/m/sums.jsonl", [evalscope_review(i, 7, None) for i in (0, 1)])
    rows, _ = read(tmp_path)
    assert [(r["problem_id"], r["sample_index"]) for r in rows] == [("7", 0), ("7", 1)]


def test_evalscope_reviews_alone(tmp_path: Path) -> None:
    path = lines(tmp_path / "small-2b/sums.jsonl", [evalscope_review(0, 0, 1, "so 2")])
    ((row),), _ = read(path)
    assert (row["model"], row["sample_index"], row["response"]) == ("small-2b", 1, "so 2")


def item(text: Any, **fields: Any) -> dict[str, Any]:
    """One item of OpenCompass."""
    return {"origin_prompt": "?", "prediction": text, "gold": "2"} | fields


def test_opencompass_shards_are_joined(tmp_path: Path) -> None:
    home = tmp_path / "predictions/small-2b"
    document(home / "sums_0.json", {"0": item("a"), "1": item(["b", "c"])})
    document(home / "sums_1.json", {"0": item("d")})
    assert layout(tmp_path) == "opencompass"
    rows, _ = read(tmp_path)
    assert [(r["task"], r["problem_id"], r["sample_index"], r["response"]) for r in rows] == [
        ("sums", "0", 0, "a"), ("sums", "1", 0, "b"), ("sums", "1", 1, "c"), ("sums", "2", 0, "d"),
    ]  # fmt: skip


def test_opencompass_of_a_run_that_has_not_ended(tmp_path: Path) -> None:
    home = tmp_path / "predictions/small-2b"
    lines(home / "tmp_sums.jsonl", [item("b", idx=1), item("a", idx=0)])
    rows, _ = read(tmp_path)
    assert [(r["problem_id"], r["response"]) for r in rows] == [("1", "b"), ("0", "a")]
    document(home / "sums.json", {"0": item("whole")})
    rows, losses = read(tmp_path)
    assert [r["response"] for r in rows] == ["whole"]
    assert any("tmp_sums.jsonl: passed over" in note for note in losses.notes)


def test_opencompass_items_without_text(tmp_path: Path) -> None:
    path = document(tmp_path / "m/sums.json", {"0": item("a"), "1": item(3)})
    rows, losses = read(path)
    assert len(rows) == 1
    assert losses.bad_records == [f"{path}, item:2: field prediction is no text: not a generation"]


def test_of_a_worked_solution_opencompass_keeps_the_answer(tmp_path: Path) -> None:
    path = document(tmp_path / "m/gsm8k.json", {"0": item("a", gold="1 + 1 = 2\n#### 2")})
    (row,), losses = read(path)
    assert row["reference_answer"] == "2"
    assert "OpenCompass: golds reduced to what follows ####" in losses.notes

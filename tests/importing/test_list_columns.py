"""Data sets of generations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importing.builders import document, layout, lines, parquet, read

ROWS: list[dict[str, Any]] = [
    {
        "problem": "What is 1 + 1?",
        "answer": "2",
        "uuid": "u1",
        "generations": ["two", "2", None],
        "is_reasoning_complete": [True, False, True],
        "correctness_math_verify": [True, False, False],
    },
    {"problem": "And 2 + 2?", "answer": "4", "uuid": "u2", "generations": ["4"],
     "is_reasoning_complete": [True], "correctness_math_verify": None},
    {"problem": "And 3 + 3?", "answer": "6", "uuid": "u3", "generations": None,
     "is_reasoning_complete": None, "correctness_math_verify": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "name"),
    [(lines, "s.jsonl"), (parquet, "s.parquet"), (document, "s.json")],
)
def test_ragged_lists_and_null_ones(
    tmp_path: Path, write: Callable[[Path, Any], Path], name: str
) -> None:
    path = write(tmp_path / name, ROWS)
    assert layout(path) == "columns"
    rows, losses = read(path, model="m", task="sums", kind="math")
    assert [(r["problem_id"], r["sample_index"], r["response"]) for r in rows] == [
        ("u1", 0, "two"), ("u1", 1, "2"), ("u1", 2, None), ("u2", 0, "4"),
    ]  # fmt: skip
    assert [r["finish_reason"] for r in rows] == [None, "length", None, None]
    assert rows[0]["prior_verdict"] == "correct"
    assert losses.notes["data set: rows whose generations are null"] == 1
    assert losses.notes["data set: null responses in generations"] == 1


def test_one_response_a_row_is_grouped_by_problem(tmp_path: Path) -> None:
    rows = [
        {"problem": p, "generated_solution": s, "expected_answer": "2", "generation_model": m}
        for p, s, m in (("?", "a", "x"), ("!", "b", "x"), ("?", "c", "x"), ("?", "d", "y"))
    ]
    found, _ = read(lines(tmp_path / "set.jsonl", rows))
    assert [(r["model"], r["sample_index"], r["response"]) for r in found] == [
        ("x", 0, "a"), ("x", 0, "b"), ("x", 1, "c"), ("y", 0, "d"),
    ]  # fmt: skip
    assert found[0]["problem_id"] == found[2]["problem_id"] != found[1]["problem_id"]


def test_a_response_a_row_with_its_task_and_number(tmp_path: Path) -> None:
    row = {"bench": "sums", "qid": "q1", "model": "m", "sample": 4, "gold": "2", "response": "so 2"}
    ((found),), losses = read(lines(tmp_path / "set.jsonl", [row]))
    assert (found["task"], found["problem_id"], found["sample_index"]) == ("sums", "q1", 4)
    assert "tasks named after files or folders (--task overrides)" not in losses.named


def test_responses_that_are_objects(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    item = {"text": "so 2", "finish_reason": "length", "usage": usage, "reasoning": "hm"}
    row = {"id": 7, "text": "?", "metadata": {"rollout_results": [item], "answer": "2"}}
    ((found),), _ = read(lines(tmp_path / "set.jsonl", [row]))
    assert (found["response"], found["reasoning"]) == ("so 2", "hm")
    assert (found["finish_reason"], found["usage"]["total_tokens"]) == ("length", 3)
    assert (found["problem_id"], found["reference_answer"]) == ("7", "2")


def test_a_column_of_a_wrong_type_is_named(tmp_path: Path) -> None:
    path = lines(tmp_path / "s.jsonl", [ROWS[0], ROWS[1] | {"generations": "4"}])
    rows, losses = read(path)
    assert len(rows) == 3
    assert losses.bad_records == [f"{path}:2: field generations is not a list"]


def test_a_parquet_file_that_is_cut_short(tmp_path: Path) -> None:
    path = parquet(tmp_path / "s.parquet", ROWS)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Exception, match=r"s\.parquet: cannot be read: Parquet") as caught:
        read(path)
    assert "\n" not in str(caught.value)

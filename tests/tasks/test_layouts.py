"""Every layout that problems come in gives the same problems. All texts are made up."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from slm_mux.tasks import LoadedProblems, custom_task, get_task
from slm_mux.types import Problem

BOX = r"Half of it is $\frac{1}{2}$, so \[x = \boxed{\frac{1}{2}}.\]"


def write(path: Path, rows: list[dict[str, Any]], form: str) -> Path:
    if form == "json":
        path.write_text(json.dumps(rows, indent=1), "utf-8")
    elif form == "jsonl":
        path.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    elif form == "wrapped":
        path.write_text(json.dumps({"version": 1, "data": rows}), "utf-8")
    elif form == "jsonl.gz":
        path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return path


FORMS = ["json", "jsonl", "wrapped", "jsonl.gz", "csv"]


@pytest.mark.parametrize("form", FORMS)
def test_forms_are_told_apart_by_content(tmp_path: Path, form: str) -> None:
    rows = [
        {"question": "Two lines,\nand a comma?", "answer": "It is <<1+1=2>>2.\n#### 1,234"},
        {"question": "Line\u2028separator {x}?", "answer": "#### -5"},
    ]
    loaded = get_task("gsm8k").load(write(tmp_path / "no_suffix", rows, form))
    assert [p.problem for p in loaded.problems] == [row["question"] for row in rows]
    assert [p.reference_answer for p in loaded.problems] == ["1234", "-5"]


def test_published_math_layout(tmp_path: Path) -> None:
    row = {
        "problem": "Find $x$.",
        "solution": BOX,
        "answer": r"\frac{1}{2}",
        "subject": "Algebra",
        "level": 4,
        "unique_id": "test/algebra/1.json",
    }
    loaded = get_task("math").load(write(tmp_path / "math.json", [row], "json"))
    assert loaded.problems == (Problem("test/algebra/1.json", "Find $x$.", r"\frac{1}{2}"),)


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (BOX, r"\frac{1}{2}"),
        (r"First \boxed{3}, at last \fbox{ \{1,2\} }", r"\{1,2\}"),
        (r"So it is $\boxed 7$.", "7"),
    ],
)
def test_original_math_layout(tmp_path: Path, solution: str, answer: str) -> None:
    rows = [{"problem": "Find it.", "level": "Level 1", "type": "Algebra", "solution": solution}]
    loaded = get_task("math").load(write(tmp_path / "math.jsonl", rows, "jsonl"))
    assert loaded.problems[0].reference_answer == answer


@pytest.mark.parametrize("style", ["{} {}", "{}. {}", "{}) {}", "({}) {}", "{}: {}"])
def test_published_gpqa_layout(tmp_path: Path, style: str) -> None:
    options = ["a red one", "B", "C flat", "Absent"]
    lettered = [style.format("ABCD"[i], text) for i, text in enumerate(options)]
    row = {"question": "Which?", "choices": lettered, "answer": "C"}
    (problem,) = get_task("gpqa").load(write(tmp_path / "gpqa.json", [row], "json")).problems
    assert problem.choices == tuple(options)
    assert problem.reference_answer == "C"


GPQA = [
    {
        "Record ID": f"rec{i}",
        "Question": f"Which colour has planet {i}? ",
        "Correct Answer": f" right {i}\n",
        "Incorrect Answer 1": "blue",
        "Incorrect Answer 2": "green",
        "Incorrect Answer 3": "pink",
    }
    for i in range(12)
]


def gpqa(tmp_path: Path, rows: list[dict[str, Any]], seed: int) -> LoadedProblems:
    return get_task("gpqa").load(write(tmp_path / "gpqa.csv", rows, "csv"), seed=seed)


def right(problem: Problem) -> str:
    assert problem.choices is not None
    assert problem.reference_answer is not None
    return problem.choices["ABCD".index(problem.reference_answer)]


def test_original_gpqa_layout_points_at_the_right_answer(tmp_path: Path) -> None:
    loaded = gpqa(tmp_path, GPQA, 3)
    assert [right(p) for p in loaded.problems] == [f"right {i}" for i in range(12)]
    assert loaded.shuffle_seed == 3
    assert len({p.reference_answer for p in loaded.problems}) > 1


def test_gpqa_shuffle_depends_on_the_seed_and_not_on_row_order(tmp_path: Path) -> None:
    first = gpqa(tmp_path, GPQA, 0).problems
    assert set(gpqa(tmp_path, GPQA[::-1], 0).problems) == set(first)
    other = gpqa(tmp_path, GPQA, 1).problems
    assert {p.problem_id for p in other} != {p.problem_id for p in first}


def test_gpqa_shuffle_is_the_same_everywhere(tmp_path: Path) -> None:
    assert [p.problem_id for p in gpqa(tmp_path, GPQA[:3], 0).problems] == IDS


IDS = ["rec0-3201", "rec1-3102", "rec2-1203"]


@pytest.mark.parametrize("text", ["problem", "question", "prompt", "Question"])
@pytest.mark.parametrize(
    "answer", ["answer", "reference_answer", "reference", "solution", "target"]
)
def test_names_of_a_users_own_fields(tmp_path: Path, text: str, answer: str) -> None:
    rows = [{"qid": 7, text: "What?", answer: "42"}]
    loaded = custom_task("mine", "math").load(write(tmp_path / "p.json", rows, "json"))
    assert loaded.problems == (Problem("7", "What?", "42"),)


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        '[{"question": "?", "answer": 1.50}, {"question": "!", "answer": 9%s}]' % ("0" * 5000)
    )
    problems = custom_task("mine", "number").load(path).problems
    assert problems[0].reference_answer == "1.50"
    assert problems[1].reference_answer == "9" + "0" * 5000


def test_options_in_a_csv_cell_and_a_reference_by_its_text(tmp_path: Path) -> None:
    rows = [{"question": "?", "options": '["one", "two"]', "target": "two"}]
    (problem,) = custom_task("m", "choice").load(write(tmp_path / "p", rows, "csv")).problems
    assert (problem.choices, problem.reference_answer) == (("one", "two"), "B")


def test_a_file_without_references_can_be_sampled(tmp_path: Path) -> None:
    rows = [{"question": "a?"}, {"question": "b?"}]
    loaded = get_task("gsm8k").load(write(tmp_path / "p", rows, "jsonl"), limit=1)
    assert [p.reference_answer for p in loaded.problems] == [None]
    assert loaded.total == 2


def test_ids_come_from_the_text(tmp_path: Path) -> None:
    rows = [{"question": "How many?", "answer": "#### 3"}]
    (problem,) = get_task("gsm8k").load(write(tmp_path / "p", rows, "json")).problems
    assert problem.problem_id == "gsm8k-ba352e24c64c7137"


def test_recorded_files(recorded_data: Path) -> None:
    math = get_task("math").load(recorded_data / "math_500.json")
    gsm8k = get_task("gsm8k").load(recorded_data / "gsm8k_500.json")
    assert (math.total, gsm8k.total) == (500, 500)

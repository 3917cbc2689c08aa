"""A file that cannot be used gives one line that names file, row and field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slm_mux.errors import DatasetError
from slm_mux.tasks import custom_task, get_task

GOOD = {"question": "?", "answer": "#### 1"}
CHOICES = {"question": "?", "choices": ["x", "y"], "answer": "A"}


def rows(*items: object) -> bytes:
    return "\n".join(map(json.dumps, items)).encode()


CASES = {
    "empty": ("gsm8k", b"", "the file is empty"),
    "blank": ("gsm8k", b" \n\n", "the file is empty"),
    "no problems": ("gsm8k", b"[]", "holds no problems"),
    "not utf-8": ("gsm8k", b'[{"question": "\xff"}]', "line 1: not UTF-8"),
    "broken json": ("gsm8k", b'[\n{"question": "a",}\n]', "line 2: not valid JSON"),
    "torn line": ("gsm8k", rows(GOOD) + b'\n{"question": ', "line 2: not valid JSON"),
    "nan": ("gsm8k", b'[{"question": "a", "answer": NaN}]', "NaN is not a JSON value"),
    "deep": ("gsm8k", b"[" * 100_000, "nested too deeply"),
    "damaged gzip": ("gsm8k", b"\x1f\x8b\x08\x00junk", "damaged gzip"),
    "not objects": ("gsm8k", b'["a"]', "item 1: must be an object with fields, not text"),
    "no text": ("gsm8k", rows({"x": "a"}), "line 1: no field holds the problem's text"),
    "text missing": ("gsm8k", rows(GOOD, {"answer": "#### 1"}), "line 2: field 'question'"),
    "text empty": ("gsm8k", rows({"question": " ", "answer": "1"}), "'question' is empty"),
    "text a number": ("gsm8k", rows({"question": 3, "answer": "1"}), "must be text, not a number"),
    "surrogate": ("gsm8k", b'[{"question": "\\ud800"}]', "not valid Unicode"),
    "duplicate ids": (
        "gsm8k",
        rows(GOOD | {"id": 1}, GOOD | {"id": 1}),
        "line 2: problem id '1' is already that of line 1",
    ),
    "duplicate texts": ("gsm8k", rows(GOOD, GOOD), "is already that of line 1"),
    "no number": ("gsm8k", rows({"question": "a", "answer": "five"}), "no number in field"),
    "no number marked": (
        "gsm8k",
        rows({"question": "a", "answer": "3 #### x"}),
        "no number after #### in field 'answer'",
    ),
    "some references": ("gsm8k", rows(GOOD, {"question": "b"}), "line 2: no reference in field"),
    "reference a list": ("gsm8k", rows({"question": "a", "answer": ["1"]}), "not a list"),
    "no box": ("math", rows({"problem": "a", "solution": "x\ny"}), "has no \\boxed{} answer"),
    "no choices": ("gpqa", rows({"question": "?", "answer": "A"}), "no field holds the options"),
    "one choice": ("gpqa", rows(CHOICES | {"choices": ["x"]}), "at least two"),
    "many choices": ("gpqa", rows(CHOICES | {"choices": ["x"] * 27}), "at most 26"),
    "choices no list": ("gpqa", rows(CHOICES | {"choices": {"A": "x"}}), "must be a list"),
    "letters out of order": (
        "gpqa",
        rows(CHOICES | {"choices": ["B) x", "A) y"]}),
        "letters are out of order",
    ),
    "letter outside": (
        "gpqa",
        rows(CHOICES | {"answer": "C"}),
        "field 'answer': 'C' is none of the 2 choices: give a letter A-B",
    ),
    "index as letter": ("gpqa", rows(CHOICES | {"answer": 1}), "give a letter A-B"),
    "csv cells": ("gsm8k", b"question,answer\na,1,2\n", "line 2: 3 cells in 2 columns"),
    "csv lines": ("gsm8k", b'question,answer\n"a\nb",1\n\n,2\n', "line 5: field 'question'"),
    "csv quotes": ("gsm8k", b'question,answer\n"a" b,1\n', "line 2: not valid CSV"),
    "csv header twice": ("gsm8k", b"question,question\na,1\n", "two columns are named"),
    "gpqa half": (
        "gpqa",
        b"Question,Correct Answer,Incorrect Answer 1\na,b,c\nd,,f\n",
        "line 3: field 'Correct Answer' is empty",
    ),
    "gpqa wrong only": ("gpqa", b"Question,Incorrect Answer 1\na,b\n", "holds the right answer"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_file(tmp_path: Path, case: str) -> None:
    task, data, message = CASES[case]
    path = tmp_path / "problems.dat"
    path.write_bytes(data)
    with pytest.raises(DatasetError) as caught:
        get_task(task).load(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert message in text
    assert "\n" not in text


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such file"):
        get_task("math").load(tmp_path / "none.json")
    with pytest.raises(DatasetError, match="is a folder"):
        get_task("math").load(tmp_path)


def test_limit_below_one(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="at least one"):
        get_task("math").load(tmp_path / "x", limit=0)


def test_unknown_task_and_kind() -> None:
    with pytest.raises(DatasetError, match="use one of math, gsm8k, gpqa"):
        get_task("mmlu")
    with pytest.raises(DatasetError, match="use one of math, number, choice"):
        custom_task("x", "essay")  # type: ignore[arg-type]

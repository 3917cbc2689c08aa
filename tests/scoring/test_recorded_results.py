"""Results files of every layout are read alike; what cannot be read is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from results_files import call, entry, ours, published, record, write
from slm_mux.errors import InputError
from slm_mux.scoring.recorded_results import RecordedAnswer, read_results
from slm_mux.types import Kind

MATH = {"problem": "?", "reference_answer": "7", "final_answer": "7", "selected_model": "a"}
GSM8K = {"question": "?", "reference_answer": "7", "final_answer": "7", "selected_model": "a"}
GPQA = {"question": "?", "correct_answer": "B", "final_answer": "B", "selected_model": "a"}
RECORDS = {"model_records": [record("a", "7", ["7", ""]), record("b", "8", ["8"])]}


def test_our_own_file(tmp_path: Path) -> None:
    data = ours(entry("1/2", "0.5", "1/2", None, choices=["x", "y"]), kind="number")
    read = read_results(write(tmp_path / "r.json", data))
    (result,) = read.results
    assert (read.kind, read.members) == ("number", ["m0", "m1"])
    assert result.final == RecordedAnswer("1/2", rule="boxed")
    assert (result.reference, result.choices) == ("0.5", ("x", "y"))
    assert result.models["m1"] == RecordedAnswer(None, "no_answer")


@pytest.mark.parametrize(("about", "kind"), [(MATH, "math"), (GSM8K, "number"), (GPQA, "choice")])
def test_the_published_files(tmp_path: Path, about: dict[str, Any], kind: Kind) -> None:
    read = read_results(write(tmp_path / "r.json", published(about | RECORDS)))
    (result,) = read.results
    assert read.kind == kind
    assert result.reference == about.get("reference_answer", about.get("correct_answer"))
    assert result.final.text == about["final_answer"]
    assert list(result.models) == ["a", "b"]


def test_a_random_number_in_place_of_no_answer_is_no_answer(tmp_path: Path) -> None:
    records = {"model_records": [record("a", "-482913", ["", ""])]}
    data = published(MATH | records | {"final_answer": "-482913"})
    (result,) = read_results(write(tmp_path / "r.json", data)).results
    assert result.final == result.models["a"] == RecordedAnswer(None)


@pytest.mark.parametrize(
    ("states", "missing"),
    [
        (["failed", "failed"], "failed"),
        (["truncated", "failed"], "truncated"),
        (["truncated", "unparsed"], "no_answer"),
        ([], "no_answer"),
    ],
)
def test_why_there_is_no_answer(tmp_path: Path, states: list[str], missing: str) -> None:
    calls = [call(None, state=state) for state in states]
    models = [{"model_name": "m0", "calls": calls, "best_answer": None}]
    data = ours(entry(None, "7", models=models))
    (result,) = read_results(write(tmp_path / "r.json", data)).results
    assert result.final.missing == result.models["m0"].missing == missing


def test_the_same_model_twice_is_two(tmp_path: Path) -> None:
    data = published(MATH | {"model_records": [record("a", str(n), [str(n)]) for n in range(3)]})
    read = read_results(write(tmp_path / "r.json", data))
    assert read.members == ["a", "a#2", "a#3"]


def test_numbers_are_texts(tmp_path: Path) -> None:
    data = ours(entry("7", "7", final_answer=7, reference_answer=7.5))
    (result,) = read_results(write(tmp_path / "r.json", data)).results
    assert (result.final.text, result.reference) == ("7", "7.5")


def test_a_kind_that_is_given_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "r.json", ours(entry("7", "7")))
    assert read_results(path, kind="number").kind == "number"


BAD = [
    ("{", "not valid JSON (line 1, column 2"),
    ("[1]", "is it a results file"),
    ("[" * 100_000, "not a results file"),
    ("{}", "no list of `results`"),
    ('{"results": 3}', "no list of `results`"),
    ('{"results": [3]}', "results[0] is not an object"),
    ('{"results": [{}]}', "results[0].final_answer is missing"),
    ('{"results": [{"final_answer": ["7"]}]}', "results[0].final_answer is not a text"),
    ('{"results": [{"final_answer": true}]}', "results[0].final_answer is not a text"),
    (
        '{"results": [{"final_answer": "7", "reference_answer": {}}]}',
        "results[0].reference_answer is not a text",
    ),
    ('{"results": [{"final_answer": "7", "models": 3}]}', "results[0].models is not a list"),
    ('{"results": [{"final_answer": "7", "models": [{}]}]}', "results[0].models[0].model_name"),
    (
        '{"results": [{"final_answer": "7", "models": [{"model_name": "a", "calls": [1]}]}]}',
        "results[0].models[0].calls is not a list of objects",
    ),
    ('{"results": [{"final_answer": "7", "choices": "AB"}]}', "results[0].choices"),
    ('{"results": [{"final_answer": "7"}]}', "--kind math|number|choice"),
    ('{"results": []}', "--kind math|number|choice"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_results(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"x": "\xe9"}')
    for path, message in (
        (tmp_path / "none.json", "No such file"),
        (tmp_path, "cannot be read"),
        (tmp_path / "latin.json", "not UTF-8"),
    ):
        with pytest.raises(InputError, match=message):
            read_results(path)

"""Data sets of references: of ids and answers alone, in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from slm_mux.errors import DatasetError, InputError
from slm_mux.scoring.bulk.references import before, references, refuse_strangers
from slm_mux.tallies import KnownProblem

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, rows: list[dict[str, Any]], form: str = "jsonl") -> Path:
    """The rows as a file of that format."""
    path = folder / f"set.{form}"
    match form:
        case "parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        case "json":
            path.write_text(json.dumps(rows))
        case "csv":
            lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
            path.write_text("\n".join(lines))
        case _:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def answers(known: list[KnownProblem]) -> dict[str, str | None]:
    """What is known, by id."""
    return {one.problem_id: one.reference_answer for one in known}


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "parquet"])
@pytest.mark.parametrize("kind", [None, "math", "number"])
def test_ids_and_answers_are_enough(tmp_path: Path, form: str, kind: Any) -> None:
    some = [{"problem_id": "p1", "answer": 4}, {"problem_id": "p2", "answer": 5}]
    known = references(written(tmp_path, some, form), kind)
    assert answers(known) == {"p1": "4", "p2": "5"}
    assert {one.kind for one in known} == {kind}


@pytest.mark.parametrize("name", ["id", "problem_id", "unique_id"])
@pytest.mark.parametrize(
    "answer", ["answer", "reference_answer", "expected_answer", "gold", "target"]
)
def test_usual_names(tmp_path: Path, name: str, answer: str) -> None:
    assert answers(references(written(tmp_path, [{name: "a", answer: "4"}]))) == {"a": "4"}


def test_worked_answers_and_letters(tmp_path: Path) -> None:
    some: list[dict[str, Any]] = [
        {"id": "1", "answer": "2+2 is 4.\n#### 1,234"},
        {"id": "2", "answer": "two", "choices": ["one", "two"]},
        {"id": "3", "answer": None},
    ]
    known = references(written(tmp_path, some))
    assert answers(known) == {"1": "1,234", "2": "B"}
    assert known[1].choices == ["one", "two"]
    solved = written(tmp_path, [{"id": "1", "solution": r"It is \boxed{7}."}])
    assert answers(references(solved)) == {"1": "7"}


def test_whole_numbers_beside_nulls_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "set.parquet"
    pq.write_table(pa.table({"id": [1, 2, 3], "answer": [4.0, None, 0.5]}), path)
    assert answers(references(path)) == {"1": "4", "3": "0.5"}


def test_problems_with_a_kind_are_read_as_they_are_asked(tmp_path: Path) -> None:
    path = written(tmp_path, [{"problem": "2+2?", "answer": "4"}])
    asked, recorded = references(path, "math")  # as `run` names it, and as rows without an id do
    assert asked.problem_id.startswith("set-")
    assert recorded.problem_id.startswith("text:")
    with pytest.raises(DatasetError, match="no field holds the problem's id"):
        references(path)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "1", "what": "4"}], "no field holds the reference answer"),
        ([{"id": "1", "answer": "4"}, {"id": "1", "answer": "5"}], "has another answer"),
        ([{"id": "1", "answer": " "}], "no row has an answer"),
        ([{"id": "1", "answer": "4"}, {"answer": "4"}], "field 'id' is missing"),
    ],
)
def test_what_is_refused(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        references(written(tmp_path, rows))


def test_references_of_other_problems_are_refused(tmp_path: Path) -> None:
    refuse_strangers(tmp_path, ["a", "b"], ["b", "c"])
    with pytest.raises(InputError, match="none of its 2 ids is among the 1 problems"):
        refuse_strangers(tmp_path, ["a", "b"], ["c"])


def test_what_lies_beside_a_log_still_tells_kind_and_choices() -> None:
    beside = [
        KnownProblem("t", "a", "A", ("x", "y"), "choice"),
        KnownProblem("t", "b", "B", ("x", "y"), "choice"),
    ]
    first = KnownProblem(None, "a", "B")
    assert before([first], beside) == [
        first, KnownProblem("t", "a", "B", ("x", "y"), "choice"), beside[1],
    ]  # fmt: skip

"""Data sets of references: of ids and answers alone, in every format."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bulk_inputs import packed
from slm_mux.errors import DatasetError, InputError
from slm_mux.scoring.bulk.references import before, references, refuse_strangers
from slm_mux.tallies import KnownProblem

if TYPE_CHECKING:
    from collections.abc import Callable
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


@pytest.mark.parametrize(
    "name",
    ["problem_id", "question_id", "unique_id", "uuid", "qid", "doc_id", "sample_id", "custom_id",
     "problem_idx", "idx", "id"],
)  # fmt: skip
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


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "parquet"])
@pytest.mark.parametrize("kind", [None, "math"])
def test_ids_that_pandas_made_floats_are_whole(tmp_path: Path, form: str, kind: Any) -> None:
    some = [
        {"id": 0.0, "problem": "a?", "answer": "4"},
        {"id": 1.0, "problem": "b?", "answer": "5"},
    ]
    known = answers(references(written(tmp_path, some, form), kind))
    assert list(known) == ["0", "0.0", "1", "1.0"]  # rows may have either
    assert (known["0"], known["1.0"]) == ("4", "5")


def test_texts_are_ids_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, [{"id": "1.0", "answer": "4"}, {"id": "nan", "answer": "5"}])
    assert answers(references(path)) == {"1.0": "4", "nan": "5"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("kind", [None, "math"])
def test_an_id_that_is_no_number_is_named(tmp_path: Path, form: str, kind: Any) -> None:
    some = [
        {"id": 1.0, "problem": "a?", "answer": "4"},
        {"id": float("nan"), "problem": "b?", "answer": "5"},
    ]
    where = {"csv": "line 3", "parquet": "row 2"}[form]
    with pytest.raises(DatasetError, match=rf"{where}: field 'id' is not a number \(NaN\)"):
        references(written(tmp_path, some, form), kind)


def test_answers_that_are_no_number_are_missing(tmp_path: Path) -> None:
    some = [{"id": "a", "answer": 4.5}, {"id": "b", "answer": float("nan")}]
    assert answers(references(written(tmp_path, some, "parquet"))) == {"a": "4.5"}


def test_decimals_are_numbers(tmp_path: Path) -> None:
    some = [{"id": Decimal(n), "answer": Decimal(n) / 4} for n in (7, 8)]
    assert answers(references(written(tmp_path, some, "parquet"))) == {"7": "1.75", "8": "2.00"}


@pytest.mark.parametrize("pack", [gzip.compress, packed])
def test_references_may_be_packed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = written(tmp_path, [{"id": "a", "answer": "4"}])
    path.write_bytes(pack(path.read_bytes()))
    assert answers(references(path)) == {"a": "4"}
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DatasetError, match=r"damaged (gzip|zstd) file"):
        references(path)


def test_problems_are_known_by_ids_that_only_rows_know(tmp_path: Path) -> None:
    path = written(tmp_path, [{"question_id": "q", "problem": "2+2?", "answer": "4"}])
    ids = list(answers(references(path, "math")))
    assert ids[0] == "q"
    assert [one.partition("-")[0].partition(":")[0] for one in ids] == ["q", "set", "text"]


def test_options_that_were_put_in_order_are_of_ids_of_their_own(tmp_path: Path) -> None:
    row = {"uuid": "u", "Question": "2+2?", "Correct Answer": "4"}
    wrong = {f"Incorrect Answer {i}": str(i) for i in (1, 2, 3)}
    assert "u" not in answers(references(written(tmp_path, [row | wrong]), "choice"))


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
        ([{"name": "1", "answer": "4"}], "name it .*'question_id' or 'uuid'"),
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

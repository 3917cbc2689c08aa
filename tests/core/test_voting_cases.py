"""The written cases of votes and selections, held by the extension and by the reference."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reference import selection, selectors
from reference import voting as reference
from slm_mux import AnswerTable
from slm_mux.errors import InputError

CASES = Path(__file__).resolve().parent.parent / "cases"
FIELDS = ("sample_index", "key", "state", "correct")
STATES = {"?": "unparsed", "~": "truncated", "!": "failed"}


def load(name: str) -> list[Any]:
    """Return each case of a file as a named parameter."""
    cases = json.loads((CASES / name).read_text())["cases"]
    return [pytest.param(case, id=case["name"]) for case in cases]


def vote_rows(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a case of votes."""
    at = {"problem_id": "p", "model": "m"}
    return [at | dict(zip(FIELDS, row, strict=False)) for row in case["rows"]]


def selection_rows(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a case of selection."""
    return [
        {
            "problem_id": "p",
            "model": member,
            "sample_index": index,
            "key": None if word in STATES else word,
            "state": STATES.get(word, "ok"),
        }
        for member, words in case["votes"].items()
        for index, word in enumerate(words.split())
    ]


def references(case: dict[str, Any]) -> dict[str, str | None]:
    return {"p": case.get("reference")}


def fraction(pair: list[int] | None) -> Fraction | None:
    return None if pair is None else Fraction(*pair)


@pytest.mark.parametrize("case", load("votes.json"))
def test_votes(case: dict[str, Any]) -> None:
    rows = vote_rows(case)
    if "error" in case:
        row, name = case["error"]["row"], case["error"]["field"]
        with pytest.raises(InputError, match=f"^row {row}: {name} "):
            AnswerTable.from_samples(rows)
        return
    expected = dict(case["expected"])
    table = AnswerTable.from_samples(rows, references=references(case))
    assert table.conflicts == [("p", "m", index) for index in expected.pop("conflicts")]
    tally = table.tally("p", "m", abstain=case.get("abstain", "count"))
    expected["counts"] = dict(expected["counts"])
    expected["confidence"] = fraction(expected["confidence"])
    assert {name: getattr(tally, name) for name in expected} == expected
    assert list(tally.counts) == list(expected["counts"])


@pytest.mark.parametrize("case", load("votes.json"))
def test_votes_of_the_reference(case: dict[str, Any]) -> None:
    rows = vote_rows(case)
    if "error" in case:
        with pytest.raises(reference.RowError) as refused:
            reference.from_samples(rows)
        assert {"row": refused.value.row, "field": refused.value.field} == case["error"]
        return
    expected = case["expected"]
    table = reference.from_samples(rows, references(case))
    assert sorted(index for _, _, index in table.conflicts) == expected["conflicts"]
    tally = reference.tally(table, "p", "m")
    assert list(tally.counts.items()) == [tuple(pair) for pair in expected["counts"]]
    assert tally.confidence(case.get("abstain", "count")) == fraction(expected["confidence"])
    assert tally.correct_top is expected["correct_top"]
    assert tally.n == expected["n"]


@pytest.mark.parametrize("case", load("selections.json"))
def test_selections(case: dict[str, Any]) -> None:
    table = AnswerTable.from_samples(selection_rows(case), references=references(case))
    if "error" in case:
        with pytest.raises(InputError) as refused:
            table.select(**case["options"])
        assert case["error"] in str(refused.value)
        return
    expected = case["expected"] | {"confidence": fraction(case["expected"]["confidence"])}
    (decision,) = table.select(**case["options"])
    assert {name: getattr(decision, name) for name in expected} == expected


@pytest.mark.parametrize("case", load("selections.json"))
def test_selections_of_the_reference(case: dict[str, Any]) -> None:
    table = reference.from_samples(selection_rows(case), references(case))
    options = selection.Options(**case["options"])
    if "error" in case:
        with pytest.raises(ValueError, match=r"selector|order|abstain|validation_accuracy"):
            selectors.select(table, options)
        return
    expected = case["expected"] | {"confidence": fraction(case["expected"]["confidence"])}
    (decision,) = selectors.select(table, options)
    assert {name: getattr(decision, name) for name in expected} == expected

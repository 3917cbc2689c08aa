"""From samples to figures: every state is counted, nothing is folded into wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sample_rows import FAILURE, make_row, write_log
from slm_mux.errors import InputError
from slm_mux.scoring.read import read_samples
from slm_mux.scoring.results import results
from slm_mux.scoring.score import Policies, Scored, score
from slm_mux.scoring.validation import refuse_overlap, validation_accuracies
from slm_mux.types import Price, Problem


def row(problem: str, model: str, index: int, response: str | None, **fields: Any) -> Any:
    about = {"task": "t", "kind": "number", "reference_answer": "7", "choices": None}
    return make_row(
        index,
        problem_id=problem,
        model=model,
        api_model=model,
        response=response,
        **about,
        **fields,
    )


def scored(folder: Path, rows: list[Any], **policies: Any) -> Scored:
    samples = read_samples([write_log(folder / "log.jsonl", rows)])
    given = {"order": samples.members, **policies}
    return score(samples.task, samples.kind, samples.problems, samples.samples, Policies(**given))


def test_states_are_told_apart(tmp_path: Path) -> None:
    rows = [
        row("p", "a", 0, "#### 7"),
        row("p", "a", 1, "#### 8"),
        row("p", "a", 2, "no idea"),
        row("p", "a", 3, "first 3, then", finish_reason="length"),
        row("p", "a", 4, None, error=FAILURE),
        row("p", "a", 5, None, finish_reason="length"),
    ]
    (member,) = results(scored(tmp_path, rows))["models"]
    assert member["samples"] == {
        "ok": 2, "correct": 1, "incorrect": 1, "undecided": 0,
        "unparsed": 1, "truncated": 2, "failed": 1,
    }  # fmt: skip


def test_a_cut_off_response_that_had_answered_votes(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "#### 7\nQuestion: what", finish_reason="length")]
    assert scored(tmp_path, rows).decisions[0].key == "7"


def test_the_paper_profile_takes_whatever_it_finds(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "first 3, then", finish_reason="length")]
    assert scored(tmp_path, rows, profile="paper").decisions[0].key == "3"


def test_the_surest_member_decides(tmp_path: Path) -> None:
    rows = [
        row("p", "a", 0, "#### 8"), row("p", "a", 1, "#### 7"), row("p", "a", 2, "#### 8"),
        row("p", "b", 0, "#### 7"), row("p", "b", 1, "#### 7"), row("p", "b", 2, "#### 7"),
    ]  # fmt: skip
    entry = results(scored(tmp_path, rows))["results"][0]
    assert (entry["selected_model"], entry["final_answer"]) == ("b", "7")
    assert (entry["is_correct"], entry["confidence"]) == (True, 1.0)


@pytest.mark.parametrize(("accuracy", "winner"), [({}, "a"), ({"b": 0.9, "a": 0.1}, "b")])
def test_ties_go_by_validation_accuracy_then_order(
    tmp_path: Path, accuracy: dict[str, float], winner: str
) -> None:
    rows = [row("p", "a", 0, "#### 8"), row("p", "b", 0, "#### 7")]
    done = scored(tmp_path, rows, validation_accuracy=accuracy)
    assert done.decisions[0].model == winner


def test_nobody_answered_is_its_own_outcome(tmp_path: Path) -> None:
    rows = [
        row("p", "a", 0, "no idea"),
        row("q", "a", 0, None, finish_reason="length"),
        row("r", "a", 0, None, error=FAILURE),
    ]
    accuracy = results(scored(tmp_path, rows))["accuracy"]
    counts = {k: accuracy[k] for k in ("incorrect", "no_answer", "truncated", "failed", "n")}
    assert counts == {"incorrect": 0, "no_answer": 1, "truncated": 1, "failed": 1, "n": 3}
    assert accuracy["value"] == 0.0


def test_a_reference_that_cannot_be_read_is_counted_as_undecided(tmp_path: Path) -> None:
    unread = {"kind": "math", "reference_answer": "\\frac{"}
    read = {"kind": "math", "reference_answer": "7"}
    rows = [
        {**row("p", "a", 0, "\\boxed{7}"), **unread},
        {**row("q", "a", 0, "\\boxed{7}"), **read},
    ]
    accuracy = results(scored(tmp_path, rows))["accuracy"]
    assert {k: accuracy[k] for k in ("correct", "incorrect", "undecided", "n")} == {
        "correct": 1, "incorrect": 0, "undecided": 1, "n": 2,
    }  # fmt: skip


def test_unparsed_samples_lower_the_confidence(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "#### 7"), row("p", "a", 1, "no idea")]
    assert scored(tmp_path, rows).decisions[0].confidence == Fraction(1, 2)


def test_a_member_with_fewer_responses_is_short(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "#### 7"), row("p", "a", 1, None, error=FAILURE)]
    data = results(scored(tmp_path, rows, samples=2))
    assert data["short"] == [{"problem_id": "p", "model": "a"}]
    assert data["results"][0]["short"] is True


def test_without_references_there_is_no_accuracy(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "#### 7") | {"reference_answer": None}]
    data = results(scored(tmp_path, rows))
    assert data["accuracy"]["value"] is None
    assert data["results"][0]["is_correct"] is None
    assert data["results"][0]["final_answer"] == "7"


def test_cost_is_null_unless_all_prices_are_known(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "#### 7"), row("p", "b", 0, "#### 7")]
    done = scored(tmp_path, rows)
    assert results(done, prices={"a": Price(1, 1)})["cost"] is None
    assert results(done, prices={"a": Price(1, 1), "b": Price(0, 0)})["cost"] is not None


def test_exemplars_stand_for_keys(tmp_path: Path) -> None:
    rows = [row("p", "a", 0, "#### 1,000"), row("p", "a", 1, "#### 1000.0")]
    (model,) = results(scored(tmp_path, rows))["results"][0]["models"]
    assert model["vote_counts"] == {"1,000": 2}
    assert model["keys"] == {"1,000": "1000"}


def test_validation_accuracy_counts_samples(tmp_path: Path) -> None:
    rows = [
        row("v", "a", 0, "#### 7"), row("v", "a", 1, "#### 8"), row("v", "a", 2, "no idea"),
        row("v", "a", 3, None, error=FAILURE),
    ]  # fmt: skip
    samples = read_samples([write_log(tmp_path / "v.jsonl", rows)])
    drawn = [s for cell in samples.samples.values() for s in cell]
    found = validation_accuracies(drawn, samples.problems, kind="number", profile="canonical")
    assert found == {"a": 1 / 3}


def test_validation_needs_references(tmp_path: Path) -> None:
    rows = [row("v", "a", 0, "#### 7") | {"reference_answer": None}]
    samples = read_samples([write_log(tmp_path / "v.jsonl", rows)])
    with pytest.raises(InputError, match="no reference answers"):
        validation_accuracies([], samples.problems, kind="number", profile="canonical")


@pytest.mark.parametrize(
    "known",
    [Problem("p", "other"), Problem("q", "How  MANY\napples?"), Problem("q", "how many apples? ")],
)
def test_overlap_by_id_or_text_is_refused(known: Problem) -> None:
    with pytest.raises(InputError, match="1 of the scored problems"):
        refuse_overlap([Problem("p", "How many apples?")], [known])


def test_unknown_texts_are_no_overlap() -> None:
    refuse_overlap([Problem("p", "")], [Problem("q", "")])

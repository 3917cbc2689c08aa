"""The ladder: each rung is asked only for what is open, and what it says is kept apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from results_files import TOWER, entry, ours
from slm_mux import grade, grades
from slm_mux.judging.judge import Ruling
from slm_mux.scoring.ladder import Climb, Ladder, Standing, climbs_of
from slm_mux.scoring.recorded_results import RecordedAnswer, RecordedResult, RecordedResults
from slm_mux.scoring.verified import VERIFICATION, verified
from slm_mux.symbolic import Limits, Workers
from slm_mux.types import Kind

ROOT_OF_EIGHT = ["root", ["number", "2"], ["number", "8"]]
TWICE_ROOT = ["multiply", ["number", "2"], ["root", ["number", "2"], ["number", "2"]]]
TREES: dict[str, Any] = {
    TOWER + "1": ROOT_OF_EIGHT,
    TOWER + "2": TWICE_ROOT,
    TOWER + "3": ["number", "3"],
}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(Limits(), count=1) as running:
        yield running


@pytest.fixture
def _trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees of answers that Rust leaves undecided, made by hand."""

    def tree(answer: str, *, kind: Kind) -> str | None:  # noqa: ARG001
        return json.dumps(TREES[answer]) if answer in TREES else None

    monkeypatch.setattr(grades, "tree", tree)


def result(final: str | None, reference: str | None, *best: str | None) -> RecordedResult:
    models = {f"m{at}": RecordedAnswer(text) for at, text in enumerate(best or (final,))}
    return RecordedResult(reference, None, RecordedAnswer(final), models)


def standing(answer: str, reference: str, kind: Kind = "math") -> Standing:
    ladder = Ladder([result(answer, reference)], kind)
    return ladder.of(Climb(answer, reference, None))


@pytest.mark.parametrize(
    ("answer", "reference", "kind", "stage", "verdict"),
    [
        ("1/2", "1/2", "math", "string", "correct"),
        (r"\frac12", "0.5", "math", "key", "correct"),
        (r"\frac12", "$0.5$", "math", "key", "correct"),
        ("3", r"So \boxed{4}.", "math", "key", "incorrect"),
        ("1,234", "1234", "number", "key", "correct"),
        ("B", "(B)", "choice", "key", "correct"),
        (r"\frac{1}{2", r"\frac{1}{3}", "math", None, "undecided"),
        (TOWER + "1", TOWER + "2", "math", None, "undecided"),
    ],
)
def test_where_rust_decides(
    answer: str, reference: str, kind: Kind, stage: str | None, verdict: str
) -> None:
    found = standing(answer, reference, kind)
    assert (found.stage, found.verdict) == (stage, verdict)


def test_an_answer_is_graded_as_it_is_and_not_searched_for_another() -> None:
    assert standing(r"\boxed{5}, or 7", "7").verdict != "correct"


def test_every_answer_climbs_once() -> None:
    results = [result("1", "1", "1", "2"), result("1", "1", "1", None), result("1", None)]
    climbs = [climb for each in results for climb in climbs_of(each)]
    assert len(climbs) == 5
    assert len(set(climbs)) == 2


@pytest.mark.usefixtures("_trees")
def test_sympy_is_asked_for_what_is_open_alone(workers: Workers) -> None:
    same, other = Climb(TOWER + "1", TOWER + "2", None), Climb(TOWER + "3", TOWER + "2", None)
    ladder = Ladder(
        [result(same.answer, same.reference), result(other.answer, other.reference),
         result("1", "2")], "math",
    )  # fmt: skip
    assert ladder.ask_sympy(workers) == 2
    assert ladder.of(same).steps == (("sympy", "correct"),)
    assert ladder.of(other).steps == (("sympy", "incorrect"),)
    assert ladder.open() == {}


def test_the_judge_is_asked_once_for_all_spellings() -> None:
    results = [
        result(TOWER + "1", TOWER + "2"),
        result(f"  {TOWER}1 ", TOWER + "2"),
        result("1", "2"),
    ]
    ladder = Ladder(results, "math")
    assert len(ladder.open()) == 1
    assert len(ladder.open(incorrect=True)) == 2
    ladder.hear_judge(dict.fromkeys(ladder.open(), ("correct", None)), incorrect=False)
    assert [ladder.of(climbs_of(r)[0]).verdict for r in results] == [
        "correct",
        "correct",
        "incorrect",
    ]


def test_a_judge_that_is_asked_about_wrong_answers_may_turn_them() -> None:
    ladder = Ladder([result("1", "2"), result("3", "2"), result("4", "2")], "math")
    keys = list(ladder.open(incorrect=True))
    rulings = [Ruling("correct"), Ruling("incorrect"), Ruling("undecided", "judge_unclear")]
    ladder.hear_judge(dict(zip(keys, rulings, strict=True)), incorrect=True)
    found = [ladder.of(Climb(answer, "2", None)) for answer in "134"]
    assert [f.steps[-1] for f in found] == [
        ("judge", "correct"),
        ("key", "incorrect"),
        ("key", "incorrect"),
    ]
    assert [found[0].after(stage) for stage in ("string", "key", "sympy", "judge")] == [
        "undecided",
        "incorrect",
        "incorrect",
        "correct",
    ]


@pytest.mark.usefixtures("_trees")
def test_the_facade_asks_sympy_too() -> None:
    response = rf"\boxed{{{TOWER}1}}"
    assert grade(response, TOWER + "2", kind="math").verdict == "undecided"
    found = grade(response, TOWER + "2", kind="math", sympy=True)
    assert (found.verdict, found.stage, found.limit) == ("correct", "sympy", None)
    several = grade(
        [response, None, r"\boxed{5}"], [TOWER + "3", "1", "5"], kind="math", sympy=True
    )
    assert [g and (g.verdict, g.stage) for g in several] == [
        ("incorrect", "sympy"),
        None,
        ("correct", "string"),
    ]


@pytest.mark.usefixtures("_trees")
def test_the_facade_asks_sympy_for_columns() -> None:
    pa = pytest.importorskip("pyarrow")
    responses = pa.array([rf"\boxed{{{TOWER}1}}", None, r"\boxed{5}"])
    references = pa.chunked_array([[TOWER + "2"], ["1", "5"]])
    found = pa.array(grade(responses, references, kind="math", sympy=True))
    assert found.type == pa.array(grade(responses, references, kind="math")).type
    assert [row and (row["verdict"], row["stage"]) for row in found.to_pylist()] == [
        ("correct", "sympy"),
        None,
        ("correct", "string"),
    ]


# --- what is written


def verify(*results: RecordedResult, **fields: Any) -> dict[str, Any]:
    entries = [entry(r.final.text, r.reference, is_correct=False) for r in results]
    data = ours(**fields) | {"results": entries}
    recorded = RecordedResults(data, "math", tuple(results))
    ladder = Ladder(results, "math")
    return verified(recorded, ladder, ["string", "key", "lenient"], {"judge": None})


def test_the_sum_tells_every_state_after_every_rung() -> None:
    found = verify(
        result("1/2", "1/2"), result("0.5", "1/2"), result("3", "4"), result(None, "4"),
        result(TOWER + "1", TOWER + "2"), result("4", None),
    )[VERIFICATION]  # fmt: skip
    steps = [
        (s["stage"], s["correct"], s["incorrect"], s["undecided"], s["no_answer"], s["n"])
        for s in found["accuracy"]
    ]
    assert steps == [
        ("string", 1, 0, 4, 1, 6),
        ("key", 2, 1, 2, 1, 6),
        ("lenient", 2, 1, 2, 1, 6),
    ]
    assert all(s["low"] < s["value"] < s["high"] for s in found["accuracy"])
    assert found["decided_by"] == {"string": 1, "key": 2, "nobody": 2}
    assert found["limits"] == {"digits": 1}


def test_each_entry_tells_who_decided_and_what_it_said_before() -> None:
    right, open_, none = verify(result("0.5", "1/2"), result("4", None), result(None, "4"))[
        "results"
    ]
    said = right[VERIFICATION]
    assert (said["verdict"], said["stage"], said["was_correct"]) == ("correct", "key", False)
    assert said["models"]["m0"]["verdict"] == "correct"
    assert (right["is_correct"], open_["is_correct"], none["is_correct"]) == (True, None, False)
    assert open_[VERIFICATION]["limit"] == "no_reference"
    assert none[VERIFICATION]["verdict"] == "no_answer"


def test_figures_keep_their_shape_and_what_they_were() -> None:
    ours_ = verify(result("0.5", "1/2"), accuracy={"value": 0.0, "n": 1, "extra": 1})
    assert (ours_["accuracy"]["value"], ours_["accuracy"]["extra"]) == (1.0, 1)
    assert ours_[VERIFICATION]["accuracy_before"]["value"] == 0.0
    published = verify(result("0.5", "1/2"), accuracy=0.25)
    assert (published["accuracy"], published[VERIFICATION]["accuracy_before"]) == (1.0, 0.25)
    models = [{"name": "m0", "self_consistency": {"value": 0.0}}, {"name": "m1"}]
    found = verify(result("0.5", "1/2"), models=models)["models"]
    assert (found[0]["self_consistency"]["value"], found[1]) == (1.0, {"name": "m1"})


def test_without_references_there_is_no_accuracy() -> None:
    (*_, last) = verify(result("4", None))[VERIFICATION]["accuracy"]
    assert (last["value"], last["undecided"], last["n"]) == (None, 1, 1)

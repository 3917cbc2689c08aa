"""Why a decision fell as it did, for every selector, from made-up votes."""

from __future__ import annotations

import pytest

from slm_mux import AnswerTable
from slm_mux.report.model import Verdict
from slm_mux.report.why import why

ACCURACY = {"a": 0.6, "b": 0.6}
WEIGHTS = {"a": 1_000_000, "b": 1_000_000}


def said(selector: str, a: str, b: str, reference: str = "7") -> str:
    """The sentence on one problem, where `a` and `b` have one answer a character."""
    rows = [
        {"problem_id": "p", "model": model, "sample_index": at, "key": key}
        for model, keys in (("a", a), ("b", b))
        for at, key in enumerate(keys)
    ]
    table = AnswerTable.from_samples(rows, references={"p": reference})
    decision = table.select(selector, validation_accuracy=ACCURACY, weights=WEIGHTS)[0]
    confidence = None if decision.confidence is None else float(decision.confidence)
    verdict = Verdict(
        answer=decision.key,
        key=decision.key,
        model=decision.model,
        confidence=confidence,
        reason=decision.reason,
        outcome=decision.outcome,
        stage=None,
        short=False,
    )
    tallies = {model: table.tally("p", model) for model in "ab"}
    return why(verdict, tallies, selector)


@pytest.mark.parametrize(
    ("selector", "a", "b", "sentence"),
    [
        ("mux", "778", "777", "b is the surest"),
        ("majority", "778", "788", "The answer has the most votes of all models together: 3 of 6"),
        ("weighted", "777", "888", "as much as another; pool order decides"),
        ("weighted", "778", "777", "weighted by validation accuracy: a 2 of 3, b 3 of 3."),
        ("calibrated", "778", "777", "as the calibration values them: a 2 of 3, b 3 of 3."),
        ("unanimous", "788", "799", "The first samples of all models agree."),
        ("unanimous", "778", "888", "The first samples differ. b is the surest"),
        ("switch", "778", "888", "b is the first model, in tie order, whose samples all agree."),
        ("switch", "778", "787", "weighted by consistency and accuracy"),
        ("oracle", "888", "777", "An upper bound, which knows the answers: that of b is correct."),
        ("oracle", "888", "998", "No model's first answer is correct. a is the surest"),
        ("single:b", "777", "788", "Only b was asked: 2 of 3 responses agree"),
    ],
)
def test_every_selector_says_why(selector: str, a: str, b: str, sentence: str) -> None:
    assert sentence in said(selector, a, b)

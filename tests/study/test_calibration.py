"""Calibration: what few problems may and may not say."""

from __future__ import annotations

from typing import Any

import pytest

from slm_mux import AnswerTable
from slm_mux.errors import InputError
from slm_mux.study.calibration import calibrate

GOOD, BAD = "good", "bad"


def table(answers: dict[str, dict[str, str]], right: str = "7") -> AnswerTable:
    """Answers by problem and member, as words in the order of samples."""
    rows: list[dict[str, Any]] = [
        {"problem_id": p, "model": m, "sample_index": i, "key": None if key == "?" else key}
        for p, members in answers.items()
        for m, words in members.items()
        for i, key in enumerate(words.split())
    ]
    return AnswerTable.from_samples(
        rows, references=dict.fromkeys(answers, right), members=(GOOD, BAD)
    )


def repeated(times: int) -> AnswerTable:
    """One member is right where they differ, nine times of ten."""
    usual = {GOOD: "7 7 7", BAD: "8 8 8"}
    return table(
        {str(n): usual if n % 10 != 9 else {GOOD: "9 9 9", BAD: "7 7 7"} for n in range(times)}
    )


def test_the_better_member_weighs_more_the_more_is_known() -> None:
    few, some, many = (calibrate(repeated(times), [GOOD, BAD]) for times in (1, 3, 200))
    ratios = [fitted.weights[GOOD] / fitted.weights[BAD] for fitted in (few, some, many)]
    assert 1 < ratios[0] < ratios[1]
    assert ratios[0] < ratios[2]
    assert many.problems == 200
    shares = {name: share.value for name, share in many.accuracy.items()}
    assert shares == {GOOD: pytest.approx(0.9), BAD: pytest.approx(0.1)}
    assert all(share.low < share.value < share.high for share in many.accuracy.values())
    assert all(0 < many.deviations[name] < 1 for name in (GOOD, BAD))


def test_one_problem_moves_weights_little() -> None:
    fitted = calibrate(table({"1": {GOOD: "7 7 7", BAD: "8 8 8"}}), [GOOD, BAD])
    assert fitted.weights[GOOD] / fitted.weights[BAD] < 20
    assert fitted.weights[GOOD] < 2_000_000


def test_members_that_do_the_same_weigh_the_same() -> None:
    same = {str(n): {GOOD: "7 7 8", BAD: "7 7 8"} for n in range(9)}
    fitted = calibrate(table(same), [GOOD, BAD])
    assert fitted.weights[GOOD] == pytest.approx(fitted.weights[BAD], rel=1e-4)


def test_the_selection_takes_the_weights() -> None:
    weights = calibrate(repeated(100), [GOOD, BAD]).weights
    decided = table({"p": {GOOD: "1 1 2", BAD: "3 3 3"}}).select("calibrated", weights=weights)
    assert decided[0].reason == "calibrated"
    assert decided[0].model == GOOD


def test_unlabelled_problems_are_left_out() -> None:
    rows = [{"problem_id": "1", "model": GOOD, "sample_index": 0, "key": "7"}]
    unlabelled = AnswerTable.from_samples(rows)
    with pytest.raises(InputError, match="no problem has an answer that could be graded"):
        calibrate(unlabelled, [GOOD])
    assert calibrate(repeated(10) | unlabelled, [GOOD, BAD]).problems == 10


def test_a_problem_without_an_answer_says_nothing() -> None:
    silent = table({"silent": {GOOD: "? ?", BAD: "?"}})
    assert calibrate(repeated(10) | silent, [GOOD, BAD]) == calibrate(repeated(10), [GOOD, BAD])


def test_unknown_members_are_refused() -> None:
    with pytest.raises(InputError, match="nobody"):
        calibrate(repeated(3), [GOOD, "nobody"])

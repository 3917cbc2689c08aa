"""Answers that models gave to real problems, each verdict judged by its truth.

`answer` is the box or the last statement of a response. Where our verdict is not the truth the
case holds it as `ours`, so that whatever mends it shows.
"""

from __future__ import annotations

import pytest

import slm_mux
from core_cases import Case, cases

REAL = cases("real_answers")


@pytest.mark.parametrize("case", REAL)
def test_verdict_of_the_answer(case: Case) -> None:
    found = slm_mux.grade(case["answer"], case["reference"], kind=case["kind"])
    assert found.verdict == case.get("ours", case["verdict"]), case["why"]


def test_there_are_many_and_no_wrong_one_is_called_correct() -> None:
    rows = [case.values[0] for case in REAL]
    assert len(rows) >= 400
    assert not [row for row in rows if row.get("ours") == "correct"]

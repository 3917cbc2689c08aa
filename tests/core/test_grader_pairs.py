"""References and answers that graders are judged by: each verdict is the mathematical truth."""

from __future__ import annotations

import pytest

import slm_mux
from core_cases import Case, cases


@pytest.mark.parametrize("case", cases("grader_pairs"))
def test_verdict_of_the_pair(case: Case) -> None:
    response = f"\\boxed{{{case['answer']}}}"
    found = slm_mux.grade(response, case["reference"], kind=case["kind"])
    assert found.verdict == case["verdict"], case["why"]

"""Every trap of answer extraction has a case; both the extension and the reference keep it."""

from __future__ import annotations

import inspect
import re

import pytest

import slm_mux
from conftest import ROOT
from core_cases import Case, cases
from reference import canonical

TABLES = ("extraction", "multiple_choice", "numbers", "keys")
SPANS = [case for table in TABLES for case in cases(table) if "span" in case.values[0]]
VOTES = [case for table in TABLES for case in cases(table) if "key" in case.values[0]]
PAIRS = [case for table in TABLES for case in cases(table) if "other" in case.values[0]]


@pytest.mark.parametrize("case", SPANS)
def test_span_of_the_case(case: Case) -> None:
    found = slm_mux.read(case["input"], kind=case["kind"], choices=case.get("choices"))
    span = found.span if found else None
    rule = found.rule if found else None
    assert (span, rule) == (case["span"], case["rule"])


@pytest.mark.parametrize("case", VOTES)
def test_vote_of_the_case(case: Case) -> None:
    answer = case["input"]
    if "span" in case:
        answer = slm_mux.extract(answer, kind=case["kind"], choices=case.get("choices"))
    assert slm_mux.key(answer, kind=case["kind"]) == case["key"]


@pytest.mark.parametrize("case", PAIRS)
def test_two_answers_are_one_vote_or_two(case: Case) -> None:
    assert slm_mux.same(case["input"], case["other"], kind=case["kind"]) is case["same"]


@pytest.mark.parametrize("case", SPANS)
def test_the_reference_keeps_the_spans(case: Case) -> None:
    found = canonical.extract(case["input"], case["kind"], case.get("choices"))
    assert found == ((case["span"], case["rule"]) if case["span"] is not None else None)


def test_every_trap_has_a_case() -> None:
    tables = (*TABLES, "grades", "pipeline_traps")
    rows = [case.values[0] for table in tables for case in cases(table)]
    traps = {re.sub(r"\D*$", "", row["trap"]) for row in rows if row.get("trap")}
    rooms = (("E", 17), ("M", 11), ("N", 18), ("S", 9), ("T", 9), ("P", 10))
    wanted = {f"{room}{n}" for room, last in rooms for n in range(1, last + 1)}
    assert wanted - traps == set()


@pytest.mark.parametrize("case", cases("pipeline_traps"))
def test_the_test_that_keeps_a_trap_exists(case: Case) -> None:
    path, _, name = case["kept"].partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_the_two_sides_are_named_apart() -> None:
    response, reference = "First 3, no: \\boxed{4}", "We add: $2+2=\\boxed{4}$."
    assert slm_mux.grade(response=response, reference=reference, kind="math").verdict == "correct"
    assert slm_mux.grade(response=reference, reference=response, kind="math").verdict == "correct"
    names = list(inspect.signature(slm_mux.grade).parameters)
    assert names[:2] == ["response", "reference"]

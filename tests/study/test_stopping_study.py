"""`benches/studies/stopping.py` on votes whose outcome is known by hand."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import pytest

from conftest import ROOT

np = pytest.importorskip("numpy")
STUDIES = str(ROOT / "benches" / "studies")
WIDE = 9
"""As many samples of each cell as the largest k."""


@pytest.fixture(scope="module")
def study() -> Any:
    """The study, which imports the one beside it by its bare name."""
    sys.path.insert(0, STUDIES)
    try:
        return importlib.import_module("stopping")
    finally:
        sys.path.remove(STUDIES)


def pool(study: Any, cells: list[list[list[int]]], right: list[set[int]]) -> Any:
    keys = [[np.asarray(cell) for cell in row] for row in cells]
    return study.Pool("tiny", ["a", "b"], len(cells), keys, right)


@pytest.mark.parametrize(
    ("keys", "asked", "key"),
    [
        ([7, 7, 7, 7, 7, 7], 4, 7),  # 31/32 after four, 15/16 after three
        ([7, 8, 7, 7, 7, 7, 7, 8], 7, 7),  # 247/256 after six to one, 120/128 before
        ([-1, 7, 7, 7, 7, 8], 5, 7),
        ([8, 8, 8, 8, 7, 7, 7, 7, 7], 4, 8),  # all of them say 7
        ([7, 8, 8, 7], 4, 7),  # never sure: all, the first seen
        ([-1, -1], 2, -1),
    ],
)
def test_adaptive_consistency(study: Any, keys: list[int], asked: int, key: int) -> None:
    assert study.adaptive(keys) == study.Stopped(asked, key)


def test_the_beta_criterion_is_a_tail_of_the_binomial(study: Any) -> None:
    assert study.surer(0, 0) == 0.5
    assert study.surer(4, 0) == 31 / 32
    assert study.surer(6, 1) == 247 / 256
    assert study.surer(3, 3) == 0.5


@pytest.mark.parametrize(
    ("keys", "width", "asked", "key"),
    [
        ([8, 8, 8, 8, 8, 7, 7, 7, 7, 7, 7], 5, 5, 8),
        ([7, 8, 7, 7, 7, 7, 7, 7, 7, 7, 8], 5, 10, 7),
        ([-1, -1, -1, -1, -1, 7, 7, 7, 7, 7], 5, 10, 7),  # no answer is no agreement
        ([7, 8, 7, 9, 7, 6, 8, 8, 8, 8], 2, 8, 7),  # 8 fills a window, 7 has as many, and earlier
        ([7, 8, 7, 8, 7], 2, 5, 7),  # a window that is not full decides nothing
    ],
)
def test_windows(study: Any, keys: list[int], width: int, asked: int, key: int) -> None:
    assert study.windows(keys, width) == study.Stopped(asked, key)


def test_the_early_exit_wants_answers_that_agree(study: Any) -> None:
    assert study.unanimous([3, 3, 3])
    assert not study.unanimous([3, 3, 4])
    assert not study.unanimous([-1, -1])


def test_the_early_exit_can_take_another_answer_than_all_samples(study: Any) -> None:
    cells = [[[8] + [7] * 8, [8, *range(10, 18)]], [[7] * WIDE, [8] * WIDE]]
    tiny = pool(study, cells, [{7}, {7}])
    sums = study.Sums(2)
    study.early_exit(study.Drawn(tiny, np.asarray(cells)), [0, 1], {"a": 0.9, "b": 0.1}, sums)
    found = sums.cells["tiny 2 3 unanimous"].T.tolist()
    assert study.CHANGED == ("decisions", "all", "asked", "differs", "right", "right_all")
    assert found == [[1, 6, 2, 1, 0, 1], [1, 6, 6, 0, 1, 1]]


def test_the_whole_study_on_two_members_who_are_always_sure(study: Any) -> None:
    cells = [[[7] * WIDE, [7] * WIDE]] * 2 + [[[7] * WIDE, [8] * WIDE]] * 2
    tiny = pool(study, cells, [{7}] * 4)
    sums = study.study(tiny, range(4), trials=3, seed=0)
    figures = {cell: study.summary(found, 0) for cell, found in sums.cells.items()}
    mux = figures["tiny 2 3 mux"]  # the better member's three settle it
    assert (mux["saved"], mux["saved_in_rounds"]) == (50, 50)
    assert (mux["waits"], mux["waits_in_rounds"], mux["prompts_in_rounds"]) == (3, 1, 1)
    assert (mux["decisions"], mux["equal"], mux["equal_r"]) == (12, 12, 12)
    alone = figures["tiny 1 40 lossless"]  # all nine there are: five are the most
    assert alone["saved"] == pytest.approx(400 / 9)
    assert figures["tiny 1 40 adaptive"]["saved"] == pytest.approx(500 / 9)
    assert figures["tiny 1 40 windows"]["saved"] == pytest.approx(400 / 9)
    early = figures["tiny 2 3 unanimous"]  # on half of the problems two samples of six
    assert early["saved"] == pytest.approx(100 / 3)
    assert (early["differs"], early["gain"], early["accuracy_of_all"]) == (0, 0, 100)
    found = {"cells": figures, "thresholds": study.thresholds(sums.pools)}
    shown = study.tables(json.loads(json.dumps(found)))
    assert "Lossless: 408 of 408 equal" in shown  # (5 rules x 3 k + 2 members) x 12 x 2
    assert "| tiny | 2 | 3 | 50.0 ± 0.0 |" in shown


def test_the_cost_of_a_threshold(study: Any) -> None:
    [pool_] = [dict.fromkeys(study.ASKED, 0.0) | {"asked": 10, "asked_r": 12, "prompts": 2}]
    found = study.regrets([np.asarray(list(pool_.values()))])  # equal at a quarter
    assert found["0.0"][1] == pytest.approx(100 * (12.02 / 10.1 - 1))
    assert found["1.0"][1] < 100 * (20 / 14 - 1)
    assert min(found, key=lambda one: found[one]) == "0.25"

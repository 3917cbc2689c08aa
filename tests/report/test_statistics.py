"""Bins of confidence, and what the statistics count."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from slm_mux.report.read import read_input
from slm_mux.report.selectors import by_selector, single_decisions
from slm_mux.report.statistics import CAUSES, agreement, bins_of, calibration, causes


def test_few_confidences_have_a_bin_each() -> None:
    found = bins_of([(Fraction(1, 3), False), (Fraction(1), True), (Fraction(1), False)])
    assert [(b.confidence, b.correct.value, b.correct.n) for b in found] == [
        (1 / 3, 0.0, 1),
        (1.0, 0.5, 2),
    ]


def test_many_confidences_share_ten_bins_that_hold_their_upper_end() -> None:
    found = bins_of([(Fraction(n, 20), True) for n in range(1, 21)])
    assert [(b.low, b.high, b.correct.n) for b in found] == [
        (n / 10, (n + 1) / 10, 2) for n in range(10)
    ]


def test_everything_is_counted_once(results: Path) -> None:
    [record] = read_input(results)
    own = single_decisions(record)
    for one in calibration(own):
        assert one.graded + one.undecided + one.no_answer == 60
        assert sum(b.correct.n for b in one.bins) == one.graded
    assert len(agreement(own)) == 3
    found = causes(record, own)
    assert len(found) == 60
    assert set(found) <= CAUSES.keys()


def test_an_upper_bound_is_no_selector(results: Path) -> None:
    [record] = read_input(results)
    rows = by_selector(record).rows
    assert [row.selector for row in rows if row.recorded] == ["mux"]
    assert sum(row.baseline for row in rows) == 1
    bounds = [row for row in rows if row.kind == "bound"]
    assert [row.selector.split(":")[0] for row in bounds] == ["oracle", "any"]
    assert all(b.accuracy.value >= row.accuracy.value for b in bounds[1:] for row in rows)


def test_the_baseline_is_chosen_by_validation_where_it_is_known(results: Path) -> None:
    [record] = read_input(results)
    found = by_selector(record)
    [best] = [row.selector for row in found.rows if row.baseline]
    assert found.chosen_by == "these problems"
    others = [name for name in record.members if f"single:{name}" != best]
    settings = {**record.settings, "validation_accuracy": dict.fromkeys(record.members, 0.5)}
    settings["validation_accuracy"][others[-1]] = 0.9
    known = by_selector(replace(record, figures={**record.figures, "settings": settings}))
    assert [row.selector for row in known.rows if row.baseline] == [f"single:{others[-1]}"]
    assert known.chosen_by == "validation"

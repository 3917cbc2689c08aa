"""The extension against the reference, on arbitrary votes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import selection, selectors
from reference import voting as reference
from slm_mux import AnswerTable
from slm_mux.errors import InputError

Row = dict[str, Any]

# Few names, so that ties, duplicates and conflicts are everywhere; some of them nasty.
PROBLEMS = ("p", "q", "\U0001f600")
MEMBERS = ("a", "b", "c\0", "\ud800")
KEYS = st.sampled_from(["1", "2", "10", "", "é", "\uffff", "\U0001f600", "\udfff", "\ufffd"])
JUNK: list[object] = [None, True, 0, -1, 2**32, 2**70, 1.0, "fine", "ok", b"x", [], "\ud800"]


@st.composite
def row(draw: st.DrawFn) -> Row:
    """Return a good row: ragged indexes, any state, a verdict or none."""
    drawn: Row = {
        "problem_id": draw(st.sampled_from(PROBLEMS)),
        "model": draw(st.sampled_from(MEMBERS)),
        "sample_index": draw(st.integers(0, 4) | st.just(2**32 - 1)),
        "key": draw(KEYS | st.text(max_size=2) | st.none()),
    }
    states = ["unparsed", "truncated", "failed", None]
    if draw(st.booleans()):
        drawn["state"] = draw(st.sampled_from(states if drawn["key"] is None else ["ok", *states]))
    if draw(st.booleans()):
        drawn["correct"] = draw(st.sampled_from([True, False, None]))
    return drawn


@st.composite
def broken_row(draw: st.DrawFn) -> Row:
    """Return a row with one field missing or replaced by junk, which may yet be good."""
    drawn = draw(row())
    name = draw(st.sampled_from(list(reference.TYPES)))
    if draw(st.booleans()):
        drawn.pop(name, None)
    else:
        drawn[name] = draw(st.sampled_from(JUNK))
    return drawn


ROWS = st.lists(row(), max_size=40)
REFERENCES = st.dictionaries(st.sampled_from(PROBLEMS), KEYS | st.none())


@st.composite
def option(draw: st.DrawFn) -> selection.Options:
    """Return any policy over any pool; a few name strangers."""
    names = [*MEMBERS, "stranger"] if draw(st.integers(0, 9)) == 0 else list(MEMBERS)
    orders = st.lists(st.sampled_from(names), min_size=1, unique=True)
    rules = [*selectors.RULES, *(f"single:{name}" for name in names)]
    shares = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
    known = st.dictionaries(st.sampled_from(names), shares)
    weight = st.integers(1, 10**9) | st.integers(0, 3)
    weights = st.fixed_dictionaries(dict.fromkeys(MEMBERS, weight), optional={"more": weight})
    if draw(st.booleans()):
        known = st.fixed_dictionaries(dict.fromkeys(names, shares))
    return selection.Options(
        selector=draw(st.sampled_from(rules)),
        order=draw(st.none() | orders),
        validation_accuracy=draw(known),
        abstain=draw(st.sampled_from(["count", "drop"])),
        tie=draw(st.sampled_from(["accuracy", "order", "random"])),
        seed=draw(st.integers(-(2**63), 2**63 - 1)),
        choices=draw(st.none() | st.integers(0, 2**32 - 1)),
        weights=draw(weights),
    )


def clean(options: selection.Options) -> selection.Options:
    """Return the options as the reference reads them: names without surrogates."""
    return selection.Options(
        selector=reference.text(options.selector),
        order=None if options.order is None else [reference.text(name) for name in options.order],
        validation_accuracy={
            reference.text(name): share for name, share in options.validation_accuracy.items()
        },
        abstain=options.abstain,
        tie=options.tie,
        seed=options.seed,
        choices=options.choices,
        weights={reference.text(name): weight for name, weight in options.weights.items()},
    )


def contents(table: AnswerTable) -> object:
    """Return all that is in a table, whatever the order of its problems and members."""
    tallies = {
        (problem, member): table.tally(problem, member)
        for problem in table.problem_ids
        for member in table.members
    }
    return tallies, sorted(table.conflicts)


def both(rows: list[Row], references: dict[str, str | None]) -> tuple[AnswerTable, reference.Table]:
    problems = PROBLEMS[:2]
    table = AnswerTable.from_samples(
        rows, references=references, problems=problems, members=MEMBERS
    )
    return table, reference.from_samples(rows, references, problems, MEMBERS)


@given(rows=ROWS, references=REFERENCES)
def test_tallies(rows: list[Row], references: dict[str, str | None]) -> None:
    table, expected = both(rows, references)
    assert table.problem_ids == expected.problems
    assert table.members == expected.members
    assert sorted(table.conflicts) == sorted(expected.conflicts)
    for problem in expected.problems:
        for member in expected.members:
            want = reference.tally(expected, problem, member)
            got = table.tally(problem, member)
            assert list(got.counts.items()) == list(want.counts.items())
            assert got.top == want.top
            assert got.exemplar_index == (None if want.top is None else want.first[want.top])
            assert got.correct_top is want.correct_top
            assert (got.n, got.votes) == (want.n, want.states["ok"])
            states = {name: getattr(got, name) for name in ("unparsed", "truncated", "failed")}
            assert states == {name: want.states[name] for name in states}
            assert got.confidence == want.confidence("count")
            dropped = table.tally(problem, member, abstain="drop")
            assert dropped.confidence == want.confidence("drop")


@given(rows=ROWS, references=REFERENCES)
def test_summaries(rows: list[Row], references: dict[str, str | None]) -> None:
    table, expected = both(rows, references)
    for got in table.members_summary():
        samples, problems = reference.summary(expected, got.member)
        fields = asdict(got.self_consistency)
        assert Counter(fields) == Counter({name: problems[name] for name in fields})
        assert {name: getattr(got, name) for name in fields} == {
            name: samples[name] for name in fields
        }
        assert got.samples == samples.total() - samples["failed"]
        assert got.self_consistency.total == len(expected.problems)
    assert table.oracle() == reference.oracle(expected, expected.members)
    assert table.oracle(MEMBERS[1:3]) == reference.oracle(expected, MEMBERS[1:3])
    assert table.any_correct() == reference.any_correct(expected, expected.members)
    assert table.any_correct(MEMBERS[1:3]) == reference.any_correct(expected, MEMBERS[1:3])


@given(rows=ROWS, references=REFERENCES, options=option())
def test_decisions(
    rows: list[Row], references: dict[str, str | None], options: selection.Options
) -> None:
    table, expected = both(rows, references)
    asked = {name: getattr(options, name) for name in asdict(options)}
    try:
        wanted = selectors.select(expected, clean(options))
    except ValueError:
        with pytest.raises(InputError):
            table.select(**asked)
        return
    decisions = table.select(**asked)
    fields = list(asdict(wanted[0]))
    for got, want in zip(decisions, wanted, strict=True):
        assert {name: getattr(got, name) for name in fields} == asdict(want)
    reasons = Counter(want.reason for want in wanted)
    assert decisions.counts_by_reason() == dict(reasons)
    outcomes = asdict(decisions.outcomes())
    assert Counter(want.outcome for want in wanted) == +Counter(outcomes)


@given(rows=st.lists(row() | broken_row(), max_size=6))
def test_bad_rows_are_refused_by_row_and_field(rows: list[Row]) -> None:
    try:
        expected = reference.from_samples(rows)
    except reference.RowError as error:
        start = f"row {error.row}: {error.field} "
    else:
        assert AnswerTable.from_samples(rows).problem_ids == expected.problems
        return
    with pytest.raises(InputError) as refused:
        AnswerTable.from_samples(rows)
    assert str(refused.value).startswith(start)
    assert "\n" not in str(refused.value)


@given(rows=ROWS, more=ROWS, references=REFERENCES)
def test_merge_is_the_table_of_all_rows(
    rows: list[Row], more: list[Row], references: dict[str, str | None]
) -> None:
    one, two = (AnswerTable.from_samples(part, references=references) for part in (rows, more))
    whole = AnswerTable.from_samples(rows + more, references=references)
    merged = one | two
    assert merged.problem_ids == whole.problem_ids
    assert merged.members == whole.members
    assert contents(merged) == contents(whole)
    assert merged.members_summary() == whole.members_summary()


@given(parts=st.tuples(ROWS, ROWS, ROWS))
def test_merge_laws(parts: tuple[list[Row], list[Row], list[Row]]) -> None:
    a, b, c = (AnswerTable.from_samples(part) for part in parts)
    assert contents(a | b) == contents(b | a)
    assert contents((a | b) | c) == contents(a | (b | c))
    assert contents(a | a) == contents(a)
    assert contents((a | b) | b) == contents(a | b)


@given(rows=ROWS, random=st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(rows: list[Row], random: Any) -> None:
    one, two = (
        AnswerTable.from_samples(some, problems=PROBLEMS, members=MEMBERS)
        for some in (rows, random.sample(rows, len(rows)))
    )
    assert contents(one) == contents(two)
    assert list(one.select()) == list(two.select())

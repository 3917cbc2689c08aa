"""The answer table as Python sees it: input in its forms, columns, threads, size."""

from __future__ import annotations

from collections import ChainMap
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any, get_args

import arro3.core
import pyarrow as pa
import pytest

from slm_mux import (
    AnswerTable,
    Decision,
    _core,  # noqa: TID251  its words are compared
    selection,
)
from slm_mux.errors import InputError
from slm_mux.types import Abstain, Tie

ROWS: list[dict[str, Any]] = [
    {"problem_id": "1", "model": "a", "sample_index": 0, "key": "7", "correct": True},
    {"problem_id": "1", "model": "a", "sample_index": 1, "key": None, "correct": None},
    {"problem_id": "1", "model": "b", "sample_index": 0, "key": "8", "correct": False},
    {"problem_id": "2", "model": "b", "sample_index": 0, "key": "9", "correct": None},
    {"problem_id": "3", "model": "b", "sample_index": 0, "key": None, "correct": None},
]


@pytest.fixture(name="table")
def table_() -> AnswerTable:
    return AnswerTable.from_samples(ROWS)


def arrow(text: pa.DataType, index: pa.DataType) -> pa.Table:
    table = pa.Table.from_pylist(ROWS)
    for at, name in enumerate(table.column_names):
        if name in ("problem_id", "model", "key"):
            table = table.set_column(at, name, table[name].cast(text))
    return table.set_column(2, "sample_index", table["sample_index"].cast(index))


def same(one: AnswerTable, other: AnswerTable) -> bool:
    return (
        one.problem_ids == other.problem_ids
        and one.members_summary() == other.members_summary()
        and list(one.select()) == list(other.select())
    )


@pytest.mark.parametrize("index", [pa.int64(), pa.int32(), pa.uint8(), pa.uint64()], ids=str)
@pytest.mark.parametrize(
    "text",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_arrow_columns_of_any_type(
    text: pa.DataType, index: pa.DataType, table: AnswerTable
) -> None:
    assert same(AnswerTable.from_samples(arrow(text, index)), table)


def test_arrow_in_every_container(table: AnswerTable) -> None:
    whole = pa.Table.from_pylist(ROWS)
    chunks = pa.concat_tables([whole.slice(0, 2), whole.slice(2)])
    (batch,) = whole.to_batches()
    for rows in (chunks, batch, chunks.to_reader(), arro3.core.Table.from_arrow(whole)):
        assert same(AnswerTable.from_samples(rows), table)


def test_arrow_takes_states_and_references() -> None:
    rows = pa.table(
        {
            "problem_id": ["1"] * 4,
            "model": ["a"] * 4,
            "sample_index": [0, 1, 2, 3],
            "key": ["7", None, None, None],
            "state": [None, "failed", "truncated", "unparsed"],
        }
    )
    tally = AnswerTable.from_samples(rows, references={"1": "7"}).tally("1", "a")
    assert (tally.n, tally.failed, tally.truncated, tally.unparsed) == (3, 1, 1, 1)
    assert tally.correct_top is True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": [1, 2]}, "column key is Int64, it must hold strings"),
        ({"sample_index": [0.0, 1.0]}, "column sample_index is Float64, it must hold integers"),
        ({"correct": ["yes", "no"]}, "column correct is Utf8, it must hold booleans"),
        ({"problem_id": ["1", None]}, "row 2: problem_id is null"),
        ({"sample_index": [0, None]}, "row 2: sample_index is null"),
        ({"sample_index": [-1, 0]}, "row 1: sample_index must be from 0"),
        ({"sample_index": pa.array([0, 2**64 - 1], pa.uint64())}, "column sample_index"),
        ({"state": ["ok", "fine"]}, 'row 2: state "fine" is not one of'),
    ],
)
def test_bad_arrow_is_refused(change: dict[str, Any], message: str) -> None:
    good = {"problem_id": ["1", "1"], "model": ["a", "a"], "sample_index": [0, 1]}
    with pytest.raises(InputError, match=message):
        AnswerTable.from_samples(pa.table(good | {"key": ["7", "8"]} | change))


def test_a_missing_arrow_column_is_named() -> None:
    with pytest.raises(
        InputError, match="column model is missing, there are: problem_id, sample_index"
    ):
        AnswerTable.from_samples(pa.table({"problem_id": ["1"], "sample_index": [0]}))


def test_a_stream_that_breaks_is_bad_input() -> None:
    whole = pa.Table.from_pylist(ROWS)

    def batches() -> Any:
        yield whole.to_batches()[0]
        raise RuntimeError("torn")

    with pytest.raises(InputError, match="torn"):
        AnswerTable.from_samples(pa.RecordBatchReader.from_batches(whole.schema, batches()))


def test_any_mapping_is_a_row(table: AnswerTable) -> None:
    assert same(AnswerTable.from_samples(ChainMap({}, row) for row in ROWS), table)


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(InputError, match="row 2: it is tuple, not a mapping"):
        AnswerTable.from_samples([ROWS[0], ("1", "a", 0, "7")])  # type: ignore[list-item]


def test_an_error_of_the_callers_iterator_passes_through() -> None:
    def rows() -> Any:
        yield ROWS[0]
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        AnswerTable.from_samples(rows())


def test_problems_nobody_answered_are_in_the_table() -> None:
    table = AnswerTable.from_samples(ROWS, problems=["9", "2"], members=["c", "b"])
    assert table.problem_ids == ["9", "2", "1", "3"]
    assert table.members == ["c", "b", "a"]
    assert [decision.outcome for decision in table.select()] == [
        "no_answer",
        "undecided",
        "incorrect",
        "no_answer",
    ]


def test_an_empty_table_decides_nothing() -> None:
    table = AnswerTable.from_samples([])
    assert list(table.select()) == []
    assert table.select().outcomes().total == table.oracle() == 0
    assert not table.members_summary()
    assert not table.conflicts


def test_a_tally_of_a_stranger_is_refused(table: AnswerTable) -> None:
    with pytest.raises(InputError, match='no problem "4"'):
        table.tally("4", "a")
    with pytest.raises(InputError, match='no member "z"'):
        table.tally("1", "z")


def test_a_tally_without_samples_is_empty(table: AnswerTable) -> None:
    tally = table.tally("2", "a")
    assert (tally.top, tally.n, tally.confidence, tally.counts) == (None, 0, None, {})


def test_lone_surrogates_read_as_replacement_characters() -> None:
    row = {"problem_id": "\ud83d\ude00", "model": "\ud800", "sample_index": 0, "key": "\udfff"}
    table = AnswerTable.from_samples([row], references={"\ud83d\ude00": "\ud801"})
    assert table.problem_ids == ["\ufffd\ufffd"]
    decision = table.select("single:\udc00", order=["\ud9ff"])[0]
    assert (decision.key, decision.model, decision.correct) == ("\ufffd", "\ufffd", True)


def test_the_columns_are_the_decisions(table: AnswerTable) -> None:
    decisions = table.select()
    assert decisions.problem_ids == [one.problem_id for one in decisions] == ["1", "2", "3"]
    assert decisions.keys == [one.key for one in decisions] == ["8", "9", None]
    assert decisions.models == [one.model for one in decisions] == ["b", "b", None]
    assert decisions.correct == [one.correct for one in decisions] == [False, None, None]


def test_decisions_are_a_sequence(table: AnswerTable) -> None:
    decisions = table.select()
    assert decisions[-1] == decisions[2] == list(decisions)[2]
    assert decisions[::-2] == [decisions[2], decisions[0]]
    for at in (3, -4):
        with pytest.raises(IndexError):
            decisions[at]


def test_a_decision_is_a_plain_value(table: AnswerTable) -> None:
    assert table.select()[0] == Decision(
        problem_id="1",
        key="8",
        model="b",
        sample_index=0,
        confidence=Fraction(1),
        reason="confidence",
        tied=1,
        outcome="incorrect",
    )


def test_the_words_are_those_of_the_core(table: AnswerTable) -> None:
    assert list(get_args(selection.Reason)) == _core.REASONS
    assert list(get_args(selection.Outcome)) == _core.OUTCOMES
    assert selection.DEFAULT_SELECTOR in selection.SELECTORS
    for name, words in (("abstain", get_args(Abstain)), ("tie", get_args(Tie))):
        with pytest.raises(InputError, match=f"is not one of {', '.join(words)}$"):
            table.select(**{name: "?"})  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1])
def test_a_seed_has_64_bits(seed: int, table: AnswerTable) -> None:
    with pytest.raises(InputError, match="seed must fit in 64 bits"):
        table.select(tie="random", seed=seed)


def test_many_threads_read_one_table() -> None:
    rows = [
        {"problem_id": str(at % 997), "model": str(at % 7), "sample_index": at, "key": str(at % 5)}
        for at in range(30_000)
    ]
    table = AnswerTable.from_samples(rows)
    expected = table.select("majority").keys
    with ThreadPoolExecutor(8) as threads:
        tasks = [threads.submit(lambda: (table | table).select("majority").keys) for _ in range(16)]
        assert all(task.result() == expected for task in tasks)


def test_a_table_costs_what_its_rows_cost() -> None:
    """A cell for each of 10^5 problems and 10^5 members would be 10^10 cells."""
    count = 100_000
    rows = (
        {"problem_id": f"p{at}", "model": f"m{at}", "sample_index": 0, "key": "x" * (at % 99)}
        for at in range(count)
    )
    table = AnswerTable.from_samples(rows)
    assert table.select("majority").counts_by_reason() == {"majority": count}
    with pytest.raises(InputError, match="and 99980 more"):
        table.select("single:nobody")

"""What a vote costs: plain Python, and an answer table from its second use on.

Run with `pytest benches/python/bench_voting.py --benchmark-enable`; each group shares one
input, and the number in brackets is the ratio to the fastest of the group.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from slm_mux import AnswerTable

QUESTIONS = 100_000
Votes = list[list[list[str]]]  # by question, then member


def draw(members: int, samples: int) -> Votes:
    """Return short answers, a handful of distinct ones per question."""
    rng = random.Random(7)
    return [
        [[str(rng.randrange(5) + at % 1000) for _ in range(samples)] for _ in range(members)]
        for at in range(QUESTIONS)
    ]


def columns(votes: Votes) -> dict[str, list[Any]]:
    """Return the columns of a table, one row a sample."""
    rows = [
        (str(at), f"m{member}", index, key)
        for at, question in enumerate(votes)
        for member, keys in enumerate(question)
        for index, key in enumerate(keys)
    ]
    names = ("problem_id", "model", "sample_index", "key")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def build(votes: Votes) -> AnswerTable:
    """Return the table of the votes."""
    return AnswerTable.from_samples(pa.table(columns(votes)))


@pytest.fixture(scope="module", name="one")
def one_() -> Votes:
    """Return 100,000 questions with 10 answers each of one member."""
    return draw(members=1, samples=10)


@pytest.fixture(scope="module", name="three")
def three_() -> Votes:
    """Return 100,000 questions with 3 answers of each of 3 members."""
    return draw(members=3, samples=3)


def plain_vote(votes: Votes) -> list[str]:
    return [Counter(question[0]).most_common(1)[0][0] for question in votes]


def plain_mux(votes: Votes) -> list[str]:
    """Decide without unparsed samples, with equal n: what a careful script would do."""
    decided = []
    for question in votes:
        tops = [Counter(keys).most_common(1)[0] for keys in question]
        decided.append(max(tops, key=lambda top: top[1])[0])
    return decided


@pytest.mark.benchmark(group="vote, 100k x 10")
def test_vote_in_plain_python(benchmark: Any, one: Votes) -> None:
    assert len(benchmark(plain_vote, one)) == QUESTIONS


@pytest.mark.benchmark(group="vote, 100k x 10")
def test_vote_on_a_table(benchmark: Any, one: Votes) -> None:
    decisions = benchmark(build(one).select)
    assert decisions.keys == plain_vote(one)


@pytest.mark.benchmark(group="vote, 100k x 10")
def test_vote_on_a_table_and_read_the_keys(benchmark: Any, one: Votes) -> None:
    table = build(one)
    assert benchmark(lambda: table.select().keys) == plain_vote(one)


@pytest.mark.benchmark(group="mux, 100k x 3 members x 3")
def test_mux_in_plain_python(benchmark: Any, three: Votes) -> None:
    assert len(benchmark(plain_mux, three)) == QUESTIONS


@pytest.mark.benchmark(group="mux, 100k x 3 members x 3")
def test_mux_on_a_table(benchmark: Any, three: Votes) -> None:
    decisions = benchmark(build(three).select)
    assert decisions.keys == plain_mux(three)


@pytest.mark.benchmark(group="mux, 100k x 3 members x 3")
def test_mux_with_random_ties(benchmark: Any, three: Votes) -> None:
    table = build(three)
    assert len(benchmark(lambda: table.select(tie="random"))) == QUESTIONS


@pytest.mark.benchmark(group="mux, 100k x 3 members x 3")
def test_majority_on_a_table(benchmark: Any, three: Votes) -> None:
    table = build(three)
    assert len(benchmark(lambda: table.select("majority"))) == QUESTIONS


@pytest.mark.benchmark(group="build, 900k rows")
def test_build_from_arrow(benchmark: Any, three: Votes) -> None:
    rows = pa.table(columns(three))
    assert len(benchmark(AnswerTable.from_samples, rows).members) == 3


@pytest.mark.benchmark(group="build, 900k rows")
def test_build_from_mappings(benchmark: Any, three: Votes) -> None:
    rows = pa.table(columns(three)).to_pylist()
    assert len(benchmark(AnswerTable.from_samples, rows).members) == 3


@pytest.mark.benchmark(group="build, 900k rows")
def test_merge_with_itself(benchmark: Any, three: Votes) -> None:
    table = build(three)
    assert len(benchmark(table.merge, table).members) == 3

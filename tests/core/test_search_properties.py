"""Subset search against the reference, on arbitrary samples."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import search as reference
from reference.voting import from_samples
from slm_mux import AnswerTable
from slm_mux.errors import InputError
from slm_mux.subsets import Subset

Row = dict[str, Any]
MEMBERS = ("d", "a", "c", "b")
PROBLEMS = ("1", "2", "3")


@st.composite
def row(draw: st.DrawFn) -> Row:
    """Return a sample in any state; few keys, so that members agree and contradict each other."""
    state = draw(st.sampled_from(["ok"] * 6 + ["unparsed", "truncated", "failed"]))
    drawn: Row = {
        "problem_id": draw(st.sampled_from(PROBLEMS)),
        "model": draw(st.sampled_from(MEMBERS)),
        "sample_index": draw(st.integers(0, 3)),
        "key": draw(st.sampled_from(["x", "y"])) if state == "ok" else None,
        "state": state,
    }
    if draw(st.integers(0, 3)) == 0:
        drawn["correct"] = draw(st.sampled_from([True, False, None]))
    return drawn


ROWS = st.lists(row(), max_size=40)
OPTIONS = st.builds(
    reference.Options,
    lambda_=st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1), Fraction(7, 3)]),
    robust_level=st.integers(1, 3),
    contradiction_over=st.sampled_from(["union", "all"]),
    k=st.none() | st.integers(1, 4),
)
POOLS = st.lists(st.sampled_from(MEMBERS), min_size=1, unique=True)
REFERENCES = dict.fromkeys(PROBLEMS, "x")


def tables(rows: list[Row], problems: tuple[str, ...] = PROBLEMS) -> tuple[AnswerTable, Any]:
    table = AnswerTable.from_samples(
        rows, references=REFERENCES, problems=problems, members=MEMBERS
    )
    return table, from_samples(rows, REFERENCES, problems, MEMBERS)


def same(got: Subset, want: reference.Scored) -> bool:
    fields = (got.members, got.exact, got.union, got.contradictions)
    return fields == (want.members, want.score, want.union, want.contradictions)


@given(rows=ROWS, pool=POOLS, options=OPTIONS, wanted=st.integers(0, 7))
def test_every_subset_is_scored_and_ranked(
    rows: list[Row], pool: list[str], options: reference.Options, wanted: int
) -> None:
    table, plain = tables(rows)
    found = table.search_subsets(
        sizes=range(1, len(pool) + 1),
        members=pool,
        lambda_=options.lambda_,
        robust_level=options.robust_level,
        contradiction_over=options.contradiction_over,  # type: ignore[arg-type]
        k=options.k,
        ranking=wanted,
    )
    assert list(found) == list(range(1, len(pool) + 1))
    for size, best in found.items():
        ranked = reference.ranking(plain, pool, size, options)
        tied = reference.ties(ranked)
        assert same(best, ranked[0])
        assert (best.subsets, best.tied) == (len(ranked), len(tied))
        assert len(best.ties) == len(tied)
        assert all(map(same, best.ties, tied))
        assert len(best.ranking) == min(wanted, len(ranked))
        assert all(map(same, best.ranking, ranked[:wanted]))


@given(rows=ROWS, options=OPTIONS, size=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_resampled_problems_are_drawn_and_searched_alike(
    rows: list[Row], options: reference.Options, size: int, seed: int
) -> None:
    table, plain = tables(rows)
    found = table.search_subsets(
        sizes=[size],
        lambda_=options.lambda_,
        robust_level=options.robust_level,
        contradiction_over=options.contradiction_over,  # type: ignore[arg-type]
        k=options.k,
        resamples=20,
        seed=seed,
    )
    stability = found[size].stability
    want = reference.stability(plain, MEMBERS, size, options, 20, seed)
    assert stability is not None
    assert (stability.resamples, stability.kept) == (want.times, want.kept)
    assert dict(stability.rivals) == want.rivals


@given(rows=ROWS, k=st.integers(1, 5))
def test_the_first_samples_are_a_table_of_their_own(rows: list[Row], k: int) -> None:
    table, _ = tables(rows)
    few, _ = tables([row for row in rows if row["sample_index"] < k])
    first = table.first_samples(k)
    assert (first.problem_ids, first.members) == (few.problem_ids, few.members)
    for problem in PROBLEMS:
        for member in MEMBERS:
            assert first.tally(problem, member) == few.tally(problem, member)


def test_many_ties_are_listed_up_to_a_hundred_and_all_counted() -> None:
    members = [f"m{at:02}" for at in range(30)]
    table = AnswerTable.from_samples([], problems=["1"], members=members)
    best = table.search_subsets(sizes=[3])[3]
    assert (best.subsets, best.tied, len(best.ties)) == (4060, 4060, 100)
    assert best.members == ("m00", "m01", "m02")
    assert best.ties[99].members == ("m00", "m04", "m23")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sizes": []}, "sizes is empty"),
        ({"sizes": [0]}, "sizes: 0 is not from 1 to 4"),
        ({"sizes": [5]}, "sizes: 5 is not from 1 to 4"),
        ({"sizes": [2, 2]}, "2 is named twice"),
        ({"sizes": [-1]}, "sizes: -1"),
        ({"sizes": [2], "members": ["a", "e"]}, 'member "e" is not one of'),
        ({"sizes": [1], "members": ["a", "a"]}, '"a" is named twice'),
        ({"sizes": [2], "lambda_": -1}, "lambda_ is -1"),
        ({"sizes": [2], "lambda_": "nan"}, "lambda_ 'nan'"),
        ({"sizes": [2], "lambda_": float("inf")}, "lambda_ inf"),
        ({"sizes": [2], "lambda_": "0.1234567890123"}, "few decimals"),
        ({"sizes": [2], "robust_level": 0}, "robust_level"),
        ({"sizes": [2], "contradiction_over": "none"}, "contradiction_over"),
        ({"sizes": [2], "k": 0}, "k must be at least 1"),
        ({"sizes": [2], "objective": "best"}, "objective 'best'"),
        ({"sizes": [2], "objective": "expected"}, "needs k"),
        ({"sizes": [2], "ranking": -1}, "ranking"),
        ({"sizes": [2], "resamples": -1}, "resamples"),
    ],
)
def test_what_is_not_possible_is_refused(options: dict[str, Any], message: str) -> None:
    table, _ = tables([])
    with pytest.raises(InputError) as raised:
        table.search_subsets(**options)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("members", "size", "number"),
    [(60, 10, "75,394,027,566"), (200, 100, "9.05e58"), (5000, 2500, "more than 10^2000")],
)
def test_too_many_subsets_are_refused_by_their_number(members: int, size: int, number: str) -> None:
    names = [f"m{at}" for at in range(members)]
    table = AnswerTable.from_samples([], problems=["1"], members=names)
    with pytest.raises(InputError, match=number.replace("^", r"\^").replace("+", r"\+")):
        table.search_subsets(sizes=[size])


def test_a_table_without_problems_has_nothing_to_choose_by() -> None:
    best = AnswerTable.from_samples([], members=MEMBERS).search_subsets(sizes=[2])[2]
    assert (best.members, best.exact, best.tied) == (("d", "a"), Fraction(0), 6)


# SLM-MUX (arXiv 2510.05077): the figures of the search on MATH, which are exact ratios.
PUBLISHED = [
    (1, 305, 0, "0.6100"),
    (2, 342, 8, "0.6606"),
    (3, 346, 12, "0.6573"),
    (4, 348, 17, "0.6471"),
    (5, 356, 28, "0.6333"),
]


@pytest.mark.parametrize(("size", "union", "contradictions", "score"), PUBLISHED)
def test_the_published_figures_come_out_exactly(
    size: int, union: int, contradictions: int, score: str
) -> None:
    rows = published_rows()
    members = [f"m{at}" for at in range(5)]
    table = AnswerTable.from_samples(rows, members=members, problems=map(str, range(500)))
    best = table.search_subsets(sizes=[size], members=members[:size])[size]
    assert best.members == tuple(members[:size])
    assert (best.union, best.contradictions) == (union, contradictions)
    assert best.exact == Fraction(union, 500) - Fraction(contradictions, union)
    assert f"{best.score:.4f}" == score


def published_rows() -> list[Row]:
    """Samples of five members whose first one, two … have the published counts.

    Member i is right on the problems that the union grows by, and sure and wrong on as many of
    those that are solvable already as the contradictions grow by.
    """
    rows: list[Row] = []
    solved = wrong = 0
    for at, (_, union, contradictions, _) in enumerate(PUBLISHED):
        sure = range(wrong, contradictions)
        right = range(solved, union)
        for problems, key in ((right, "right"), (sure, "wrong")):
            rows += [
                {
                    "problem_id": str(problem),
                    "model": f"m{at}",
                    "sample_index": index,
                    "key": key,
                    "correct": key == "right",
                }
                for problem in problems
                for index in range(5)
            ]
        solved, wrong = union, contradictions
    return rows

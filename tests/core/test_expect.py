"""Expected accuracy against every draw there is, and against many random ones."""

from __future__ import annotations

import random
from math import comb
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import expect as reference
from reference import selection, voting
from slm_mux import AnswerTable
from slm_mux.errors import InputError

Row = dict[str, Any]

PROBLEMS, MEMBERS = ("p", "q"), ("a", "b", "c")


@st.composite
def cell(draw: st.DrawFn, problem: str, member: str) -> list[Row]:
    """Return up to four samples: few keys, mixed verdicts on one key, every state."""
    says = st.sampled_from(["1", "1", "1", "2", "2", "3", None, "cut", "failed"])
    rows = []
    for index, said in enumerate(draw(st.lists(says, max_size=4))):
        state = {None: "unparsed", "cut": "truncated", "failed": "failed"}.get(said, "ok")
        row = {"problem_id": problem, "model": member, "sample_index": 3 * index, "state": state}
        row["key"] = said if state == "ok" else None
        if state == "ok":
            row["correct"] = draw(st.sampled_from([said == "1", said == "1", True, False, None]))
        rows.append(row)
    return rows


@st.composite
def rows_of(draw: st.DrawFn, members: int = 3) -> list[Row]:
    """Return the samples of one problem, and of a second one that few answered."""
    cells = [cell("p", member) for member in MEMBERS[:members]] + [cell("q", "b")]
    return [row for one in cells for row in draw(one)]


@st.composite
def option(draw: st.DrawFn) -> selection.Options:
    """Return any policy of the rules that have a closed form."""
    order = draw(st.permutations(MEMBERS))[: draw(st.integers(1, 3))]
    shares = st.sampled_from([0.0, 0.5, 1.0])
    return selection.Options(
        selector=draw(st.sampled_from(["mux", "mux", f"single:{order[0]}"])),
        order=order,
        validation_accuracy=draw(st.dictionaries(st.sampled_from(MEMBERS), shares)),
        abstain=draw(st.sampled_from(["count", "drop"])),
        tie=draw(st.sampled_from(["accuracy", "order", "random"])),
        seed=draw(st.integers(-(2**63), 2**63 - 1)),
    )


def both(rows: list[Row]) -> tuple[AnswerTable, voting.Table]:
    table = AnswerTable.from_samples(rows, problems=PROBLEMS, members=MEMBERS)
    return table, voting.from_samples(rows, None, PROBLEMS, MEMBERS)


def ask(table: AnswerTable, options: selection.Options, k: int, **more: Any) -> Any:
    return table.expected_accuracy(
        list(options.order or ()),
        k,
        selector=options.selector,
        validation_accuracy=options.validation_accuracy,
        abstain=options.abstain,  # type: ignore[arg-type]
        tie=options.tie,  # type: ignore[arg-type]
        seed=options.seed,
        allow_short=True,
        **more,
    )


@settings(deadline=None)
@given(rows=rows_of(), options=option(), k=st.integers(1, 3))
def test_the_closed_form_is_the_mean_over_all_draws(
    rows: list[Row], options: selection.Options, k: int
) -> None:
    table, slow = both(rows)
    wanted = reference.expected(slow, options, k)
    got = ask(table, options, k)
    assert got.exact
    assert got.standard_error is None
    assert got.by_problem == pytest.approx([float(right) for right, _, _ in wanted], abs=1e-13)
    means = [float(sum(column) / len(wanted)) for column in zip(*wanted, strict=True)]
    assert [got.value, got.undecided, got.no_answer] == pytest.approx(means, abs=1e-13)
    assert got.low <= got.value <= got.high
    pool = selection.pool_of(slow, selection.Options(order=options.order))
    n = min(voting.tally(slow, p, m).n for p in slow.problems for m in pool)
    assert got.short == (n < k)


@settings(deadline=None)
@given(rows=rows_of(members=2), options=option(), k=st.integers(1, 3))
def test_pooled_votes_are_drawn(rows: list[Row], options: selection.Options, k: int) -> None:
    """Pooled votes are drawn: each problem within six standard errors of the mean of all."""
    table, slow = both(rows)
    options = selection.Options(**{**vars_of(options), "selector": "majority"})
    got = ask(table, options, k, draws=400)
    assert not got.exact
    assert got.draws == 400
    for estimate, (right, _, _) in zip(
        got.by_problem, reference.expected(slow, options, k), strict=True
    ):
        spread = (float(right) * (1 - float(right)) / 400) ** 0.5
        assert abs(estimate - float(right)) <= 6 * spread + 1e-12


def vars_of(options: selection.Options) -> dict[str, Any]:
    names = ("order", "validation_accuracy", "abstain", "tie", "seed")
    return {name: getattr(options, name) for name in names}


def large(seed: int, problems: int = 60, members: int = 4, n: int = 40) -> AnswerTable:
    """Return members of unequal skill, of many answers each, some unparsed."""
    rng = random.Random(seed)
    rows = []
    for problem in range(problems):
        for member in range(members):
            skill = rng.random()
            for index in range(n):
                said = "right" if rng.random() < skill else str(rng.randrange(12))
                key = None if said == "0" else said
                rows.append(
                    {
                        "problem_id": str(problem),
                        "model": f"m{member}",
                        "sample_index": index,
                        "key": key,
                    }
                )
    references = {str(problem): "right" for problem in range(problems)}
    return AnswerTable.from_samples(rows, references=references)


@pytest.mark.parametrize("k", [1, 2, 5, 13, 40])
@pytest.mark.parametrize("abstain", ["count", "drop"])
def test_large_cells_are_inside_the_interval_of_a_simulation(k: int, abstain: Any) -> None:
    """Draws of every member, decided by the selector itself, on 60 problems x 4 members."""
    table = large(k)
    asked: Any = {"abstain": abstain, "validation_accuracy": {"m2": 0.9, "m0": 0.1}}
    exact = table.expected_accuracy(table.members, k, **asked)
    drawn = table.expected_accuracy(table.members, k, closed_form=False, draws=4000, **asked)
    assert exact.exact
    assert drawn.standard_error is not None
    assert exact.value == pytest.approx(drawn.value, abs=4.5 * drawn.standard_error + 1e-12)
    assert exact.no_answer == pytest.approx(drawn.no_answer, abs=0.005)


def test_one_sample_is_the_share_of_right_samples() -> None:
    table = large(3)
    for summary in table.members_summary():
        estimate = table.expected_accuracy([summary.member], 1)
        assert estimate.value == pytest.approx(summary.correct / summary.samples, abs=1e-13)


def test_all_samples_are_decided_but_for_their_order() -> None:
    """At k = n only ties hang on the draw: `1 1 2 2` is right half of the time."""
    rows = [
        {"problem_id": "p", "model": "a", "sample_index": at, "key": key}
        for at, key in enumerate("1122")
    ]
    table = AnswerTable.from_samples(rows, references={"p": "1"})
    assert table.select("single:a")[0].correct
    assert table.expected_accuracy(["a"], 4).value == pytest.approx(0.5)


def test_by_hand_two_of_a_hundred() -> None:
    """90 right and 10 equal wrong ones, k = 3: at least two right, hypergeometric."""
    rows = [
        {"problem_id": "p", "model": "a", "sample_index": at, "key": "1" if at < 90 else "2"}
        for at in range(100)
    ]
    table = AnswerTable.from_samples(rows, references={"p": "1"})
    right = comb(90, 3) + comb(90, 2) * 10
    assert table.expected_accuracy(["a"], 3).value == pytest.approx(right / comb(100, 3), abs=1e-14)


def test_draws_are_the_same_for_a_seed() -> None:
    table = large(1)

    def drawn(seed: int) -> Any:
        return table.expected_accuracy(table.members, 3, selector="majority", seed=seed, draws=20)

    assert drawn(5) == drawn(5)
    assert drawn(5).by_problem != drawn(6).by_problem


@pytest.mark.parametrize(
    ("members", "k", "options", "message"),
    [
        (["a"], 4, {}, r"4 samples a member are more .*: 'a' has the fewest, 3 on problem 'p'"),
        (["a", "b"], 3, {}, r"'b' has the fewest, 0 on problem 'p'"),
        (["a"], 0, {}, r"samples is 0, it must be from 1 to 512"),
        (["a"], 513, {"allow_short": True}, r"samples is 513, it must be from 1 to 512"),
        (["a"], -1, {}, r"samples is -1"),
        (["a"], 2**70, {"allow_short": True}, r"samples is 1180591620717411303424"),
        (["z"], 1, {}, r"member \"z\" is not one of"),
        (["a", "a"], 1, {}, r"member \"a\" is named twice"),
        (["a"], 1, {"selector": "best"}, r"selector \"best\" is not one of"),
        (["a"], 1, {"selector": "single:b"}, r"single: member \"b\""),
        (["a"], 1, {"selector": "majority", "draws": 0}, r"draws must be at least 1"),
        (["a"], 1, {"validation_accuracy": {"a": 2.0}}, r"it must be from 0 to 1"),
    ],
)
def test_refusals(members: list[str], k: int, options: Any, message: str) -> None:
    rows = [{"problem_id": "p", "model": "a", "sample_index": at, "key": "1"} for at in range(3)]
    table = AnswerTable.from_samples(rows, members=["a", "b"])
    with pytest.raises(InputError, match=message):
        table.expected_accuracy(members, k, **options)


def test_no_problems_and_no_answers() -> None:
    empty = AnswerTable.from_samples([], members=["a"])
    assert empty.expected_accuracy(["a"], 1, allow_short=True).value == 0
    asked = AnswerTable.from_samples([], problems=["p"], members=["a"])
    estimate = asked.expected_accuracy(["a"], 1, allow_short=True)
    assert (estimate.value, estimate.no_answer, estimate.short) == (0.0, 1.0, True)

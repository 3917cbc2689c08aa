"""Stopping rules against the reference, which tries every outcome; and against all samples."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import stopping as reference
from reference.selection import Options
from slm_mux import AnswerTable
from slm_mux.errors import InputError
from slm_mux.stopping import StoppingRule

MEMBERS = ("a", "b", "\U0001f600")
SAMPLES = 3
MISSING = 3
"""So many that every outcome can be tried."""

OUTCOMES = st.sampled_from(
    [("1", None), ("2", None), ("10", None), (None, "unparsed"), (None, "failed")]
)


@st.composite
def question(draw: st.DrawFn) -> tuple[Options, list[dict[str, Any]], list[tuple[str, int]]]:
    """Policies, rows, and the samples that are still missing."""
    order = draw(st.permutations(MEMBERS)).copy()[: draw(st.integers(1, 3))]
    shares = st.sampled_from([0.0, 0.25, 0.5, 0.5, 0.9, 1.0])
    options = Options(
        selector=draw(st.sampled_from(["mux", "majority", "weighted", f"single:{order[0]}"])),
        order=order,
        validation_accuracy=draw(st.fixed_dictionaries(dict.fromkeys(order, shares))),
        abstain=draw(st.sampled_from(["count", "drop"])),
        tie=draw(st.sampled_from(["accuracy", "order", "random"])),
        seed=draw(st.integers(0, 3)),
    )
    places = [(member, index) for member in order for index in range(SAMPLES)]
    missing = draw(st.lists(st.sampled_from(places), max_size=MISSING, unique=True))
    rows = [
        reference.row_of("p", member, index, *draw(OUTCOMES))
        for member, index in places
        if (member, index) not in missing
    ]
    return options, rows, missing


def policies(options: Options) -> dict[str, Any]:
    return {
        "selector": options.selector,
        "validation_accuracy": options.validation_accuracy,
        "abstain": options.abstain,
        "tie": options.tie,
        "seed": options.seed,
    }


def asked(
    options: Options, rows: list[dict[str, Any]], missing: list[tuple[str, int]], most: int
) -> dict[str, list[int]]:
    order = list(options.order or ())
    drawn = {
        name: [
            (row["sample_index"], row["key"])
            for row in rows
            if row["model"] == name and row.get("state") != "failed"
        ]
        for name in order
    }
    open_ = {name: [index for who, index in missing if who == name] for name in order}
    rule = StoppingRule(["p"], order, **policies(options))
    return rule.next("p", drawn, open_, most=most)


@settings(max_examples=150, deadline=None)
@given(question(), st.integers(1, 9))
def test_it_asks_until_every_outcome_decides_alike(asking: Any, most: int) -> None:
    options, rows, missing = asking
    asks = asked(options, rows, missing, most)
    places = [(name, index) for name, indexes in asks.items() for index in indexes]
    assert set(places) <= set(missing)
    assert len(places) == len(set(places)) <= most
    assert (not places) == reference.is_settled(rows, missing, "p", options)


@settings(max_examples=150, deadline=None)
@given(question())
def test_recorded_samples_are_enough_where_every_outcome_decides_alike(asking: Any) -> None:
    options, rows, missing = asking
    open_ = missing + [
        (row["model"], row["sample_index"]) for row in rows if row.get("state") == "failed"
    ]
    if len(open_) > MISSING:
        return
    table = AnswerTable.from_samples(rows, problems=["p"], members=list(options.order or ()))
    found = table.settled(SAMPLES, order=options.order, **policies(options))
    come = [row for row in rows if row.get("state") != "failed"]
    assert found == [reference.is_settled(come, open_, "p", options)]


@settings(max_examples=100, deadline=None)
@given(question(), st.randoms(use_true_random=False), st.integers(1, 9))
def test_samples_in_any_order_decide_as_all_of_them(asking: Any, random: Any, most: int) -> None:
    """Rounds come in any order, and any sample may have come before the first is asked."""
    options, rows, _ = asking
    outcome = {(row["model"], row["sample_index"]): row for row in rows}
    waiting = list(outcome)
    random.shuffle(waiting)
    come = [outcome[waiting.pop()] for _ in range(random.randrange(len(waiting) + 1))]
    while asks := asked(options, come, waiting, most):
        round_ = [(name, index) for name, indexes in asks.items() for index in indexes]
        random.shuffle(round_)
        for place in round_:
            waiting.remove(place)
            come.append(outcome[place])
    assert reference.decision(come, "p", options) == reference.decision(rows, "p", options)


def test_a_replay_counts_what_it_asks() -> None:
    rows = [
        {"problem_id": problem, "model": model, "sample_index": index, "key": "1"}
        for problem in ("p", "q")
        for model in "ab"
        for index in range(5)
    ]
    table = AnswerTable.from_samples(rows)
    singly = table.replay_stopping(["a", "b"], 3, trials=10)
    rounds = table.replay_stopping(["b", "a"], 3, trials=10, most=9)
    assert (singly.decisions, singly.equal, singly.rounds) == (20, 20, 3.0)
    assert (rounds.decisions, rounds.equal, rounds.rounds) == (20, 20, 1.0)
    assert singly.members["a"].asked == singly.members["a"].all == 60
    assert (singly.members["b"].asked, singly.members["b"].all) == (0, 60)
    assert singly.total.saved == rounds.total.saved == 0.5
    assert (singly.total.requests, singly.total.all_requests) == (60, 40)
    assert (rounds.members["b"].requests, rounds.total.requests) == (20, 20)
    assert [calls.asked for calls in singly.problems] == [30, 30]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"selector": "switch", "validation_accuracy": {}}, "cannot stop early"),
        ({"selector": "oracle"}, "cannot stop early"),
        ({"selector": "single:c"}, "c"),
        ({"selector": "weighted"}, "validation accuracy"),
        ({"tie": "toss"}, "tie"),
    ],
)
def test_what_cannot_stop_early_is_refused(more: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        StoppingRule(["p"], ["a", "b"], **more)


def test_an_unknown_problem_is_refused() -> None:
    with pytest.raises(InputError, match='no problem "q"'):
        StoppingRule(["p"], ["a"]).next("q", {}, {"a": [0]})

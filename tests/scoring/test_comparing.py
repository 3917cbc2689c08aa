"""Comparing two scorings: joins against plain dictionaries, what mirrors, what is only in one."""

from __future__ import annotations

import tempfile
from collections import Counter
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compared import decision, figures, row, sample, tally, write_folder, write_rows
from slm_mux.errors import SlmMuxError
from slm_mux.scoring.comparing import Comparing, compare
from slm_mux.scoring.comparing.store import Store

VERDICTS = {True: "correct", False: "incorrect", None: "undecided"}
Side = dict[tuple[str, str, int], bool | None]

sides = st.dictionaries(
    st.tuples(st.sampled_from("pqr"), st.sampled_from("mn"), st.integers(0, 3)),
    st.sampled_from([True, False, None]),
    max_size=20,
).map(lambda side: side | {("p", "m", 0): True})  # something in common, and labelled


def written(path: Path, side: Side) -> Path:
    return write_rows(path, [row(p, i, verdict, model=m) for (p, m, i), verdict in side.items()])


def compared(a: Side, b: Side) -> tuple[dict[str, Any], bool]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [written(Path(folder) / name, side) for name, side in (("a", a), ("b", b))]
        comparison = compare(paths[0], paths[1], Comparing(examples=100))
    return comparison.figures["samples"], comparison.changed


@given(sides, sides)
def test_the_join_is_that_of_two_dictionaries(a: Side, b: Side) -> None:
    said, changed = compared(a, b)
    common = a.keys() & b.keys()
    counts = Counter((VERDICTS[a[name]], VERDICTS[b[name]]) for name in common)
    assert {(x, y): n for x, row_ in said["transitions"].items() for y, n in row_.items()} == counts
    assert said["n"] == len(common)
    assert (
        said["changed"] == len(said["examples"]) == sum(a[name] is not b[name] for name in common)
    )
    assert (said["only_a"]["count"], said["only_b"]["count"]) == (
        len(a.keys() - b.keys()),
        len(b.keys() - a.keys()),
    )
    assert changed == (a != b)
    for letter, side in (("a", a), ("b", b)):
        rates = [
            [side[name] is True for name in common if name[0] == problem]
            for problem in {name[0] for name in common}
        ]
        mean = sum(sum(rate) / len(rate) for rate in rates) / len(rates)
        assert isclose(said["accuracy"][letter]["value"], mean, abs_tol=1e-12)


@given(sides)
def test_nothing_changes_against_oneself(a: Side) -> None:
    said, changed = compared(a, a)
    assert not changed
    assert (said["changed"], said["n"], said["changed_by"], said["examples"]) == (0, len(a), [], [])
    assert all(x == y for x, row_ in said["transitions"].items() for y in row_)
    difference = said["accuracy"]["difference"]
    assert difference["low"] == difference["value"] == difference["high"] == 0


@given(sides, sides)
def test_swapping_the_sides_mirrors_everything(a: Side, b: Side) -> None:
    forth, back = compared(a, b)[0], compared(b, a)[0]
    mirrored: dict[str, dict[str, int]] = {}
    for x, row_ in back["transitions"].items():
        for y, n in row_.items():
            mirrored.setdefault(y, {})[x] = n
    assert forth["transitions"] == mirrored
    assert forth["only_a"]["count"] == back["only_b"]["count"]
    assert forth["accuracy"]["a"]["value"] == back["accuracy"]["b"]["value"]
    there, here = forth["accuracy"]["difference"], back["accuracy"]["difference"]
    assert isclose(there["value"], -here["value"], abs_tol=1e-12)
    names = [{(e["problem_id"], e["model"], e["sample_index"]) for e in side["examples"]}
             for side in (forth, back)]  # fmt: skip
    assert names[0] == names[1]


def test_decisions_of_folders(tmp_path: Path) -> None:
    outcomes = ["correct"] * 3 + ["incorrect"] * 4 + ["no_answer", "truncated", "failed"]
    others = ["incorrect"] + ["correct"] * 6 + ["undecided", "truncated", "failed"]
    a, b = (
        write_folder(tmp_path / name, decisions=[decision(f"p{n}", o) for n, o in enumerate(side)])
        for name, side in (("a", outcomes), ("b", others))
    )
    said = figures(a, b)["decisions"]
    assert (said["n"], said["changed"]) == (10, 6)
    assert said["transitions"] == {
        "correct": {"correct": 2, "incorrect": 1},
        "incorrect": {"correct": 4},
        "no_answer": {"undecided": 1},
        "truncated": {"truncated": 1},
        "failed": {"failed": 1},
    }
    assert said["mcnemar"] == {"only_a": 1, "only_b": 4, "p": pytest.approx(12 / 32)}
    assert said["accuracy"]["a"]["value"] == 0.3
    assert said["accuracy"]["a"]["outcomes"]["no_answer"] == 1
    difference = said["accuracy"]["difference"]
    assert difference["value"] == pytest.approx(0.3)
    assert difference["low"] <= 0.3 <= difference["high"]


def test_a_decision_rests_on_the_ground_of_its_sample(tmp_path: Path) -> None:
    samples = [sample("p", 0, "correct"), sample("p", 1, "correct", stage="lenient", rule="hash")]
    a = write_folder(
        tmp_path / "a", decisions=[decision("p", "correct", sample_index=1)], samples=samples
    )
    b = write_folder(tmp_path / "b", decisions=[decision("p", "incorrect")], samples=samples)
    (changed,) = figures(a, b)["decisions"]["changed_by"]
    assert changed["a"] == {"outcome": "correct", "stage": "lenient", "rule": "hash"}
    assert changed["b"] == {"outcome": "incorrect", "stage": "key", "rule": "boxed"}


def test_changes_by_stage_and_rule(tmp_path: Path) -> None:
    a = write_folder(
        tmp_path / "a",
        samples=[sample("p", 0, "correct", stage="string"), sample("p", 1, "correct"),
                 sample("p", 2, "correct"), sample("p", 3, "correct")],
    )  # fmt: skip
    b = write_folder(
        tmp_path / "b",
        samples=[sample("p", 0, None, state="unparsed", stage=None, rule=None, span=None),
                 sample("p", 1, "incorrect"), sample("p", 2, "incorrect"),
                 sample("p", 3, "correct", stage="sympy")],
    )  # fmt: skip
    said = figures(a, b, examples=1)["samples"]
    ways = [
        (w["a"]["stage"], w["b"]["outcome"], w["b"]["stage"], w["count"])
        for w in said["changed_by"]
    ]
    assert ways == [("key", "incorrect", "key", 2), ("string", "no_answer", None, 1)]
    (shown,) = said["examples"]
    assert (shown["problem_id"], shown["model"], shown["sample_index"]) == ("p", "m", 0)
    assert (shown["a"]["answer"], shown["b"]["answer"]) == ("1", None)


def test_what_only_one_has_is_counted_and_named(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a", [row("p", 0, 1), row("p", 1, 0), row("only-a", 0, 1)])
    b = write_rows(tmp_path / "b", [row("p", 0, 1), row("p", 7, 1), row("p", 0, 1, model="n")])
    said = figures(a, b)
    assert said["problems"]["only_a"] == {"count": 1, "named": ["only-a"]}
    assert said["models"] == {"common": ["m"], "only_a": [], "only_b": ["n"]}
    only_a, only_b = said["samples"]["only_a"], said["samples"]["only_b"]
    assert (only_a["count"], only_b["count"]) == (2, 2)
    assert only_a["named"] == [{"problem_id": "p", "model": "m", "sample_index": 1}]
    assert only_b["named"] == [{"problem_id": "p", "model": "m", "sample_index": 7}]
    assert said["samples"]["n"] == 1


def test_decisions_that_only_one_has(tmp_path: Path) -> None:
    samples = [sample("p", 0, "correct"), sample("q", 0, "correct")]
    both = [decision("p", "correct"), decision("q", "correct")]
    a = write_folder(tmp_path / "a", decisions=both, samples=samples)
    b = write_folder(tmp_path / "b", decisions=both[:1], samples=samples)
    said = figures(a, b)["decisions"]
    assert said["only_a"] == {"count": 1, "named": [{"problem_id": "q"}]}
    assert compare(a, b).changed
    assert said["changed"] == 0


def test_the_first_of_two_rows_for_one_sample_counts(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a", [row("p", 0, 1), row("p", 0, 0)])
    b = write_rows(tmp_path / "b", [row("p", 0, 1)])
    said = figures(a, b)
    assert said["a"]["duplicates"] == {"sample": 1}
    assert said["samples"]["transitions"] == {"correct": {"correct": 1}}


def test_tallies_are_compared_by_their_indexes(tmp_path: Path) -> None:
    a = write_folder(
        tmp_path / "a", tallies=[tally("p", "correct", {0, 1, 3}), tally("p", "incorrect", {2}),
                                 tally("q", None, {0, 5}, state="unparsed", exemplar=None),
                                 tally("q", "correct", {2, 3})],
    )  # fmt: skip
    samples = [sample("p", n, "correct" if n < 2 else "incorrect") for n in range(4)]
    b = write_folder(
        tmp_path / "b", samples=samples + [sample("q", n, "correct") for n in range(4)]
    )
    c = write_folder(
        tmp_path / "c", tallies=[tally("p", "correct", {0, 1}), tally("p", "incorrect", {2, 3}),
                                 tally("q", "correct", {0, 1, 2, 3})],
    )  # fmt: skip
    for other in (b, c):
        comparison = figures(a, other)
        said = comparison["samples"]
        assert (said["n"], said["changed"]) == (7, 2)
        assert said["outcomes"]["a"] == {**dict.fromkeys(said["outcomes"]["a"], 0), "correct": 5,
                                         "incorrect": 1, "no_answer": 1}  # fmt: skip
        places = [(e["problem_id"], e["sample_index"]) for e in said["examples"]]
        assert places == [("p", 3), ("q", 0)]
        assert (said["only_a"]["count"], said["only_b"]["count"]) == (1, 1)
        assert said["only_a"]["named"] == [{"problem_id": "q", "model": "m", "sample_index": 5}]
        assert any("has tallies, not samples" in note for note in comparison["notes"])


def test_tallies_of_fewer_samples_are_compared_where_both_have_some(tmp_path: Path) -> None:
    a = write_folder(tmp_path / "a", tallies=[tally("p", "correct", {0}),
                                              tally("p", "incorrect", {1, 2})])  # fmt: skip
    b = write_folder(tmp_path / "b", tallies=[tally("p", "correct", {0})])
    for one, other in ((a, b), (b, a)):
        said = figures(one, other)["samples"]
        assert (said["n"], said["changed"]) == (1, 0)
        assert said["accuracy"]["difference"]["value"] == 0
        assert said["only_a"]["count"] + said["only_b"]["count"] == 2


def test_one_sample_per_problem_has_a_mcnemar_test(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a", [row(f"p{n}", 0, n < 8) for n in range(8)])
    b = write_rows(tmp_path / "b", [row(f"p{n}", 0, n < 1) for n in range(8)])
    more = write_rows(tmp_path / "c", [row("p0", n, n < 1) for n in range(2)])
    said = figures(a, b)["samples"]["mcnemar"]
    assert said == {"only_a": 7, "only_b": 0, "p": pytest.approx(2 / 128)}
    assert figures(more, more)["samples"]["mcnemar"] is None


def test_an_early_exit_leaves_accuracies_of_samples_out(tmp_path: Path) -> None:
    a, b = (
        write_folder(
            tmp_path / name,
            decisions=[decision("p", "correct")],
            samples=[sample("p", 0, "correct")],
            settings={"stop": stop},
        )
        for name, stop in (("a", "unanimous"), ("b", "none"))
    )
    said = figures(a, b)
    assert said["samples"]["accuracy"] is None
    assert said["samples"]["models"][0]["accuracy"] is None
    assert said["decisions"]["accuracy"]["difference"]["value"] == 0
    assert any("stopped sampling early" in note for note in said["notes"])


def test_no_room_for_the_rows_is_told() -> None:
    with Store() as store:
        store._db.execute("PRAGMA max_page_count = 20")
        rows = [(n, 0, 0, 0, 0, "x" * 200, None) for n in range(5000)]
        with pytest.raises(SlmMuxError, match="make room in the folder of temporary files"):
            store.add("a", "sample", rows)


def test_of_a_document_under_several_filters_one_counts(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a", [row(str(n), 0, 1) for n in range(2)])
    documents = [
        {"doc_id": n, "filter": name, "exact_match": right}
        for name, right in (("strict", 1.0), ("flexible", 0.0))
        for n in range(2)
    ]
    comparison = figures(a, write_rows(tmp_path / "b", documents))
    said = comparison["samples"]
    assert (said["n"], said["changed"], said["only_b"]["count"]) == (2, 0, 0)
    assert any("'strict' are compared, 2 of others" in note for note in comparison["notes"])


@pytest.mark.parametrize(("name", "index"), [("output-rs2.jsonl", 2), ("rs2.jsonl", 0)])
def test_a_file_of_one_seed_holds_the_samples_of_its_number(
    tmp_path: Path, name: str, index: int
) -> None:
    a = write_rows(tmp_path / "a", [row("p", n, n == index) for n in range(3)])
    b = write_rows(tmp_path / name, [{"problem_id": "p", "symbolic_correct": True}])
    comparison = figures(a, b)
    assert (comparison["samples"]["n"], comparison["samples"]["changed"]) == (1, 0)
    assert any(f"as they come, from {index}" in note for note in comparison["notes"])

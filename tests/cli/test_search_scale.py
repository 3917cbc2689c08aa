"""`search` and `scale` as a user runs them, on made-up samples."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from bulk_inputs import plain_row, rows, write
from cli_helpers import slm_mux

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three models on twelve problems, and on ten others."""
    for name, first, last in (("validation", 0, 12), ("test", 20, 30)):
        some = [
            plain_row(p, model, k, p if (p + k * at) % (2 + at) else p + 1)
            for p in range(first, last)
            for at, model in enumerate("abc")
            for k in range(4)
        ]
        write(tmp_path / f"{name}.jsonl", some)
    return tmp_path


def run(folder: Path, *arguments: object, code: int = 0) -> tuple[Any, str]:
    """What was printed as JSON, and what was told."""
    done = slm_mux(*arguments, "--json", cwd=folder)
    assert done.returncode == code, done.stderr
    return (json.loads(done.stdout) if done.stdout else None), done.stderr


def test_a_search_is_tried_on_other_problems(folder: Path) -> None:
    found, _ = run(folder, "search", "validation.jsonl", "--test", "test.jsonl", "--k", "2..3")
    assert [one["size"] for one in found["sizes"]] == [2, 3]
    assert (found["validation_problems"], found["test_problems"]) == (12, 10)
    for one in found["sizes"]:
        accuracy = one["test"]["accuracy"]
        assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
        assert one["stability"]["resamples"] == 1000
    assert found["sizes"][0]["test"]["random"]["subsets"] == 3


def test_both_objectives_a_ranking_and_a_sweep(folder: Path) -> None:
    found, _ = run(
        folder, "search", "validation.jsonl", "--k", "2", "--ranking", "5", "--sweep", "0,1.5"
    )
    (size,) = found["sizes"]
    assert len(size["ranking"]) == size["subsets"] == 3
    assert [row["lambda"] for row in found["sweep"]] == [0.0, 1.5]
    expected, _ = run(
        folder, "search", "validation.jsonl", "--objective", "expected", "--samples", "3"
    )
    assert [one["size"] for one in expected["sizes"]] == [2, 3]
    for one in expected["sizes"]:
        assert one["interval"]["value"] == pytest.approx(one["score"])
        assert one["interval"]["low"] < one["score"] < one["interval"]["high"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("validation.jsonl", "--test", "validation.jsonl"), "12 of the test problems"),
        (("validation.jsonl", "--k", "9"), "9"),
        (("validation.jsonl", "--k", "0"), "--k 0: write numbers from 1"),
        (("validation.jsonl", "--k", "5..2"), "--k 5..2"),
        (("validation.jsonl", "--lambda", "-1"), "--lambda -1"),
        (("validation.jsonl", "--lambda", "1e99999"), "--lambda 1e99999"),
        (("none.jsonl",), "none.jsonl: no such file"),
        ((), "say which samples"),
    ],
)
def test_a_search_that_cannot_be_made_is_one_line(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    _, told = run(folder, "search", *arguments, code=2)
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_an_overlap_is_allowed_by_name(folder: Path) -> None:
    same = ("validation.jsonl", "--test", "validation.jsonl", "--k", "2", "--allow-overlap")
    found, _ = run(folder, "search", *same)
    assert found["test_problems"] == 12


def test_scaling_is_exact_for_the_surest_and_drawn_for_votes(folder: Path) -> None:
    arguments = ("validation.jsonl", "--members", "1..3", "--samples", "1,4", "-o", "out")
    found, _ = run(folder, "scale", *arguments, "--selector", "mux,majority")
    points = found["points"]
    assert len(points) == 2 * 3 * 2
    several = [point for point in points if len(point["members"]) > 1]
    assert {point["exact"] for point in several if point["selector"] == "mux"} == {True}
    assert {point["exact"] for point in several if point["selector"] == "majority"} == {False}
    assert any(point["pareto"] for point in points)
    assert json.loads((folder / "out/scaling.json").read_text()) == found
    with (folder / "out/scaling.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(points)


def test_all_samples_of_one_model_give_its_self_consistency(folder: Path) -> None:
    found, _ = run(folder, "scale", "validation.jsonl", "--members", "1", "--samples", "1")
    (point,) = found["points"]
    summary, _ = run(folder, "rescore", "validation.jsonl", "-o", "scored")
    single = summary["tasks"][0]["models"][0]["single_sample"]
    assert point["accuracy"]["value"] == pytest.approx(single["value"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--samples", "5"), "5 samples a member are more than there are"),
        (("--members", "4"), "--members 4: there are 3"),
        (("--selector", "best"), "best"),
        (("--accuracy", "x=0.5"), "--accuracy x: no such model"),
        (("--output", "x.json"), "--output x.json: name a folder"),
    ],
)
def test_scaling_that_cannot_be_had_is_one_line(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    _, told = run(folder, "scale", "validation.jsonl", *arguments, code=2)
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_early_stopped_and_unlabelled_samples_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "stopped.jsonl", [row | {"stop": "unanimous"} for row in list(rows())[:-1]])
    write(tmp_path / "blind.jsonl", [row | {"reference_answer": None} for row in rows()])
    for command in ("search", "scale"):
        _, told = run(tmp_path, command, "stopped.jsonl", code=2)
        assert "--stop unanimous" in told
        _, told = run(tmp_path, command, "blind.jsonl", code=2)
        assert "no problem has a reference answer" in told


def test_the_tables_are_for_people(folder: Path) -> None:
    done = slm_mux("search", "validation.jsonl", "--test", "test.jsonl", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "on 10 other problems, with 95 % intervals" in done.stdout
    done = slm_mux("scale", "validation.jsonl", "--samples", "1..3", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "on the Pareto front of accuracy against calls" in done.stdout


@pytest.mark.parametrize("latency", ["high", "low"])
def test_scaling_with_lossless_stopping(folder: Path, latency: str) -> None:
    more = ["--samples", "4", "--selector", "mux,majority,single:b", "--output", "out"]
    found, _ = run(
        folder, "scale", "validation.jsonl", "--stop", "lossless", "--latency", latency,
        "--trials", "7", *more,
    )  # fmt: skip
    full, _ = run(folder, "scale", "validation.jsonl", *more)
    assert (found["settings"]["stop"], found["settings"]["trials"]) == ("lossless", 7)
    for point, other in zip(found["points"], full["points"], strict=True):
        stopped = point["stopped"]
        assert stopped["latency"] == latency
        assert stopped["equal"] == stopped["decisions"] == 12 * 7
        assert 0 < stopped["saved"]["value"] < 1
        left = 1 - stopped["saved"]["value"]
        assert point["calls"] == stopped["calls"] == pytest.approx(other["calls"] * left)
        assert (stopped["requests"] < stopped["calls"]) is (latency == "low")
        assert point["accuracy"] == other["accuracy"]
        assert point["difference_to_best_single"] == other["difference_to_best_single"]
    done = slm_mux("scale", "validation.jsonl", "--stop", "lossless", cwd=folder)
    assert "decisions are those of all samples" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stop", "lossless", "--selector", "switch"), "cannot stop early"),
        (("--stop", "lossless", "--selector", "weighted"), "validation accuracy"),
        (("--latency", "low"), "--latency is about --stop lossless"),
        (("--trials", "5"), "--trials is about --stop lossless"),
    ],
)
def test_stopping_that_cannot_be_is_one_line(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    _, told = run(folder, "scale", "validation.jsonl", *arguments, code=2)
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_models_are_the_pool(folder: Path) -> None:
    found, _ = run(folder, "search", "validation.jsonl", "--models", "a", "c")
    assert [one["size"] for one in found["sizes"]] == [2]
    found, _ = run(folder, "scale", "validation.jsonl", "--models", "c", "a", "--samples", "2")
    assert found["models"] == ["c", "a"]
    assert [point["members"] for point in found["points"]] == [["c"], ["c", "a"]]
    found, _ = run(folder, "scale", "validation.jsonl", "--models", "c", "--choose", "best")
    assert {tuple(point["members"]) for point in found["points"]} == {("c",)}
    run(folder, "calibrate", "validation.jsonl", "--models", "b", "--output", "c.json")
    assert list(json.loads((folder / "c.json").read_text())["weights"]) == ["b"]


@pytest.mark.parametrize("command", ["search", "scale", "calibrate", "rescore"])
@pytest.mark.parametrize("where", [("--params", "temperature=9"), ("--api-model", "nobody")])
def test_samples_that_nobody_drew_are_one_line(
    folder: Path, command: str, where: tuple[str, ...]
) -> None:
    output = {"calibrate": ["-o", "c.json"], "rescore": ["-o", "out"]}.get(command, [])
    _, told = run(folder, command, "validation.jsonl", *where, *output, code=2)
    assert "none of 144 rows is of the parameters or the API model asked for" in told
    assert len(told.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["search", "scale", "calibrate"])
def test_a_task_is_chosen_among_those_of_tallies(folder: Path, command: str) -> None:
    rows = [json.loads(line) for line in (folder / "validation.jsonl").read_text().splitlines()]
    write(folder / "both.jsonl", [*rows, *({**row, "task": "other"} for row in rows)])
    run(folder, "rescore", "both.jsonl", "-o", "both")
    output = ["-o", "c.json"] if command == "calibrate" else []
    asked = (command, "both/tallies.parquet", *output)
    assert "choose one with --task" in run(folder, *asked, code=2)[1]
    assert run(folder, *asked, "--task", "other")[0]["task"] == "other"
    told = run(folder, *asked, "--task", "none", code=2)[1]
    assert "no row of task 'none', only of other, sums" in told
    assert "leave --kind out" in run(folder, *asked, "--kind", "math", code=2)[1]


def test_a_mapped_field_that_is_not_there_is_said(folder: Path) -> None:
    _, told = run(folder, "scale", "validation.jsonl", "--map", "api_model=who")
    assert told.startswith("slm-mux: --map api_model=who: validation.jsonl begins without a field")


def test_options_of_samples_may_be_meant_for_the_other_samples(folder: Path) -> None:
    run(folder, "rescore", "validation.jsonl", "-o", "scored")
    asked = ("search", "scored/tallies.parquet", "--kind", "math")
    assert "leave --kind out" in run(folder, *asked, code=2)[1]
    run(folder, *asked, "--test", "test.jsonl")


def test_the_first_samples_alone_count(folder: Path) -> None:
    small, _ = run(folder, "rescore", "validation.jsonl", "--samples", "2")
    tables, _ = run(folder, "rescore", "validation.jsonl", "--samples", "2", "--output", "out")
    rows = [json.loads(line) for line in (folder / "validation.jsonl").read_text().splitlines()]
    write(folder / "two.jsonl", [row for row in rows if row["sample_index"] < 2])
    two, _ = run(folder, "rescore", "two.jsonl")
    bulk = tables["tasks"][0]
    for found in (small, bulk):
        assert found["settings"]["samples"] == 2
        assert found["accuracy"] == two["accuracy"]
        assert [m["samples"] for m in found["models"]] == [m["samples"] for m in two["models"]]


def test_a_robust_level_that_nobody_can_reach_is_refused(folder: Path) -> None:
    _, told = run(folder, "search", "validation.jsonl", "--robust-level", "5", code=2)
    assert "no model has more than 4 on any problem: use --robust-level 4" in told


@pytest.mark.parametrize("output", ["file", "file/folder"])
def test_tables_that_cannot_be_written_are_one_line(folder: Path, output: str) -> None:
    (folder / "file").write_text("")
    _, told = run(folder, "scale", "validation.jsonl", "--samples", "1", "-o", output, code=2)
    assert "choose another --output" in told
    assert len(told.strip().splitlines()) == 1


def test_problems_without_references_are_told(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "validation.jsonl").read_text().splitlines()]
    for row in rows[:24]:
        row["reference_answer"] = None
    write(folder / "half.jsonl", rows)
    _, told = run(folder, "scale", "half.jsonl", "--samples", "1")
    assert "2 of 12 problems have no reference answer" in told


def test_an_upper_bound_is_not_on_the_front(folder: Path) -> None:
    found, _ = run(
        folder, "scale", "validation.jsonl", "--samples", "3", "--selector", "mux,oracle"
    )
    assert not any(p["pareto"] for p in found["points"] if p["selector"] == "oracle")
    single = [p["accuracy"] for p in found["points"] if p["members"] == ["a"]]
    assert single[0] == single[1]


@pytest.mark.parametrize(
    "command", ["search --k 2", "scale --members 2", "calibrate --output c.json"]
)
def test_bad_rows_are_told_and_bounded(folder: Path, command: str) -> None:
    name, *options = command.split()
    asked = [name, "validation.jsonl", *options]
    run(folder, *asked)
    with (folder / "validation.jsonl").open("a") as log:
        log.write("{\n[]\n")
    left = "2 rows could not be used and are not counted (1.37%); the first: validation.jsonl:145"
    _, told = run(folder, *asked, code=1)
    assert told.startswith(f"slm-mux: {left}: ")
    assert told.count("\n") == 1
    _, told = run(folder, *asked, "--max-bad", "0.02")
    assert left in told
    found, told = run(folder, *asked, "--strict", code=2)
    assert found is None
    assert "2 rows could not be used, and --strict allows none: validation.jsonl:145" in told


def test_bad_rows_of_tests_count_too(folder: Path) -> None:
    with (folder / "test.jsonl").open("a") as log:
        log.write("{\n" * 5)
    asked = ("search", "validation.jsonl", "--test", "test.jsonl", "--k", "2")
    run(folder, *asked, code=1)
    run(folder, *asked, "--max-bad", "0.1")
    run(folder, *asked, "--strict", code=2)

"""NeMo-Skills outputs: one file per sample, joined by problem and never blindly by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importing.builders import layout, lines, nemo, read
from slm_mux.errors import InputError

HOME = Path("small-2b/eval-results/sums")


def responses(rows: list[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """Per problem, the responses by index."""
    found: dict[str, dict[int, str]] = {}
    for row in rows:
        found.setdefault(row["problem_id"], {})[row["sample_index"]] = row["response"]
    return found


def test_seeds_are_samples(tmp_path: Path) -> None:
    for seed in range(2):
        rows = [nemo("a", f"a{seed}"), nemo("b", f"b{seed}")]
        lines(tmp_path / HOME / f"output-rs{seed}.jsonl", rows)
    (tmp_path / HOME / "metrics.json").write_text('{"sums": {"accuracy": 1}}')
    assert layout(tmp_path) == "nemo-skills"
    rows, losses = read(tmp_path)
    assert list(responses(rows).values()) == [{0: "a0", 1: "a1"}, {0: "b0", 1: "b1"}]
    assert {(r["model"], r["task"]) for r in rows} == {("small-2b", "sums")}
    assert losses.notes[f"{tmp_path}: files that hold no samples, passed over"] == 1
    assert (rows[0]["prior_verdict"], rows[0]["completion_tokens"]) == ("correct", 9)


def test_a_file_that_lacks_a_line_shifts_nothing(tmp_path: Path) -> None:
    lines(tmp_path / HOME / "output-rs0.jsonl", [nemo("a", "a0"), nemo("b", "b0")])
    lines(tmp_path / HOME / "output-rs1.jsonl", [nemo("b", "b1")])
    rows, losses = read(tmp_path)
    assert list(responses(rows).values()) == [{0: "a0"}, {0: "b0", 1: "b1"}]
    assert losses.notes["NeMo-Skills: problems at another line than before, joined by text or id"]


def test_an_unsorted_file_is_put_in_order(tmp_path: Path) -> None:
    lines(tmp_path / HOME / "output-rs0.jsonl", [nemo("a", "a0"), nemo("b", "b0")])
    rows = [nemo("b", "b1", _async_position=1), nemo("a", "a1", _async_position=0)]
    lines(tmp_path / HOME / "output-rs1.jsonl-async", rows)
    rows, losses = read(tmp_path)
    assert list(responses(rows).values()) == [{0: "a0", 1: "a1"}, {0: "b0", 1: "b1"}]
    assert not any("another line" in note for note in losses.notes)


def test_a_finished_problem_stands_before_its_unsorted_repeat(tmp_path: Path) -> None:
    lines(tmp_path / HOME / "output-rs0.jsonl", [nemo("a", "done")])
    rows = [nemo("b", "b", _async_position=1), nemo("a", "again", _async_position=0)]
    lines(tmp_path / HOME / "output-rs0.jsonl-async", rows)
    rows, _ = read(tmp_path)
    assert list(responses(rows).values()) == [{0: "done"}, {0: "b"}]


def test_chunks_of_a_seed_follow_each_other(tmp_path: Path) -> None:
    for chunk, problem in enumerate("ab"):
        name = f"output-rs3_chunk_{chunk}.jsonl"
        lines(tmp_path / HOME / name, [nemo(problem, problem)])
    rows, losses = read(tmp_path)
    assert list(responses(rows).values()) == [{3: "a"}, {3: "b"}]
    assert not any("another line" in note for note in losses.notes)


def test_two_problems_of_one_text_stay_two(tmp_path: Path) -> None:
    for seed in range(2):
        rows = [nemo("same", f"first {seed}"), nemo("same", f"second {seed}")]
        lines(tmp_path / HOME / f"output-rs{seed}.jsonl", rows)
    rows, _ = read(tmp_path)
    assert list(responses(rows).values()) == [
        {0: "first 0", 1: "first 1"},
        {0: "second 0", 1: "second 1"},
    ]


def test_rows_without_id_and_text_are_joined_by_number_and_said(tmp_path: Path) -> None:
    for seed in range(2):
        row = nemo("", f"x{seed}")
        del row["problem"]
        lines(tmp_path / HOME / f"output-rs{seed}.jsonl", [row])
    rows, losses = read(tmp_path)
    assert responses(rows) == {"0": {0: "x0", 1: "x1"}}
    assert losses.notes["NeMo-Skills: rows without id or problem text, joined by line number"] == 2


def test_a_bad_line_does_not_shift_those_joined_by_number(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [nemo("", text) for text in "abc"]
    for row in rows:
        del row["problem"]
    lines(tmp_path / HOME / "output-rs0.jsonl", rows)
    lines(tmp_path / HOME / "output-rs1.jsonl", [rows[0], "bad", rows[2]])
    found, losses = read(tmp_path)
    assert responses(found) == {"0": {0: "a", 1: "a"}, "1": {0: "b"}, "2": {0: "c", 1: "c"}}
    assert losses.bad.total() == 1


def test_lines_joined_by_number_must_agree(tmp_path: Path) -> None:
    for seed in range(2):
        row = nemo("", expected_answer=str(seed))
        del row["problem"]
        lines(tmp_path / HOME / f"output-rs{seed}.jsonl", [row])
    with pytest.raises(InputError, match=r"output-rs1\.jsonl:1: problem '0' .* the reference '1'"):
        read(tmp_path)


def test_merged_outputs_are_passed_over_beside_their_parts(tmp_path: Path) -> None:
    lines(tmp_path / HOME / "output-rs0.jsonl", [nemo("a", "a0")])
    lines(tmp_path / HOME / "output.jsonl", [nemo("a", "best")])
    rows, losses = read(tmp_path)
    assert [r["response"] for r in rows] == ["a0"]
    assert any("output.jsonl: passed over" in note for note in losses.notes)


def test_the_whole_generation_counts_where_it_was_cut(tmp_path: Path) -> None:
    row = nemo("a", "2", _full_generation="<think>1+1</think>2", finish_reason="length")
    ((row),), _ = read(lines(tmp_path / HOME / "output.jsonl", [row]))
    assert (row["response"], row["finish_reason"]) == ("<think>1+1</think>2", "length")
    assert row["sample_index"] == 0


@pytest.mark.parametrize(
    ("said", "symbolic", "verdict", "what"),
    [
        ("Both are 2.\nJudgement: Yes", None, "correct", "taken as verdicts"),
        ("**Judgement:** No.", None, "incorrect", "taken as verdicts"),
        ("Judgement: Yes, if 2 is meant", None, None, "left out"),
        ("Judgement: Yes\nor not", None, None, "left out"),
        ("Judgement: Yes", False, "incorrect", "left out"),
    ],
)
def test_a_judge_rules_where_nothing_was_compared(
    tmp_path: Path, said: str, symbolic: bool | None, verdict: str | None, what: str
) -> None:
    row = nemo("a", judgement=said, symbolic_correct=symbolic)
    (found,), losses = read(lines(tmp_path / "output.jsonl", [row]))
    assert found.get("prior_verdict") == verdict
    assert losses.notes[f"NeMo-Skills: judgements of a judge, {what}"] == 1

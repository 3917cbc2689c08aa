"""The problems beside a log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from slm_mux.errors import LogError
from slm_mux.sampling.problems import read_problems, record_problems
from slm_mux.store.problems import problems_path
from slm_mux.types import Problem

if TYPE_CHECKING:
    from pathlib import Path

SUM = Problem("p1", "What is 1 + 1?", "2")
PICK = Problem("p2", "Which is even? \ud800", "B", ("one", "two"))


@pytest.mark.parametrize("name", ["x.jsonl", "x.samples.jsonl"])
def test_problems_lie_beside_the_log(tmp_path: Path, name: str) -> None:
    assert problems_path(tmp_path / name) == tmp_path / "x.problems.jsonl"


def test_problems_come_back_once_each(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    record_problems(log, "made-up", "math", [SUM])
    record_problems(log, "made-up", "math", [SUM, PICK])
    record_problems(log, "other", "choice", [SUM])
    found = [(p.task, p.kind, p.problem) for p in read_problems(log)]
    assert found == [("made-up", "math", SUM), ("made-up", "math", PICK), ("other", "choice", SUM)]
    assert problems_path(log).read_bytes().count(b"\n") == 3


def test_no_file_means_no_problems(tmp_path: Path) -> None:
    assert read_problems(tmp_path / "x.jsonl") == []


@pytest.mark.parametrize(
    "changed",
    [replace(PICK, problem="Which is odd?"), replace(PICK, choices=("two", "one"))],
)
def test_changed_problem_is_refused_naming_both(tmp_path: Path, changed: Problem) -> None:
    log = tmp_path / "x.jsonl"
    record_problems(log, "made-up", "choice", [PICK])
    before = problems_path(log).read_bytes()
    with pytest.raises(LogError, match=r"problem 'p2' was asked as '.*' and is now '.*'") as caught:
        record_problems(log, "made-up", "choice", [SUM, changed])
    assert "\n" not in str(caught.value)
    assert problems_path(log).read_bytes() == before


def test_long_texts_are_shown_where_they_part(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    record_problems(log, "made-up", "math", [Problem("p", "a" * 5000 + "old")])
    with pytest.raises(LogError, match=r"aold' and is now '[a]+new'") as caught:
        record_problems(log, "made-up", "math", [Problem("p", "a" * 5000 + "new")])
    assert len(str(caught.value)) < 500


def test_mended_reference_stands_for_the_old(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    mended = replace(SUM, reference_answer="two")
    record_problems(log, "made-up", "math", [SUM, PICK])
    record_problems(log, "made-up", "math", [mended])
    assert [p.problem for p in read_problems(log)] == [mended, PICK]


def test_torn_end_is_mended(tmp_path: Path) -> None:
    log = tmp_path / "x.jsonl"
    record_problems(log, "made-up", "math", [SUM])
    with problems_path(log).open("ab") as stream:
        stream.write(b'{"task":"made-up","pro')
    assert [p.problem for p in read_problems(log)] == [SUM]
    record_problems(log, "made-up", "math", [SUM, PICK])
    assert [p.problem for p in read_problems(log)] == [SUM, PICK]


@pytest.mark.parametrize("line", [b'{"task":"t"}\n', b'{"task":1,"kind":"math"}\n', b"junk\n"])
def test_damaged_line_is_named(tmp_path: Path, line: bytes) -> None:
    log = tmp_path / "x.jsonl"
    problems_path(log).write_bytes(line)
    with pytest.raises(LogError, match=r"x\.problems\.jsonl:1: "):
        read_problems(log)

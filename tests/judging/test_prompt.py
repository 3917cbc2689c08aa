"""The judge's prompt keeps the candidate in its place; its reply is read strictly."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.judging.prompt import MOST_CHARACTERS, Question, judge_prompt, read_reply
from slm_mux.types import Kind


def user(answer: str, kind: Kind = "math") -> str:
    return judge_prompt(Question("k1", "k2", "42", answer), kind).messages[-1]["content"]


@pytest.mark.parametrize(
    "reply",
    ["Yes", "yes", "Yes.", "**Yes**", " yes\n", "YES!", '"Yes"', "`yes`", "# Yes", "_Yes._",
     "<think>It says no, but it is.</think>\n\nYes"],
)  # fmt: skip
def test_one_yes_in_many_coats(reply: str) -> None:
    assert read_reply(reply) == "correct"


@pytest.mark.parametrize("reply", ["No", "no.", "**NO**", "\n\nNo\n", "<think>yes</think>no"])
def test_one_no_in_many_coats(reply: str) -> None:
    assert read_reply(reply) == "incorrect"


@pytest.mark.parametrize(
    "reply",
    [None, "", "Yes and no", "Yes, they are.", "maybe", "no, yes", "Yesterday", "ja", "<think>Yes",
     "Y e s", "Answer: Yes", "yes yes", "\\boxed{Yes}", "y" * 100_000],
)  # fmt: skip
def test_anything_else_decides_nothing(reply: str | None) -> None:
    assert read_reply(reply) == "undecided"


def test_every_request_draws_new_tags() -> None:
    assert len({user("7") for _ in range(50)}) == 50


@given(answer=st.text(max_size=200))
def test_a_candidate_stands_on_one_line_between_its_tags(answer: str) -> None:
    mark = re.match(r"<reference-([0-9a-f]{16})>42</reference-\1>\n<candidate-\1>", user(answer))
    lines = user(answer).split("\n")
    assert mark is not None
    assert len(lines) == 4
    assert "".join(lines[1].split(">", 1)[1].rpartition("</")[0].split()) == "".join(
        "".join(c if c.isprintable() else " " for c in answer).split()
    )


def test_a_long_answer_is_not_asked_about() -> None:
    assert Question("a", "b", "1", "x" * MOST_CHARACTERS).is_short_enough
    assert not Question("a", "b", "1", "x" * (MOST_CHARACTERS + 1)).is_short_enough
    assert not Question("a", "b", "1" * (MOST_CHARACTERS + 1), "x").is_short_enough

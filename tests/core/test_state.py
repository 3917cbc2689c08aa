"""The state of a response: whether it votes, states nothing, or was cut off before it did."""

import pytest

from slm_mux import answers
from slm_mux.answers import Reading

BOXED = Reading("7", "boxed", "7")
GUESSED = Reading("7", "last_number", "7")
VOTELESS = Reading("?", "boxed", None)


@pytest.mark.parametrize(
    ("reading", "finish_reason", "expected"),
    [
        (BOXED, "stop", "ok"),
        (BOXED, "length", "ok"),
        (GUESSED, None, "ok"),
        (GUESSED, "length", "truncated"),
        (VOTELESS, "stop", "unparsed"),
        (None, None, "unparsed"),
        (None, "length", "truncated"),
        (BOXED, "\ud800", "ok"),
    ],
)
def test_a_response_votes_when_it_stated_its_answer(
    reading: Reading | None, finish_reason: str | None, expected: str
) -> None:
    found = answers.state_of(reading, response="text", finish_reason=finish_reason)
    assert found == expected


def test_the_published_rules_trust_a_guess_on_cut_off_text() -> None:
    found = answers.state_of(GUESSED, response="text", finish_reason="length", profile="paper")
    assert found == "ok"


def test_no_response_was_cut_off() -> None:
    assert answers.state_of(None, response=None, finish_reason="stop") == "truncated"

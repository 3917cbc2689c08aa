"""Verdicts and answers of other tools, in our words."""

from __future__ import annotations

import pytest

from slm_mux.scoring.comparing.outcomes import kept, outcome_of
from slm_mux.store.jsonl import LineError


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (True, "correct"), (1, "correct"), (1.0, "correct"), ("C", "correct"), ("True", "correct"),
        (False, "incorrect"), (0.0, "incorrect"), ("I", "incorrect"), (" no ", "incorrect"),
        (None, "undecided"), ("undecided", "undecided"), ("unparsed", "no_answer"),
        ("truncated", "truncated"), ("failed", "failed"),
    ],
)  # fmt: skip
def test_verdicts_in_other_words(verdict: object, outcome: str) -> None:
    assert outcome_of(verdict) == outcome


@pytest.mark.parametrize(
    ("answer", "text"),
    [(None, None), ([], None), ({}, None), ("7", "7"), (7.5, "7.5"), (["7"], "7"), ([[7]], "7"),
     (["7", "8"], "[…]"), ({"a": 7}, "{…}"), ("7" * 999, "7" * 200 + "…"), (False, "False")],
)  # fmt: skip
def test_answers_are_kept_to_be_shown(answer: object, text: str | None) -> None:
    assert kept(answer) == text


@pytest.mark.parametrize("verdict", [0.5, 2, float("nan"), "maybe", "", {}, [1]])
def test_what_is_no_verdict(verdict: object) -> None:
    with pytest.raises(LineError, match="the verdict is"):
        outcome_of(verdict)

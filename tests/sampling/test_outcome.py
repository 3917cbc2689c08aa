"""What a reply means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.sampling.outcome import Answer, Failure, Outcome, read_outcome

CASES = Path(__file__).parent.parent / "cases" / "sampling" / "outcomes.json"
NOW = 10.0


def cases() -> list[Any]:
    data = json.loads(CASES.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in data["cases"]]


def read(case: dict[str, Any]) -> Outcome:
    body = case["raw"] if "raw" in case else json.dumps(case["body"])
    return read_outcome(case["status"], case.get("headers", {}), body.encode(), now=NOW)


@pytest.mark.parametrize("case", [c for c in cases() if "choices" in c.values[0]])
def test_samples(case: dict[str, Any]) -> None:
    outcome = read(case)
    assert isinstance(outcome, Answer)
    found = [[c.response, c.reasoning, c.finish_reason] for c in outcome.choices]
    assert found == case["choices"]
    usage = None if outcome.usage is None else list(outcome.usage.values())
    assert usage == case.get("usage")
    assert outcome.request_id == case.get("request_id")


@pytest.mark.parametrize("case", [c for c in cases() if "kind" in c.values[0]])
def test_failures(case: dict[str, Any]) -> None:
    outcome = read(case)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.status, outcome.retry) == (
        case["kind"],
        case["status"],
        case["retry"],
    )
    assert case.get("message", "") in outcome.message
    assert outcome.retry_after == case.get("retry_after")


@given(st.integers(100, 599), st.binary() | st.text().map(str.encode), st.text())
def test_nothing_a_server_says_raises(status: int, body: bytes, wait: str) -> None:
    outcome = read_outcome(status, {"Retry-After": wait}, body, now=NOW)
    if isinstance(outcome, Failure):
        assert len(outcome.message) < 700
        assert "\n" not in outcome.message


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["choices", "message", "content", "text", "error", "usage", "prompt_tokens", "type", "id"]


@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        JSON
        | st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=2)
        | st.lists(st.fixed_dictionaries({"message": JSON, "error": JSON}), max_size=2),
    )
)
def test_no_json_raises(data: dict[str, Any]) -> None:
    outcome = read_outcome(200, {}, json.dumps(data).encode(), now=NOW)
    assert isinstance(outcome, Answer | Failure)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"choices":' * 100_000,
        b'{"id": ' + b"9" * 1_000_000 + b"}",
        b"{" * 10**6,
    ],
    ids=["lists", "objects", "digits", "braces"],
)
def test_monstrous_bodies_are_bad_bodies(body: bytes) -> None:
    outcome = read_outcome(200, {}, body, now=NOW)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "bad_body"

"""Walking a JSON document item by item gives what reading it whole gives."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.errors import InputError
from slm_mux.importing import json_walk

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def walked(text: str | bytes, into: str = "items") -> list[tuple[str, Any]]:
    """All that a walk yields."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return list(json_walk.walk(io.BytesIO(data), "x.json", lambda key: key == into))


@given(
    st.dictionaries(st.text(), VALUES, max_size=4),
    st.lists(VALUES, max_size=4),
    st.integers(1, 40),
    st.sampled_from([None, 1]),
)
def test_it_is_the_same_in_any_chunks(
    members: dict[str, Any], items: list[Any], chunk: int, indent: int | None
) -> None:
    members.pop("items", None)
    text = json.dumps(members | {"items": items}, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_walk, "_CHUNK", chunk)
        found = walked(text)
    assert found == [*members.items(), *(("items", item) for item in items)]


def test_a_list_at_the_top() -> None:
    assert walked('\ufeff [1, {"a": []}]') == [("", 1), ("", {"a": []})]


def test_lone_surrogates_stay() -> None:
    assert walked(r'{"a": "\ud800"}') == [("a", "\ud800")]


BAD = [
    ("{", "x.json:1: not valid JSON"),
    ('{"a": 1\n', "x.json:2: not valid JSON: the end is missing"),
    ('{"a":\n 1,\n "b" 2}', "x.json:3: not valid JSON: '2' stands where ':' must"),
    ('{"items": [1,\n2', "x.json:2: not valid JSON: the end is missing"),
    ('{"items": ["cut', "x.json:1: not valid JSON: Unterminated string"),
    ('{"a": nul}', "x.json:1: not valid JSON"),
    ('{"a": 1} {}', "x.json:1: not valid JSON: something follows the end"),
    ("{1: 2}", "x.json:1: not valid JSON: a key is no text"),
    ('"text"', "x.json:1: not a JSON object or list"),
    ("", "x.json:1: not a JSON object or list"),
    ('{"a": ' + "[" * 100_000, "too long or nested too deeply"),
    ('{"a": ' + "9" * 10_000 + "}", "too long or nested too deeply"),
    (b'{"a": "\xe9"}', "x.json:1: not UTF-8"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_is_not_valid_is_named_with_its_line(text: str | bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        walked(text)
    assert message in str(caught.value)


def test_an_early_error_does_not_read_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_walk, "_CHUNK", 64)
    stream = io.BytesIO(b'{"a": [nope' + b" " * 100_000)
    with pytest.raises(InputError):
        list(json_walk.walk(stream, "x.json", lambda _: False))
    assert stream.closed or stream.tell() < 50_000


def test_one_item_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_walk, "_CHUNK", 64)
    monkeypatch.setattr(json_walk, "MAX_VALUE", 1000)
    with pytest.raises(InputError, match="over 1000 characters"):
        walked('{"items": ["' + "x" * 5000 + '"]}')

"""Pools from model names, and the presets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.errors import PoolError
from slm_mux.pool import PRESETS, demo_pool, pool_from_models
from slm_mux.pool.models import unique_names


def test_models_alone_are_asked_at_together() -> None:
    pool = pool_from_models(["a/x", "b/y"], temperature=0.5, max_tokens=9)
    assert [member.name for member in pool.members] == ["a/x", "b/y"]
    assert {member.provider for member in pool.members} == {PRESETS["together"]}
    assert pool.members[0].params == {"temperature": 0.5, "top_p": None, "max_tokens": 9}


def test_another_endpoint_gets_no_key_unless_named() -> None:
    (member,) = pool_from_models(["x"], base_url="http://127.0.0.1:9/v1/").members
    assert (member.provider.base_url, member.provider.api_key_env) == (
        "http://127.0.0.1:9/v1",
        None,
    )
    (member,) = pool_from_models(["x"], base_url="http://h", api_key_env="KEY").members
    assert member.provider.api_key_env == "KEY"


def test_another_key_for_together() -> None:
    (member,) = pool_from_models(["x"], api_key_env="OTHER").members
    assert member.provider.base_url == PRESETS["together"].base_url
    assert member.provider.api_key_env == "OTHER"


def test_repeated_models_are_numbered() -> None:
    assert unique_names(["x", "y", "x", "x"]) == ["x", "y", "x#2", "x#3"]
    assert unique_names(["x", "x", "x#2"]) == ["x", "x#3", "x#2"]


@given(st.lists(st.sampled_from(["x", "x#2", "x#2#2", "x#3", "y"])))
def test_names_are_unique(models: list[str]) -> None:
    names = unique_names(models)
    assert len(set(names)) == len(models)
    assert set(models) <= set(names)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"models": []}, "--models: no model given"),
        ({"models": ["a", " "]}, "--models: an empty model name"),
        ({"models": ["a"], "base_url": "example.org"}, "--base-url: must be a URL"),
        ({"models": ["a"], "api_key_env": "sk-123"}, "--api-key-env: must be the NAME"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(PoolError) as caught:
        pool_from_models(**arguments)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    assert "sk-123" not in str(caught.value)


def test_presets_are_those_promised() -> None:
    promised = (
        "together openai openrouter groq fireworks vllm sglang ollama llamacpp lmstudio local"
    )
    assert set(PRESETS) == set(promised.split())
    assert all(name == provider.name for name, provider in PRESETS.items())


def test_demo_pool() -> None:
    assert [m.name for m in demo_pool().members] == ["smollm2-default", "smollm2-few-shot"]
    gemma = demo_pool(with_gemma=True).members[-1]
    assert (gemma.api, gemma.prompt_style) == ("completions", "few_shot")

"""A pool from model names alone, without a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

from slm_mux.errors import PoolError
from slm_mux.pool.checks import check_base_url, check_env_name
from slm_mux.pool.presets import DEFAULT, PRESETS
from slm_mux.types import Member, Pool, Provider


def pool_from_models(
    models: Sequence[str],
    *,
    base_url: str | None = None,
    api_key_env: str | None = None,
    temperature: float = 0.3,
    max_tokens: int = 2048,
) -> Pool:
    """A pool of `models` in the order given, all on one endpoint.

    Without `base_url` that is `together`. With it, no key is sent unless `api_key_env` names
    the variable that holds one. A model given twice becomes two members, `x` and `x#2`.
    Raises `PoolError`.
    """
    provider = provider_named(DEFAULT, base_url=base_url, api_key_env=api_key_env)
    members = [
        Member(name, model, provider, temperature=temperature, max_tokens=max_tokens)
        for name, model in zip(unique_names(models), models, strict=True)
    ]
    if not members:
        raise PoolError("--models: no model given: name at least one, or give a pool file")
    return Pool(tuple(members))


def provider_named(
    name: str, *, base_url: str | None = None, api_key_env: str | None = None
) -> Provider:
    """The provider of a known name, or, with `base_url`, an endpoint of the user's own.

    Raises `PoolError` for an unknown name or an option that is none.
    """
    env = None if api_key_env is None else _checked("--api-key-env", check_env_name, api_key_env)
    if base_url is not None:
        return Provider("endpoint", _checked("--base-url", check_base_url, base_url), env)
    if name not in PRESETS:
        raise PoolError(f"no provider is called {name!r}: use {', '.join(PRESETS)}, or --base-url")
    return PRESETS[name] if env is None else replace(PRESETS[name], api_key_env=env)


def _checked(option: str, check: Callable[[str], str], value: str) -> str:
    try:
        return check(value)
    except ValueError as error:
        raise PoolError(f"{option}: {error}") from None


def unique_names(models: Sequence[str]) -> list[str]:
    """The models' names, repeated ones numbered: `x`, `x#2`, `x#3`."""
    if any(not model.strip() for model in models):
        raise PoolError("--models: an empty model name: check the commas")
    taken = set(models)
    names: list[str] = []
    for model in models:
        numbered = (f"{model}#{number}" for number in count(2))
        name = model if model not in names else next(n for n in numbered if n not in taken)
        taken.add(name)
        names.append(name)
    return names

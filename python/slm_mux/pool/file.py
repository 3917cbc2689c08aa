"""The pool file: YAML → checked entries → a `Pool`."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from slm_mux.errors import PoolError
from slm_mux.pool.presets import LOCAL, PRESETS
from slm_mux.pool.schema import ModelEntry, PoolEntry, ProviderEntry, known_fields
from slm_mux.pool.yaml_file import read_yaml
from slm_mux.types import Member, Pool, Price, Provider

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SECRETS = {"api_key", "apikey", "api-key", "key", "token", "authorization", "secret", "headers"}

_SAY = {
    "missing": "is required",
    "string_type": "must be text (put it in quotes)",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "dict_type": "must be a mapping of fields",
    "model_type": "must be a mapping of fields",
    "list_type": "must be a list",
    "tuple_type": "must be a text or a list of texts",
    "string_pattern_mismatch": "must not be blank",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
}


def load_pool(path: str | Path) -> Pool:
    """Read a pool file; raises `PoolError` naming the file and the field."""
    path = Path(path)
    entry = _validated(path, read_yaml(path))
    providers = dict(PRESETS)
    for name, given in entry.providers.items():
        providers[name] = _provider(path, name, given)
    default = next(iter(entry.providers)) if len(entry.providers) == 1 else None
    members = [
        _member(f"{path}: models[{i}]", model, providers, default)
        for i, model in enumerate(entry.models)
    ]
    _refuse_duplicates(path, members)
    return Pool(tuple(members), str(path))


def _validated(path: Path, value: Any) -> PoolEntry:
    if not isinstance(value, dict):
        raise PoolError(f"{path}: must be a mapping with 'models' (and perhaps 'providers')")
    try:
        return PoolEntry.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    raise PoolError(f"{path}: {_place(found[0]['loc'])}: {_say(found[0])}{more}")


def _place(location: tuple[str | int, ...]) -> str:
    text = ""
    for part in location:
        if part == "[key]":
            continue
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "pool"


def _say(error: ErrorDetails) -> str:
    kind, location, context = error["type"], error["loc"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(location)
    if kind == "value_error":
        return str(context["error"])
    return _SAY.get(kind, error["msg"]).format(**context)


def _unknown(location: tuple[str | int, ...]) -> str:
    name = str(location[-1])
    if name.lower() in _SECRETS:
        return (
            "keys do not belong in a pool file: put the key in an environment variable and "
            "name that one with 'api_key_env'"
        )
    known = known_fields(location)
    close = difflib.get_close_matches(name, known, 1)
    return (
        f"unknown field: did you mean {close[0]!r}?"
        if close
        else (f"unknown field: use one of {', '.join(known)}")
    )


def _provider(path: Path, name: str, given: ProviderEntry) -> Provider:
    fields = given.model_dump(exclude_unset=True)
    preset = PRESETS.get(name)
    if name == LOCAL and given.base_url:
        raise PoolError(f"{path}: providers.{name}.base_url: local servers choose their own URL")
    if preset:
        kept = {key: value for key, value in fields.items() if (key, value) != ("base_url", None)}
        return replace(preset, **kept)
    if not given.base_url:
        raise PoolError(
            f"{path}: providers.{name}.base_url: is required: {name!r} is no known provider"
        )
    return Provider(name, **fields)


def _member(
    place: str, entry: ModelEntry, providers: dict[str, Provider], default: str | None
) -> Member:
    chosen = entry.provider or default
    known = ", ".join(providers)
    if chosen is None:
        raise PoolError(f"{place}.provider: is required: use one of {known}")
    if chosen not in providers:
        raise PoolError(f"{place}.provider: unknown provider {chosen!r}: use one of {known}")
    fields = entry.model_dump(exclude={"name", "provider", "price"})
    price = Price(**entry.price.model_dump()) if entry.price else None
    return Member(name=entry.name or entry.model, provider=providers[chosen], price=price, **fields)


def _refuse_duplicates(path: Path, members: list[Member]) -> None:
    first: dict[str, int] = {}
    for i, member in enumerate(members):
        before = first.setdefault(member.name, i)
        if before != i:
            raise PoolError(
                f"{path}: models[{i}].name: {member.name!r} is already the name of "
                f"models[{before}]: give each member a name of its own"
            )

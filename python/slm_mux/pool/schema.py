"""The shape of a pool file, as pydantic models. Imported only when a pool file is read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from slm_mux.pool.checks import check_base_url, check_env_name

_Text = Annotated[str, Field(min_length=1, max_length=100_000, pattern=r"\S")]
_Name = Annotated[
    str, Field(min_length=1, max_length=300, pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]*)$")
]
_Count = Annotated[int, Field(ge=1)]
_Url = Annotated[str, AfterValidator(check_base_url)]
_EnvName = Annotated[str, AfterValidator(check_env_name)]
_Stops = Annotated[
    tuple[_Text, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Field(max_length=16, strict=False),
]


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class ProviderEntry(_Strict):
    """One entry under `providers`; what is left out comes from the preset of the same name."""

    base_url: _Url | None = None
    api_key_env: _EnvName | None = None
    rpm: _Count | None = None
    tpm: _Count | None = None
    max_concurrency: Annotated[int, Field(ge=1, le=10_000)] = 32
    send_seed: bool = True
    use_n: bool | None = None


class PriceEntry(_Strict):
    """US dollars per million tokens."""

    prompt: Annotated[float, Field(ge=0)]
    completion: Annotated[float, Field(ge=0)]


class ModelEntry(_Strict):
    """One entry under `models`."""

    model: _Name
    name: _Name | None = None
    provider: _Name | None = None
    temperature: Annotated[float, Field(ge=0, le=10)] = 0.3
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: _Count = 2048
    system_prompt: _Text | None = None
    prompt_style: _Name = "default"
    stop: _Stops = ()
    api: Literal["chat", "completions"] = "chat"
    validation_accuracy: Annotated[float, Field(ge=0, le=1)] | None = None
    price: PriceEntry | None = None


class PoolEntry(_Strict):
    """A whole pool file."""

    providers: dict[_Name, ProviderEntry] = {}
    models: Annotated[list[ModelEntry], Field(min_length=1)]


def known_fields(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The fields allowed where an unknown one was found."""
    entry: type[BaseModel] = PoolEntry
    if path[:1] == ("models",):
        entry = PriceEntry if "price" in path[:-1] else ModelEntry
    elif path[:1] == ("providers",):
        entry = ProviderEntry
    return tuple(entry.model_fields) if len(path) > 1 else tuple(PoolEntry.model_fields)

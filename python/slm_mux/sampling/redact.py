"""Keys: read from the environment, and kept out of everything that is written or said."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from slm_mux.errors import PoolError
from slm_mux.types import Provider

HIDDEN = "[key]"
# Shorter ones ("EMPTY", "none") are placeholders, and words that a response may well contain.
_SHORTEST_SECRET = 8


def api_key(provider: Provider) -> str | None:
    """The key of a provider, from the environment variable that it names.

    Raises `PoolError`, which names the variable and never its value.
    """
    name = provider.api_key_env
    if name is None:
        return None
    value = os.environ.get(name, "").strip()
    if not value:
        raise PoolError(
            f"provider {provider.name!r}: environment variable {name} is not set: "
            f"put the API key of {provider.base_url} there"
        )
    if not (value.isascii() and value.isprintable()):
        raise PoolError(
            f"provider {provider.name!r}: environment variable {name} holds characters that a "
            "key cannot have: set it again"
        )
    return value


class Redactor:
    """Replaces secrets in text. Its repr shows none."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        # The longest first, so that no rest of a longer form is left behind.
        self._secrets = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text

    def optional(self, text: str | None) -> str | None:
        """The text without secrets, None for None."""
        return None if text is None else self(text)


def url_password(url: str) -> list[str]:
    """The password that a URL carries, if any."""
    password = urlsplit(url).password
    return [password] if password else []


def _forms(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}

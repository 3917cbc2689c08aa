"""Checks of what names an endpoint, shared by the pool file and the command line."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ENV_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


def check_base_url(url: str) -> str:
    """The URL without a trailing slash; raises `ValueError`, which does not echo it."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise ValueError("must be a URL such as http://127.0.0.1:8000/v1") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a URL such as http://127.0.0.1:8000/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "must not hold a user, a password or a query: keys go into an environment variable"
        )
    return url.strip().rstrip("/")


def check_env_name(name: str) -> str:
    """The name of an environment variable; raises `ValueError`, which does not echo it."""
    if not _ENV_NAME.fullmatch(name):
        raise ValueError(
            "must be the NAME of an environment variable (capital letters, digits, _), "
            "never the key itself"
        )
    return name

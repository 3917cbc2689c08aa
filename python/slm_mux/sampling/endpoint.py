"""Where a member is asked: address, key, proxy, and whether several choices come at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from slm_mux.errors import PoolError
from slm_mux.sampling.redact import api_key
from slm_mux.types import Api, Provider

_PATHS: dict[Api, str] = {"chat": "chat/completions", "completions": "completions"}
_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and how it is reached. The headers hold the key, so the repr leaves them out."""

    url: str
    headers: dict[str, str] = field(repr=False)
    proxy: str | None = field(repr=False)


def open_endpoint(provider: Provider, api: Api) -> Endpoint:
    """The endpoint of a provider, its key read from the environment.

    Raises `PoolError` for a missing key, a base URL that is none, or a proxy of another kind.
    """
    _check_address(provider)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    key = api_key(provider)
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    url = f"{provider.base_url.rstrip('/')}/{_PATHS[api]}"
    return Endpoint(url, headers, proxy_of(provider))


def _check_address(provider: Provider) -> None:
    try:
        parts = urlsplit(provider.base_url)
        valid = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets without an address, a port that is none
        valid = False
    if not valid:
        raise PoolError(
            f"provider {provider.name!r}: base_url {provider.base_url!r} is no http(s) address"
        )
    if parts.username is not None:
        raise PoolError(
            f"provider {provider.name!r}: base_url holds a user name or password: put the key "
            "into an environment variable and name that as api_key_env"
        )


def proxy_of(provider: Provider) -> str | None:
    """The proxy that the environment names for a provider.

    From `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` in either case. Loopback
    addresses go by the same rules; only a model server inside this process (provider `local` or
    `local:…`) is never asked through a proxy, which could not reach it.
    """
    parts = urlsplit(provider.base_url)
    host = parts.hostname or ""
    if provider.name.partition(":")[0] == "local" and _is_loopback(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]) or proxy_bypass(host):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    scheme = urlsplit(proxy).scheme
    if scheme not in _SCHEMES:
        raise PoolError(
            f"provider {provider.name!r}: the environment asks for a {scheme} proxy: "
            "only http and https proxies can be used (NO_PROXY leaves a host out)"
        )
    return proxy


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class ChoiceCount:
    """Whether one request to an endpoint and model may ask for several choices (`n`).

    Unknown at first (unless the provider says): then one request tries, and the others wait for
    what it learns.
    """

    __slots__ = ("_settled", "known")

    def __init__(self, known: bool | None) -> None:
        self.known = known
        self._settled: asyncio.Event | None = None

    async def allowed(self, wanted: int) -> int:
        """How many of `wanted` choices the next request asks for."""
        while self.known is None and self._settled is not None and wanted > 1:
            await self._settled.wait()
        if self.known is False or wanted == 1:
            return 1
        if self.known is None:
            self._settled = asyncio.Event()
        return wanted

    def learn(self, known: bool | None) -> None:
        """What a request that asked for several has shown; None: nothing, the next one tries."""
        if known is not None:
            self.known = known
        if self._settled is not None:
            self._settled.set()
            self._settled = None

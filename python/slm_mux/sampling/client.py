"""The HTTP client: one for all endpoints, over httpx's aiohttp transport.

Requests go to the transport's session directly. httpx's own request, response and header
objects cost more per call than the whole of aiohttp, and at hundreds of requests in flight that
is what bounds the rate; TLS settings (`SSL_CERT_FILE`, `SSL_CERT_DIR`, else certifi) are httpx's.
"""

from __future__ import annotations

import asyncio
import time
from typing import Self

import aiohttp
from httpx_aiohttp import AiohttpTransport

from slm_mux.errors import InputError
from slm_mux.sampling.endpoint import Endpoint
from slm_mux.sampling.outcome import Failure, Outcome, read_outcome
from slm_mux.sampling.settings import Settings

# Below the five seconds after which common servers close an idle connection: a request sent
# into a connection that is being closed is lost.
_KEEPALIVE_SECONDS = 4.0
_CA_FILES = "SSL_CERT_FILE or SSL_CERT_DIR of the environment"


class Client(AiohttpTransport):
    """Asks endpoints. An async context manager; the number in flight is the caller's to bound."""

    def __init__(self, settings: Settings) -> None:
        try:
            super().__init__(client=self._open_session)
        except OSError as error:
            raise InputError(
                f"{_CA_FILES}: cannot be read: {error}: correct or unset it"
            ) from error
        self._settings = settings
        self._timeout = aiohttp.ClientTimeout(sock_connect=settings.connect_seconds)

    def _open_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, ssl=self.ssl_context, keepalive_timeout=_KEEPALIVE_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        self.client = self._open_session()
        return self

    async def post(self, endpoint: Endpoint, body: bytes, seconds: float) -> Outcome:
        """Send one request and read what comes of it within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                return await self._post(endpoint, body)
        except aiohttp.InvalidURL:
            return Failure("refused", None, f"{endpoint.url} is no address", retry=False)
        except aiohttp.ClientConnectorCertificateError as error:
            hint = "a certificate authority of your own goes into SSL_CERT_FILE"
            return Failure("refused", None, f"{error}: {hint}", retry=False)
        except aiohttp.ServerTimeoutError as error:
            return Failure("timeout", None, str(error) or "no connection in time")
        except TimeoutError:
            return Failure("timeout", None, f"no full reply within {seconds:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return Failure("connection", None, f"{type(error).__name__}: {error}"[:500])

    async def _post(self, endpoint: Endpoint, body: bytes) -> Outcome:
        session = self.client
        if not isinstance(session, aiohttp.ClientSession):
            raise TypeError("the client is not open: use `async with`")
        async with session.post(
            endpoint.url,
            data=body,
            headers=endpoint.headers,
            allow_redirects=False,
            proxy=endpoint.proxy,
        ) as response:
            content = await self._read(response.content)
            if content is None:
                return self._too_large(response.status)
            return read_outcome(response.status, response.headers, content, now=time.time())

    async def _read(self, stream: aiohttp.StreamReader) -> bytes | None:
        """The body, or None once it is longer than the settings allow."""
        chunks: list[bytes] = []
        size = 0
        while chunk := await stream.readany():
            chunks.append(chunk)
            size += len(chunk)
            if size > self._settings.max_body_bytes:
                return None
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _too_large(self, status: int) -> Failure:
        limit = self._settings.max_body_bytes
        return Failure("too_large", status, f"the reply is longer than {limit} bytes")

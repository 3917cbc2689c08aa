"""Requests and tokens per minute of one provider."""

from __future__ import annotations

from aiolimiter import AsyncLimiter

from slm_mux.types import Provider

_MINUTE = 60.0
# A bucket that holds a whole minute would let two minutes' worth pass in the first one.
_TOKEN_WINDOW = 6.0
_CHARACTERS_PER_TOKEN = 4
_NEWEST = 0.1


class Limiter:
    """Waits until a provider may be asked again.

    Tokens are estimated before a request (a quarter of the prompt's characters, and
    `max_tokens` until replies have shown what is usual) and what the estimate missed is made up
    for by the next request.
    """

    __slots__ = ("_error", "_requests", "_tokens", "_usual")

    def __init__(self, provider: Provider) -> None:
        self._requests = _bucket(provider.rpm, max(1.0, (provider.rpm or 0) / _MINUTE))
        self._tokens = _bucket(provider.tpm, max(1.0, (provider.tpm or 0) / _TOKEN_WINDOW))
        self._usual: float | None = None
        self._error = 0.0

    @property
    def idle(self) -> bool:
        """Whether there is nothing to limit."""
        return self._requests is None and self._tokens is None

    async def admit(self, characters: int, max_tokens: int, choices: int) -> float:
        """Wait for a place; the tokens that were reserved for it."""
        if self._requests is not None:
            await self._requests.acquire()
        if self._tokens is None:
            return 0.0
        completion = max_tokens if self._usual is None else self._usual
        reserved = characters / _CHARACTERS_PER_TOKEN + completion * choices
        owed, self._error = max(0.0, reserved + self._error), min(0.0, reserved + self._error)
        while owed > 0:
            part = min(owed, self._tokens.max_rate)
            await self._tokens.acquire(part)
            owed -= part
        return reserved

    def settle(self, reserved: float, prompt: int, completion: int, choices: int) -> None:
        """Say what a request that was admitted has really used."""
        if self._tokens is None:
            return
        self._error += prompt + completion - reserved
        each = completion / max(1, choices)
        self._usual = each if self._usual is None else self._usual + _NEWEST * (each - self._usual)


def _bucket(per_minute: int | None, capacity: float) -> AsyncLimiter | None:
    if per_minute is None:
        return None
    return AsyncLimiter(capacity, capacity * _MINUTE / per_minute)

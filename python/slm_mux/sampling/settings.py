"""How a run asks: numbers in flight, patience, limits on spending."""

from __future__ import annotations

from dataclasses import dataclass

from slm_mux.errors import InputError

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run. Times are in seconds, costs in US dollars.

    `call_seconds` and `attempts` bound one call with all its retries: a server that asks for a
    longer wait than is left is not waited for. `request_seconds` bounds one attempt. The limits
    `max_cost` and `max_tokens_total` include what `spent_cost` and `spent_tokens` say was spent
    before. Raises `InputError` for a number out of range.
    """

    seed: int = 0
    concurrency: int = 64
    max_cost: float | None = None
    max_tokens_total: int | None = None
    spent_cost: float = 0.0
    spent_tokens: int = 0
    attempts: int = 10
    call_seconds: float = 600.0
    request_seconds: float = 300.0
    connect_seconds: float = 15.0
    backoff_base: float = 0.5
    backoff_max: float = 60.0
    grace_seconds: float = 5.0
    preflight: bool = True
    preflight_seconds: float = 60.0
    max_body_bytes: int = 20 * MEBIBYTE  # a row, in ASCII, is up to three times as long

    def __post_init__(self) -> None:
        for name in ("concurrency", "attempts", "max_body_bytes"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}: {getattr(self, name)} is too small, use at least 1")
        for name in ("call_seconds", "request_seconds", "connect_seconds", "preflight_seconds"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name}: {getattr(self, name)} must be above 0")

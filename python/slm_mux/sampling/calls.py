"""One call: a request with its limits, its place in flight and its retries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from slm_mux.sampling.asked import Asked
from slm_mux.sampling.client import Client
from slm_mux.sampling.limits import Limiter
from slm_mux.sampling.outcome import Answer, Failure, Outcome
from slm_mux.sampling.ports import Observer
from slm_mux.sampling.redact import Redactor
from slm_mux.sampling.report import SamplingReport, estimated_tokens
from slm_mux.sampling.request import prompt_characters, request_body
from slm_mux.sampling.retry import Retries
from slm_mux.sampling.settings import Settings
from slm_mux.sampling.slots import Slots
from slm_mux.types import Prompt, Provider


@dataclass(slots=True)
class Worker:
    """One of a provider's workers. `state` tells what may be cut short when the run stops."""

    state: Literal["idle", "asking"] = "idle"
    latency: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """What one call asks: `choices` responses to a prompt, drawn with one seed."""

    asked: Asked
    prompt: Prompt
    choices: int
    seed: int | None


@dataclass(frozen=True, slots=True)
class Caller:
    """What all calls of a run share. `is_wanted(asked)`: whether it may be asked any more."""

    client: Client
    settings: Settings
    retries: Retries
    limiters: dict[Provider, Limiter]
    slots: Slots
    redact: Redactor
    report: SamplingReport
    observer: Observer
    is_wanted: Callable[[Asked], bool]

    async def call(self, request: Request, worker: Worker) -> Outcome:
        """The outcome of a request after all its retries; its tokens are counted."""
        asked = request.asked
        body = request_body(
            asked.member, request.prompt, choices=request.choices, seed=request.seed
        )
        started = asyncio.get_running_loop().time()
        outcome = await self._attempt(request, body, worker, self.settings.call_seconds)
        if isinstance(outcome, Answer) or not outcome.retry:
            return outcome

        def left() -> float:
            passed = asyncio.get_running_loop().time() - started
            return self.settings.call_seconds - passed

        return await self.retries.go_on(
            outcome,
            lambda: self._attempt(request, body, worker, left()),
            spent=self.settings.call_seconds - left(),
            wanted=lambda: self.is_wanted(asked),
            on_retry=lambda failure, wait: self._note_retry(asked, failure, wait),
        )

    async def _attempt(self, request: Request, body: bytes, worker: Worker, left: float) -> Outcome:
        limiter = self.limiters[request.asked.member.provider]
        if limiter.idle:
            return await self._ask(request, body, worker, left)
        asked = request.asked.member
        reserved = await limiter.admit(
            prompt_characters(request.prompt), asked.max_tokens, request.choices
        )
        outcome = await self._ask(request, body, worker, left)
        if isinstance(outcome, Answer):
            used = used_tokens(outcome, request.prompt)
            limiter.settle(reserved, *used, choices=len(outcome.choices))
        return outcome

    async def _ask(self, request: Request, body: bytes, worker: Worker, left: float) -> Outcome:
        provider = request.asked.member.provider
        await self.slots.acquire(provider)
        try:
            return await self._send(request, body, worker, left)
        finally:
            self.slots.release(provider)

    async def _send(self, request: Request, body: bytes, worker: Worker, left: float) -> Outcome:
        clock = asyncio.get_running_loop().time
        seconds = min(self.settings.request_seconds, left)
        began = clock()
        worker.state = "asking"
        try:
            outcome = await self.client.post(request.asked.endpoint, body, seconds)
        finally:
            worker.state = "idle"
        worker.latency = clock() - began
        if isinstance(outcome, Failure):
            return replace(outcome, message=self.redact(outcome.message))
        self.report.count_tokens(request.asked.member, *used_tokens(outcome, request.prompt))
        return outcome

    def _note_retry(self, asked: Asked, failure: Failure, wait: float) -> None:
        self.report.retried += 1
        asked.choice_count.learn(None)  # those who wait for what it learns need not wait longer
        self.observer.on_retry(asked.member.name, f"{failure.kind}: {failure.message}", wait)


def used_tokens(answer: Answer, prompt: Prompt) -> tuple[int, int]:
    """Prompt and completion tokens of a reply; estimated where the server does not tell."""
    if answer.usage is not None:
        return answer.usage["prompt_tokens"], answer.usage["completion_tokens"]
    written = sum(len(c.response or "") + len(c.reasoning or "") for c in answer.choices)
    return estimated_tokens(prompt_characters(prompt)), estimated_tokens(written)

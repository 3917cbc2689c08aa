"""The words of the domain, shared by all rooms. Stdlib only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

Kind = Literal["math", "number", "choice"]
Profile = Literal["canonical", "paper"]
Abstain = Literal["count", "drop"]
Tie = Literal["accuracy", "order", "random"]
Stop = Literal["none", "unanimous", "lossless"]
Latency = Literal["auto", "low", "high"]
Api = Literal["chat", "completions"]
Decided = Literal["correct", "incorrect", "undecided"]
"""What can be said of an answer; a response may also have none."""


POOLED_SELECTORS = ("majority", "weighted", "calibrated", "switch", "unanimous")
"""Selectors that may return a key that is no member's top: the bound `oracle` is not theirs."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a task.

    `choices` are the option texts without their letters, in letter order; `reference_answer`
    is the reference as the data set gives it (for `choice` the letter).
    """

    problem_id: str
    problem: str
    reference_answer: str | None = None
    choices: tuple[str, ...] | None = None


class Message(TypedDict):
    """One chat message."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent for one problem to one member: chat messages and stop strings."""

    messages: tuple[Message, ...]
    stop: tuple[str, ...] = ()
    _sha256: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """The identity of the prompt: SHA-256 over its canonical JSON, worked out once."""
        if not self._sha256:
            self._sha256.append(self._digest())
        return self._sha256[0]

    def _digest(self) -> str:
        body: dict[str, Any] = {"messages": list(self.messages)}
        if self.stop:
            body["stop"] = list(self.stop)
        text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """US dollars for so many tokens."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1_000_000


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-compatible endpoint and its limits.

    `api_key_env` names the environment variable of the key (None: no key is sent). `rpm` and
    `tpm` are requests and tokens per minute. `send_seed`: whether requests carry a seed.
    `use_n`: whether k samples are asked in one request (None: found out by trying).
    """

    name: str
    base_url: str
    api_key_env: str | None = None
    rpm: int | None = None
    tpm: int | None = None
    max_concurrency: int = 32
    send_seed: bool = True
    use_n: bool | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the pool: a unique name, an API model id, an endpoint, how it is asked.

    `prompt_style` names one of the task's prompt styles; `stop` adds stop strings to the
    style's. `api` is `completions` for base models that know no chat.
    """

    name: str
    model: str
    provider: Provider
    temperature: float = 0.3
    top_p: float | None = None
    max_tokens: int = 2048
    system_prompt: str | None = None
    prompt_style: str = "default"
    stop: tuple[str, ...] = ()
    api: Api = "chat"
    validation_accuracy: float | None = None
    price: Price | None = None

    @property
    def params(self) -> dict[str, float | int | None]:
        """The sampling parameters that are part of a sample's identity."""
        return {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
        }


@dataclass(frozen=True, slots=True)
class Pool:
    """The members in pool order."""

    members: tuple[Member, ...]
    source: str = field(default="command line", compare=False)


class Usage(TypedDict):
    """Token counts of one sample."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class SampleError(TypedDict):
    """Why a call has no response: the last error, after all retries."""

    kind: str
    status: int | None
    message: str


class SampleRow(TypedDict, total=False):
    """One row of the sample log. Fields are added, never renamed; unknown ones are kept.

    `stop` is the mark of a rule that may have stopped the sampling early (`slm_mux.store.stops`).
    `prior_answer` and `prior_verdict` are what the tool found that drew an imported sample.
    """

    task: str
    kind: Kind
    problem_id: str
    model: str
    sample_index: int
    response: str | None
    reasoning: str | None
    finish_reason: str | None
    usage: Usage | None
    latency_s: float | None
    created: str
    request_id: str | None
    api_model: str
    params: dict[str, float | int | None]
    seed: int | None
    prompt_sha256: str
    reference_answer: str | None
    choices: list[str] | None
    error: SampleError | None
    pool_index: int
    stop: str
    prior_answer: str | None
    prior_verdict: Decided | None

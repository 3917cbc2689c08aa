"""The body of a request."""

from __future__ import annotations

import json
from typing import Any

from slm_mux.types import Member, Prompt


def request_body(member: Member, prompt: Prompt, *, choices: int, seed: int | None) -> bytes:
    """The JSON asked of `member`: `choices` responses to `prompt`.

    Members of the completions API get the messages' contents joined by empty lines as `prompt`.
    Whatever the task, the system prompt and the member add to messages and stop strings is in
    `prompt` already. `seed` is left out where it is None.
    """
    body: dict[str, Any] = {"model": member.model}
    if member.api == "completions":
        body["prompt"] = "\n\n".join(message["content"] for message in prompt.messages)
    else:
        body["messages"] = prompt.messages
    body["temperature"] = member.temperature
    body["max_tokens"] = member.max_tokens
    if member.top_p is not None:
        body["top_p"] = member.top_p
    if prompt.stop:
        body["stop"] = prompt.stop
    if seed is not None:
        body["seed"] = seed
    if choices > 1:
        body["n"] = choices
    return json.dumps(body).encode()


def prompt_characters(prompt: Prompt) -> int:
    """The length of a prompt, for estimates of its tokens."""
    return sum(len(message["content"]) for message in prompt.messages)

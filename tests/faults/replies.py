"""What the fault server says: whole replies, and every way to spoil one."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Literal

Way = Literal["whole", "hang", "drip", "reset", "reset_body"]

# Faults that cost the caller nothing but another try.
TRANSIENT = (
    "429",
    "429_date",
    "500",
    "503",
    "408",
    "409",
    "425",
    "burst",
    "reset",
    "reset_body",
    "hang",
    "garbage",
    "html",
    "truncated",
    "no_choices",
    "error_in_200",
)
# Replies that are samples, though odd ones.
ODD = ("null", "length", "reasoning", "think", "blocks", "wrong_type", "no_usage", "drip")
REFUSALS = ("400", "401", "403", "404", "422")
FAULTS = (*TRANSIENT, *ODD, *REFUSALS)


@dataclass(slots=True)
class Reply:
    """A reply and the way it is sent. `choices` is the number of samples that it delivers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    way: Way = "whole"
    choices: int = 0


def completion(texts: list[str], *, chat: bool, number: int) -> dict[str, Any]:
    """A completion as the OpenAI interface gives it, with usage."""
    choices: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        said = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        choices.append({"index": index, "finish_reason": "stop", **said})
    completion_tokens = sum(5 + len(text) // 4 for text in texts)
    return {
        "id": f"cmpl-{number}",
        "object": "chat.completion" if chat else "text_completion",
        "choices": choices,
        "usage": {
            "prompt_tokens": 20,
            "completion_tokens": completion_tokens,
            "total_tokens": 20 + completion_tokens,
        },
    }


def whole(data: dict[str, Any]) -> Reply:
    """A completion, undamaged."""
    return Reply(body=json.dumps(data).encode(), choices=len(data["choices"]))


def error(status: int, message: str, **headers: str) -> Reply:
    """An error with a message."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": status}}).encode()
    return Reply(status, body, {"Content-Type": "application/json", **headers})


def spoilt(fault: str, data: dict[str, Any], retry_after: float) -> Reply:
    """The reply that a fault makes of a completion."""
    if fault == "429":
        return error(429, "slow down", **{"Retry-After": f"{retry_after:g}"})
    if fault == "429_date":
        date = formatdate(time.time() + retry_after, usegmt=True)
        return error(429, "slow down", **{"Retry-After": date})
    if fault == "burst":
        return error(503, "overloaded")
    if fault.isdigit():
        return error(int(fault), f"status {fault} on purpose")
    if fault in ODD:
        return _odd(fault, data)
    return _broken(fault, data)


def _broken(fault: str, data: dict[str, Any]) -> Reply:
    body = json.dumps(data).encode()
    json_type = {"Content-Type": "application/json"}
    broken: dict[str, Reply] = {
        "garbage": Reply(200, b"\x00\xff{]" * 9, json_type),
        "html": Reply(200, b"<html><h1>Bad gateway</h1></html>", {"Content-Type": "text/html"}),
        "truncated": Reply(200, body[: len(body) // 2], json_type),
        "no_choices": Reply(200, json.dumps({**data, "choices": []}).encode(), json_type),
        "error_in_200": Reply(200, b'{"error": {"message": "worker died"}}', json_type),
        "reset": Reply(way="reset"),
        "reset_body": Reply(body=body, way="reset_body"),
        "hang": Reply(way="hang"),
    }
    return broken[fault]


def _odd(fault: str, data: dict[str, Any]) -> Reply:
    if fault == "no_usage":
        del data["usage"]
    for choice in data["choices"]:
        _make_odd(fault, choice)
    reply = whole(data)
    if fault == "wrong_type":
        reply.headers = {"Content-Type": "text/html"}
    if fault == "drip":
        reply.way = "drip"
    return reply


def _make_odd(fault: str, choice: dict[str, Any]) -> None:
    said = choice.get("message", choice)
    name = "content" if "message" in choice else "text"
    text = said[name]
    if fault in {"null", "length"}:
        choice["finish_reason"] = "length"
        said[name] = None if fault == "null" and name == "content" else text[:10]
    elif fault == "reasoning":
        said["reasoning_content"] = "first I thought"
    elif fault == "think":
        said[name] = f"<think>first I thought</think>{text}"
    elif fault == "blocks" and name == "content":
        said[name] = [{"type": "text", "text": text}]

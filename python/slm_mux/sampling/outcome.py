"""What a server's reply means: a sample, a failure worth another try, or a refusal.

A pure function of status, headers and body. A 200 with a choice is a sample, paid for and
never asked again, also with `content: null` or `finish_reason: length` and whatever the
content type says. Everything that is neither a choice nor a refusal may be tried again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from slm_mux.types import Usage

FailureKind = Literal[
    "connection",
    "timeout",
    "http",
    "rate_limit",
    "refused",
    "bad_body",
    "too_large",
    "no_choices",
    "error_in_200",
]
_RETRIED = frozenset({408, 409, 425, 429})
_OK = range(200, 300)
_SERVER_ERROR = range(500, 600)
_MESSAGE_LIMIT = 500
_ID_LIMIT = 200
_TOKEN_LIMIT = 2**53
_TEXT_BLOCKS = frozenset({"text", "output_text"})
_THOUGHT_BLOCKS = frozenset({"thinking", "reasoning"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One response, as the server gave it."""

    response: str | None
    reasoning: str | None
    finish_reason: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply with at least one choice. `usage` counts all of them together."""

    choices: tuple[Choice, ...]
    usage: Usage | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A reply, or the lack of one, that holds no sample.

    `retry`: another try may help. Otherwise the server refuses and asking on is in vain.
    `retry_after`: seconds that the server asks to wait.
    """

    kind: FailureKind
    status: int | None
    message: str
    retry: bool = True
    retry_after: float | None = None


Outcome = Answer | Failure


def read_outcome(status: int, headers: Mapping[str, str], body: bytes, *, now: float) -> Outcome:
    """The meaning of a reply. `now` (Unix time) is what a `Retry-After` date is compared with."""
    if status in _OK:
        return _read_success(status, headers, body)
    message = _server_message(body) or "no message"
    wait = retry_after(headers.get("Retry-After"), now)
    if status == 429:  # noqa: PLR2004
        return Failure("rate_limit", status, message, retry_after=wait)
    if status in _RETRIED or status in _SERVER_ERROR:
        return Failure("http", status, message, retry_after=wait)
    if "Location" in headers and status < 400:  # noqa: PLR2004
        message = f"redirects to {_line(headers['Location'])}: use that address as base_url"
    return Failure("refused", status, message, retry=False)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait, from a `Retry-After` header in seconds or as an HTTP date."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        return max(0.0, date.timestamp() - now)
    except (ValueError, OverflowError, OSError, IndexError, TypeError):
        return None


def _read_success(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    data = _parse(body)
    if not isinstance(data, dict):
        what = headers.get("Content-Type", "no content type")
        return Failure("bad_body", status, f"not a JSON object ({_line(what)}): {_peek(body)}")
    found = data.get("choices")
    choices = _choices(found)
    if choices:
        return Answer(tuple(choices), _usage(data.get("usage")), _identifier(data.get("id")))
    error = data.get("error") or _choice_error(found)
    if error:
        return Failure("error_in_200", status, _error_text(error) or "no message")
    if found:
        return Failure("bad_body", status, f"malformed choices: {_peek(body)}")
    return Failure("no_choices", status, f"no choices: {_peek(body)}")


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, endless digits, nested too deep
        return None


def _choices(found: object) -> list[Choice]:
    if not isinstance(found, list):
        return []
    return [choice for item in found if (choice := _choice(item)) is not None]


def _choice(item: object) -> Choice | None:
    """One choice, or None if it is none (malformed, or an error that took its place)."""
    if not isinstance(item, dict):
        return None
    finish = item.get("finish_reason")
    finish = finish[:_ID_LIMIT] if isinstance(finish, str) else None
    if item.get("error") and finish in {None, "error"}:
        return None
    message = item.get("message")
    if isinstance(message, dict):
        return _chat_choice(message, finish)
    text = item.get("text")
    return Choice(whole(text), None, finish) if isinstance(text, str) else None


def _chat_choice(message: dict[str, Any], finish: str | None) -> Choice | None:
    content = message.get("content")
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    if not isinstance(reasoning, str):
        reasoning = None
    if isinstance(content, list):
        thought = _joined(content, _THOUGHT_BLOCKS)
        content, reasoning = _joined(content, _TEXT_BLOCKS), reasoning or thought
    if content is not None and not isinstance(content, str):
        return None
    return Choice(_optional(content), _optional(reasoning), finish)


def _joined(blocks: list[Any], kinds: frozenset[str]) -> str | None:
    """The text of the content blocks of these kinds; None if there is none."""
    texts = []
    for block in blocks:
        if isinstance(block, dict) and block.get("type") in kinds:
            text = block.get("text") or block.get("thinking")
            texts += [text] if isinstance(text, str) else []
    return "".join(texts) if texts else None


def _optional(text: str | None) -> str | None:
    return None if text is None else whole(text)


def whole(text: str) -> str:
    """The text with lone surrogates as U+FFFD: UTF-8 cannot hold them."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _usage(found: object) -> Usage | None:
    if not isinstance(found, dict):
        return None
    prompt = _count(found.get("prompt_tokens"))
    completion = _count(found.get("completion_tokens"))
    if prompt is None and completion is None:
        return None
    prompt, completion = prompt or 0, completion or 0
    # The sum is ours: a server that counts otherwise would make the rows disagree with it.
    return Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )


def _count(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _TOKEN_LIMIT else None


def _identifier(value: object) -> str | None:
    return whole(value)[:_ID_LIMIT] if isinstance(value, str) and value else None


def _choice_error(found: object) -> object:
    if not isinstance(found, list):
        return None
    return next((item["error"] for item in found if isinstance(item, dict) and "error" in item), "")


def _server_message(body: bytes) -> str:
    data = _parse(body)
    return _error_text(data) or _peek(body)


def _error_text(error: object) -> str:
    """The message within an error, in the shapes that servers use."""
    for _ in range(4):
        if not isinstance(error, dict):
            break
        keys = ("error", "message", "detail", "msg", "errors")
        error = next((error[key] for key in keys if error.get(key)), None)
    if isinstance(error, str):
        return _line(error)
    return _line(json.dumps(error)) if isinstance(error, list) and error else ""


def _peek(body: bytes) -> str:
    return _line(body[: 4 * _MESSAGE_LIMIT].decode("utf-8", "replace")) or "empty body"


def _line(text: str) -> str:
    """One line of bounded length, without control characters."""
    short = "".join(c if c.isprintable() else " " for c in whole(text[: 4 * _MESSAGE_LIMIT]))
    return " ".join(short.split())[:_MESSAGE_LIMIT]

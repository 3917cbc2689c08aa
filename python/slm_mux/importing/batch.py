"""OpenAI Batch output, also as vLLM's `run-batch` writes it: one request a line, in any order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slm_mux.importing.reading import stem
from slm_mux.importing.values import (
    content_of,
    error_of,
    finish_of,
    list_of,
    message_of,
    object_of,
    text_of,
    usage_of,
)
from slm_mux.store.jsonl import LineError
from slm_mux.store.usage import split_usage
from slm_mux.types import SampleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow

_NUMBERED = re.compile(r"(?P<problem>.+)#(?P<index>\d{1,9})", re.DOTALL)
_OK = 200


def detects(peek: Peek) -> bool:
    """Answers to requests that are known by their own ids."""
    return "custom_id" in peek.row and ("response" in peek.row or "error" in peek.row)


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per choice of a response; a request that failed is one row with its error."""
    reading.tell("batch output: it has no references, no prompts and no parameters of sampling")
    reading.tell("batch output: custom_id is the problem, and what follows its last # the sample")
    for peek in files:
        yield from reading.each(reading.records(peek), _File(peek, reading).convert)


class _File:
    """One output or error file."""

    def __init__(self, peek: Peek, reading: Reading) -> None:
        self._reading = reading
        self._named = stem(peek.name)
        self._task = reading.task_of(None, self._named)
        self._models: set[str] = set()

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The rows of one request."""
        custom_id = text_of(record.get("custom_id"), "custom_id")
        if not custom_id:
            raise LineError("field custom_id is missing")
        numbered = _NUMBERED.fullmatch(custom_id)
        problem_id = numbered["problem"] if numbered else custom_id
        first = int(numbered["index"]) if numbered else 0
        response = object_of(record.get("response"), "response")
        body = object_of(response.get("body"), "response.body")
        error = _failure(record, response, body)
        model = self._model(body)
        if error is not None:
            given: list[dict[str, Any]] = [{"error": error}]
        else:
            given = _answers(body)
        usages = split_usage(usage_of(body.get("usage")), len(given))
        return [
            self._reading.row(
                place, self._task, problem_id, model, first + at,
                usage=usage, request_id=_text(response.get("request_id")),
                api_model=_text(body.get("model")), **answer,
            )
            for at, (answer, usage) in enumerate(zip(given, usages, strict=True))
        ]  # fmt: skip

    def _model(self, body: dict[str, Any]) -> str:
        """The response's model; of a request that failed, the only one its file names."""
        found = _text(body.get("model"))
        if found:
            self._models.add(found)
        elif len(self._models) == 1:
            found = next(iter(self._models))
        return self._reading.model_of(found, self._named)


def _failure(
    record: dict[str, Any], response: dict[str, Any], body: dict[str, Any]
) -> SampleError | None:
    status = response.get("status_code")
    failed = type(status) is int and status != _OK
    error = error_of(record.get("error"), status=status) or error_of(
        body.get("error") or (body if failed else None), status=status
    )
    if error is None and (failed or not body):
        return SampleError(
            kind="status", status=status if failed else None, message="no response body"
        )
    return error


def _answers(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The choices of a chat or completions response, or the one output of the Responses API."""
    if "output" in body and "choices" not in body:
        return [_output(body)]
    choices = [object_of(c, "choices") for c in list_of(body.get("choices"), "choices")]
    if not choices:
        return [{"error": SampleError(kind="empty", status=_OK, message="no choices")}]
    if all(type(c.get("index")) is int for c in choices):
        choices.sort(key=lambda c: c["index"])
    return [_choice(c) for c in choices]


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    if "message" in choice:
        text, thoughts = message_of(choice["message"])
    else:
        text, thoughts = text_of(choice.get("text"), "choices.text"), None
    return {
        "response": text,
        "reasoning": thoughts,
        "finish_reason": finish_of(choice.get("finish_reason")),
    }


def _output(body: dict[str, Any]) -> dict[str, Any]:
    items = [object_of(i, "output") for i in list_of(body["output"], "output")]
    texts = [content_of(i.get("content"))[0] for i in items if i.get("type") == "message"]
    thoughts = [content_of(i.get("summary"))[0] for i in items if i.get("type") == "reasoning"]
    why = body.get("incomplete_details")
    reason = why.get("reason") if isinstance(why, dict) else body.get("status")
    return {
        "response": "".join(filter(None, texts)) if texts else None,
        "reasoning": "\n".join(filter(None, thoughts)) or None,
        "finish_reason": "stop" if reason == "completed" else finish_of(reason),
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None

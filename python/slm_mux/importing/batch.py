"""OpenAI Batch output, also as vLLM's `run-batch` writes it: one request a line, in any order."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from slm_mux.importing.reading import Reading, stem
from slm_mux.importing.source import STDIN
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
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow

_NUMBERED = re.compile(r"(?P<problem>.+)#(?P<index>\d{1,9})", re.DOTALL)
_PART = re.compile(r"[_-](?:output|errors?)$")
_OK = 200


def detects(peek: Peek) -> bool:
    """Answers to requests that are known by their own ids."""
    return "custom_id" in peek.row and ("response" in peek.row or "error" in peek.row)


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per choice of a response; a request that failed is one row with its error."""
    reading.tell("batch output: it has no references, no prompts and no parameters of sampling")
    reading.tell("batch output: custom_id is the problem, and what follows its last # the sample")
    models = _Models(files)
    for peek in files:
        yield from reading.each(reading.records(peek), _File(peek, reading, models).convert)


class _Models:
    """The models that files name: what failed names none, and has a file of its own."""

    def __init__(self, files: Sequence[Peek]) -> None:
        self._files = files
        self._named: dict[str, set[str]] = {}  # per file, up to two, once it was looked through
        self._only: str | None = None
        self._looked = False

    def of(self, peek: Peek, met: set[str]) -> str | None:
        """The one model of a file, of which `met` are seen; where it names none, that of all."""
        own = met if len(met) > 1 else self._in(peek) | met
        if own:
            return next(iter(own)) if len(own) == 1 else None
        if not self._looked:
            self._only, self._looked = self._of_all(), True
        return self._only

    def _of_all(self) -> str | None:
        found: set[str] = set()
        for peek in self._files:
            found |= self._in(peek)
            if len(found) > 1:
                return None
        return next(iter(found), None)

    def _in(self, peek: Peek) -> set[str]:
        if peek.name not in self._named:
            self._named[peek.name] = set() if peek.source.path == STDIN else _named_in(peek)
        return self._named[peek.name]


def _named_in(peek: Peek) -> set[str]:
    """The models that a file names, up to two; what is wrong with it is said when it is read."""
    found: set[str] = set()
    for _, record in Reading().records(peek):
        with contextlib.suppress(LineError):
            response = object_of(record.get("response"), "response")
            name = _text(object_of(response.get("body"), "response.body").get("model"))
            found |= {name} if name else set()
        if len(found) > 1:
            break
    return found


class _File:
    """One output or error file."""

    def __init__(self, peek: Peek, reading: Reading, models: _Models) -> None:
        self._peek, self._reading, self._models = peek, reading, models
        self._stem = stem(peek.name)
        self._task = reading.task_of(None, _PART.sub("", self._stem) or self._stem)
        self._met: set[str] = set()

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
        """The response's model; of a request that failed, the only one that is named."""
        found = _text(body.get("model"))
        if found:
            self._met.add(found)
        elif named := self._reading.model:  # whatever the others are called
            return named
        return self._reading.model_of(found or self._models.of(self._peek, self._met), self._stem)


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

"""lighteval details: `details/<model>/<date>/details_<task>_<date>.parquet`, a document a row."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from slm_mux.importing.reading import folders_of, hashed_id, slashed, stem
from slm_mux.importing.values import choices_of, first_of, list_of, object_of, reference_of, text_of
from slm_mux.store.jsonl import LineError
from slm_mux.types import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import Kind, SampleRow

_DOC, _RESPONSE = {"doc", "__doc__"}, {"model_response", "__model_response__"}
_NAME = re.compile(r"details_(?P<task>.+?)(?:_\d{4}-\d\d-\d\dT.*)?")


def detects(peek: Peek) -> bool:
    """Documents with the model's response, of newer or older versions."""
    row = peek.row.keys()
    return bool(row & _DOC and row & _RESPONSE) or {"predictions", "gold"} <= row


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per document and response."""
    reading.tell("lighteval: no finish_reason: truncated answers cannot be told from unparsed ones")
    reading.tell("lighteval: its metrics are left out, and it has no parameters of sampling")
    for peek in files:
        yield from reading.each(reading.records(peek), _File(peek, reading).convert)


class _File:
    """The details of one model on one task."""

    def __init__(self, peek: Peek, reading: Reading) -> None:
        match = _NAME.fullmatch(stem(peek.name))
        folders = folders_of(peek)
        below = [at + 1 for at, folder in enumerate(folders) if folder == "details"]
        above = "/".join(folders[below[-1] : -1]) if below else ""
        task = match["task"].split("|") if match else []
        self._reading = reading
        self._task = reading.task_of("_".join(task[1:2] or task), stem(peek.name))
        self._model = reading.model_of(slashed(above) or None, stem(peek.name))

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The rows of one document."""
        if record.keys() & _DOC:
            doc = object_of(first_of(record, sorted(_DOC)), "doc")
            samples = _responses(first_of(record, sorted(_RESPONSE)))
        else:
            doc = record
            texts = _texts(record.get("predictions"), "predictions")
            samples = [{"response": text} for text in texts]
        options = choices_of(doc.get("choices"))
        reference = _reference(doc, options)
        kind, choices = _kind(doc, options)
        problem_id = self._problem(doc, place)
        return [
            self._reading.row(
                place, self._task, problem_id, self._model,
                self._reading.next_index(self._task, problem_id, self._model),
                **sample, reference_answer=reference_of(reference, choices), choices=choices,
                kind=kind, problem=_text(doc),
            )
            for sample in samples
        ]  # fmt: skip

    def _problem(self, doc: dict[str, Any], place: Place) -> str:
        text = _text(doc)
        if text:
            return hashed_id(text)
        self._reading.losses.note("lighteval: documents without a text, known by their row")
        return str(place.line - 1)


def _text(doc: dict[str, Any]) -> str | None:
    text = first_of(doc, ("query", "example", "full_prompt", "prompt"))
    return text if isinstance(text, str) and text else None


def _responses(value: Any) -> list[dict[str, Any]]:
    """The responses with their reasoning, and token counts where the tokens are kept."""
    response = object_of(value, "model_response")
    texts = _texts(response.get("text"), "model_response.text")
    thoughts = list_of(response.get("reasonings"), "model_response.reasonings")
    asked = list_of(response.get("input_tokens"), "model_response.input_tokens")
    given = list_of(response.get("output_tokens"), "model_response.output_tokens")
    return [
        {
            "response": text,
            "reasoning": thought if isinstance(thought, str) else None,
            "usage": _usage(asked, tokens),
        }
        for text, thought, tokens in zip_longest(texts, thoughts[: len(texts)], given[: len(texts)])
    ]


def _usage(asked: list[Any], given: Any) -> Usage | None:
    if not asked or not isinstance(given, list) or not given:
        return None
    return Usage(
        prompt_tokens=len(asked),
        completion_tokens=len(given),
        total_tokens=len(asked) + len(given),
    )


def _texts(value: Any, name: str) -> list[str | None]:
    found = [value] if isinstance(value, str) else list_of(value, name)
    if not found:
        raise LineError("no text: log-likelihoods hold no answer to extract")
    return [text_of(text, name) for text in found]


def _reference(doc: dict[str, Any], options: list[str] | None) -> Any:
    """The gold: one of the choices by its index, or as older versions give it."""
    index = first_of(doc, ("gold_index", "gold"))
    index = index[0] if isinstance(index, list) and index else index
    if options and type(index) is int and 0 <= index < len(options):
        return options[index].strip()
    return index


def _kind(doc: dict[str, Any], options: list[str] | None) -> tuple[Kind | None, list[str] | None]:
    """Several choices are options, unless all are gold; bare letters stand for texts not here."""
    gold = doc.get("gold_index")
    if not options or len(options) == 1 or (isinstance(gold, list) and len(gold) > 1):
        return None, None
    letters = all(len(option.strip()) == 1 for option in options)
    return "choice", None if letters else options

"""lighteval details: `details/<model>/<date>/details_<task>_<date>.parquet`, a document a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slm_mux.importing.reading import folders_of, hashed_id, slashed, stem
from slm_mux.importing.values import choices_of, first_of, list_of, object_of, reference_of, text_of
from slm_mux.store.jsonl import LineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import Kind, SampleRow

_NAME = re.compile(r"details_(?P<task>.+?)(?:_\d{4}-\d\d-\d\dT.*)?")


def detects(peek: Peek) -> bool:
    """Documents with the model's response, of newer or older versions."""
    row = peek.row.keys()
    return {"__doc__", "__model_response__"} <= row or {"predictions", "gold"} <= row


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per document and response."""
    reading.tell("lighteval: no finish_reason: truncated answers cannot be told from unparsed ones")
    reading.tell("lighteval: no parameters of sampling; its metrics")
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
        if "__doc__" in record:
            doc = object_of(record["__doc__"], "__doc__")
            texts, thoughts = _responses(record.get("__model_response__"))
        else:
            doc, thoughts = record, []
            texts = _texts(record.get("predictions"), "predictions")
        options = choices_of(doc.get("choices"))
        reference = _reference(doc, options)
        kind, choices = _kind(doc, options)
        problem_id = self._problem(doc, place)
        return [
            self._reading.row(
                place, self._task, problem_id, self._model,
                self._reading.next_index(self._task, problem_id, self._model),
                response=text, reasoning=thoughts[at] if at < len(thoughts) else None,
                reference_answer=reference_of(reference, choices), choices=choices, kind=kind,
            )
            for at, text in enumerate(texts)
        ]  # fmt: skip

    def _problem(self, doc: dict[str, Any], place: Place) -> str:
        text = first_of(doc, ("query", "example", "full_prompt", "prompt"))
        if isinstance(text, str) and text:
            return hashed_id(self._task, text)
        self._reading.losses.note("lighteval: documents without a text, known by their row")
        return str(place.line - 1)


def _responses(value: Any) -> tuple[list[str | None], list[str | None]]:
    response = object_of(value, "__model_response__")
    texts = _texts(response.get("text"), "__model_response__.text")
    thoughts = response.get("reasonings")
    return texts, [t if isinstance(t, str) else None for t in thoughts or []]


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

"""Results and collection files: of our `run` and `rescore`, and of the published programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from slm_mux.importing.json_walk import walk
from slm_mux.importing.reading import folders_of, hashed_id, stem
from slm_mux.importing.source import Place
from slm_mux.importing.values import (
    choices_of,
    error_of,
    finish_of,
    first_of,
    list_of,
    object_of,
    reference_of,
    text_of,
    usage_of,
    verdict_of,
)
from slm_mux.store.jsonl import LineError
from slm_mux.store.results_file import MODELS, REFERENCES, numbered_name, published_kind
from slm_mux.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.types import SampleRow

_LISTS = ("results", "responses")
_IDS = ("problem_id", "unique_id", "id")
_TEXTS = ("problem", "question", "prompt")
_RESPONSES = ("raw_content", "model_response", "response", "content")


def detects(peek: Peek) -> bool:
    """A list of results with the calls of each model, or of responses with their samples."""
    entry = peek.listed("results")
    if any(name in entry for name in MODELS) and "final_answer" in entry:
        return True
    return isinstance(peek.listed("responses").get("samples"), list)


def is_ours(peek: Peek) -> bool:
    """Whether `run` or `rescore` wrote the file."""
    return "schema_version" in peek.first


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per call or sample."""
    for peek in files:
        reading.losses.files += 1
        yield from reading.each(_entries(peek, reading), _File(peek, reading).convert)


def _entries(peek: Peek, reading: Reading) -> Iterator[tuple[Place, dict[str, Any]]]:
    with peek.source.open(reading.tick) as stream:
        number = 0
        for key, value in walk(stream, peek.name, into=lambda key: key in _LISTS):
            if key in _LISTS:
                number += 1
                place = Place(f"{peek.name}, {key}", number)
                if isinstance(value, dict):
                    yield place, value
                else:
                    reading.losses.note_bad(place, "not an object")


class _File:
    """One file: many models, or the one it is named after."""

    def __init__(self, peek: Peek, reading: Reading) -> None:
        settings = peek.first.get("settings")
        said = settings.get("kind") if isinstance(settings, dict) else None
        task = peek.first.get("task")
        self._reading = reading
        self._ours = is_ours(peek)
        self._kind = cast("Kind", said) if said in get_args(Kind) else None
        self._task = reading.task_of(task if isinstance(task, str) else None, _named_task(peek))
        self._named = stem(peek.name)
        reading.tell("results file: it has no parameters of sampling")

    def convert(self, place: Place, entry: dict[str, Any]) -> list[SampleRow]:
        """The rows of one problem."""
        choices = choices_of(first_of(entry, ("choices", "options")))
        about = {
            "reference_answer": reference_of(first_of(entry, REFERENCES), choices),
            "choices": choices,
            "problem": first_of(entry, _TEXTS),
            "kind": self._kind or published_kind(entry),
        }
        problem_id = self._problem(entry, choices)
        found: list[SampleRow] = []
        for model, calls in self._calls(entry):
            if not calls:
                self._reading.empty(place, self._task, problem_id, model, **about)
            for at, call in enumerate(calls):
                found.append(self._row(place, problem_id, model, at=at, call=call, about=about))
        return found

    def _problem(self, entry: dict[str, Any], choices: list[str] | None) -> str:
        own, text = first_of(entry, _IDS), first_of(entry, _TEXTS)
        if isinstance(own, int | str):
            return str(own)
        if not isinstance(text, str):
            raise LineError("neither problem_id nor the problem's text")
        return hashed_id(text, choices or ())

    def _calls(self, entry: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
        if "samples" in entry:
            named = self._named.replace("_", "/", 1)
            yield self._reading.model_of(None, named), list_of(entry["samples"], "samples")
            return
        names: list[str] = []
        for record in list_of(first_of(entry, MODELS), "models"):
            name = object_of(record, "models").get("model_name")
            if not isinstance(name, str):
                raise LineError("field models.model_name is missing or no text")
            names.append(numbered_name(name, names))
            model = self._reading.model_of(names[-1], names[-1])
            yield model, list_of(record.get("calls"), "calls")

    def _row(  # noqa: PLR0913  what a row is made of
        self, place: Place, problem_id: str, model: str, *, at: int, call: Any, about: Any
    ) -> SampleRow:
        call = object_of(call, "calls")
        number = call.get("round")
        index = number if self._ours and type(number) is int and number >= 0 else at
        return self._reading.row(
            place, self._task, problem_id, model, index,
            response=self._response(call),
            finish_reason=finish_of(call.get("finish_reason")),
            usage=usage_of(call.get("token_usage")),
            error=error_of(call.get("error")),
            prior_answer=text_of(call.get("extracted_answer"), "extracted_answer") or None,
            prior_verdict=_verdict(call),
            **about,
        )  # fmt: skip

    def _response(self, call: dict[str, Any]) -> str | None:
        text = text_of(first_of(call, _RESPONSES), "raw_content")
        if text is None and not call.keys() & set(_RESPONSES):
            self._reading.losses.note("results file: no responses, only answers as extracted")
            text = text_of(call.get("extracted_answer"), "extracted_answer") or ""
        return text


def _named_task(peek: Peek) -> str:
    """The file's name; of a collection, a file of which is one model's, that of the folder."""
    folders = folders_of(peek) if "samples" in peek.listed("responses") else ()
    return folders[-1] if folders else stem(peek.name)


def _verdict(call: dict[str, Any]) -> str | None:
    said, correct = call.get("verdict"), call.get("is_correct")
    if said in ("correct", "incorrect", "undecided"):
        return str(said)
    return verdict_of(correct) if type(correct) is bool else None

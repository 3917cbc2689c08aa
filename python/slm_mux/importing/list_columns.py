"""Data sets of generations: JSONL, JSON or Parquet.

A row is a problem with its list of responses (`generations[]`, `completions[]`, `samples[]`),
or one response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from slm_mux.importing.kinds import kind_of_task
from slm_mux.importing.reading import hashed_id, stem
from slm_mux.importing.set_columns import (
    CHOICES,
    COMPLETE,
    FINISHED,
    IDS,
    INDEXES,
    KINDS,
    MODELS,
    OURS,
    REASONING,
    REFERENCES,
    SAID,
    TASKS,
    TEXTS,
    USAGES,
    VERDICTS,
    fault_of,
    response_columns,
    whole,
)
from slm_mux.importing.source import STDIN
from slm_mux.importing.values import (
    choices_of,
    content_of,
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
from slm_mux.store.rows import (
    LAST_INDEX,
    UNNAMED,
    error_of,
    is_error,
    whole_value,
)
from slm_mux.store.rows import usage_of as tokens_of
from slm_mux.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow, Usage


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per response."""
    yield from _read(files, reading, _Numbered(files))


def _read(files: Sequence[Peek], reading: Reading, numbered: _Numbered) -> Iterator[SampleRow]:
    for peek in files:
        yield from reading.each(reading.records(peek), _File(peek, reading, numbered).convert)


class _Numbered:
    """Whether rows have indexes, by the first ones, and which, where one of them has none."""

    def __init__(self, files: Sequence[Peek]) -> None:
        self._files = [peek for peek in files if peek.source.path != STDIN]
        self._learnt = not any(name in whole(peek.row) for peek in self._files for name in INDEXES)

    def learn(self, reading: Reading) -> None:
        """Make those without an index come after all that have one, as in a scan."""
        if not self._learnt:
            self._learnt = True
            reading.learn(lambda ahead: _read(self._files, ahead, self))


class _File:
    """One file of the set; its first row says which column holds what, where a row has that."""

    def __init__(self, peek: Peek, reading: Reading, numbered: _Numbered) -> None:
        self._reading = reading
        self._numbered = numbered
        self._named = stem(peek.name)
        self._first = self._list, self._single = response_columns(whole(peek.row))
        self._tell()

    def _tell(self) -> None:
        column = self._list or self._single
        self._reading.tell(f"data set: responses taken from column {column!r}")

    def _choose(self, record: dict[str, Any]) -> None:
        """Of a row that says nothing in the column of the first one another column."""
        self._list, self._single = self._first
        if record.get(self._list or self._single or "") is None:
            found = response_columns(record)
            if record.get(found[0] or found[1] or "") is not None:
                self._list, self._single = found
                self._tell()
        # What a column holds else, it may hold in single rows.
        name = self._list or self._single or ""
        if isinstance(record.get(name), list):
            self._list, self._single = name, None
        elif isinstance(record.get(name), str):
            self._list, self._single = None, name

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The rows of a record; none where its list is null or empty."""
        record = whole(record)
        self._choose(record)
        choices = choices_of(first_of(record, CHOICES))
        text = first_of(record, TEXTS)
        text = text if isinstance(text, str) else None
        model = self._reading.model_of(_name(record, MODELS, "model"), self._named)
        task = self._task(record)
        problem_id = _problem(record, text, choices)
        about: dict[str, Any] = {
            "reference_answer": self._reference(record, choices),
            "choices": choices,
            "problem": text,
            "kind": self._kind(record, task, choices),
        }
        ours = self._ours(record)
        found = [
            self._reading.row(
                place, task, problem_id, model,
                self._index(record, task, problem_id, model), **sample, **about, **ours,
            )
            for sample in list(self._samples(record))  # before any has a number
        ]  # fmt: skip
        return found or self._reading.empty(place, task, problem_id, model, **about)

    def _task(self, record: dict[str, Any]) -> str:
        """The task's name: shards and parts of one set have no task of their own."""
        found = _name(record, TASKS, "task")
        if not (found or self._reading.task or self._reading.unnamed):
            self._reading.tell(f"data set: rows that name no task are of {UNNAMED!r} (--task)")
        return self._reading.task or found or self._reading.unnamed or UNNAMED

    def _kind(self, record: dict[str, Any], task: str, choices: list[str] | None) -> Kind | None:
        """The answer kind; of a set without a task the name of its file tells it, perhaps."""
        said = record["kind"] if record.get("kind") in KINDS else None
        if said or choices or task != UNNAMED or self._reading.kind:
            return cast("Kind | None", said)
        kind = kind_of_task(self._named)
        if kind is not None:
            self._reading.tell(f"data set: {self._named}: answers taken to be of kind {kind}")
        return kind

    def _index(self, record: dict[str, Any], task: str, problem_id: str, model: str) -> int:
        """The number that a response a row may have; else the next one."""
        given = whole_value(first_of(record, INDEXES)) if self._list is None else None
        if given is None:
            if self._first[0] is None:
                self._numbered.learn(self._reading)
            return self._reading.next_index(task, problem_id, model)
        if type(given) is not int or not 0 <= given <= LAST_INDEX:
            raise LineError(f"field sample_index is not a whole number from 0 to {LAST_INDEX}")
        self._reading.note_index(task, problem_id, model, given)
        return given

    def _ours(self, record: dict[str, Any]) -> dict[str, Any]:
        """What it has of a sample log's fields, as far as they are what a sample log means."""
        found = {}
        for name in OURS:
            if record.get(name) is not None:
                if fault := fault_of(name, record[name]):
                    self._reading.losses.note(f"data set: a field is left out: {fault}")
                else:
                    found[name] = record[name]
        return found

    def _reference(self, record: dict[str, Any], choices: list[str] | None) -> str | None:
        return reference_of(first_of(record, REFERENCES), choices)

    def _samples(self, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if is_error(record.get("error")):
            text = record.get(self._single or "")
            response = text if isinstance(text, str) else None
            error, usage = error_of(record["error"]), _tokens(record)
            yield {"response": response, "error": error, "usage": usage}
            return
        if self._list is None:
            yield _single(record, self._single or "")
            return
        if record.get(self._list) is None:
            self._reading.losses.note(f"data set: rows whose {self._list} are null")
            return
        items = list_of(record[self._list], self._list)
        beside, tokens = _Beside(record, len(items)), _tokens(record)  # those of all
        for at, item in enumerate(items):
            if item is None:
                self._reading.losses.note(f"data set: null responses in {self._list}")
            sample = _sample(item, self._list) | beside.at(at)
            if not at and tokens is not None and sample.get("usage") is None:
                sample["usage"] = tokens
            yield sample if sample.get("finish_reason") else sample | beside.of_all


class _Beside:
    """The columns that run along a list of responses, where they are as long as it.

    `of_all` is what one text says of all responses that nothing else is said of.
    """

    def __init__(self, record: dict[str, Any], size: int) -> None:
        finished = first_of(record, FINISHED)
        self._finished = _along(finished, size)
        one = size > 0 and not isinstance(finished, list)
        self.of_all = {"finish_reason": _finish(finished)} if one else {}
        self._complete = _along(record.get(COMPLETE), size)
        self._verdicts = _along(first_of(record, VERDICTS), size)

    def at(self, at: int) -> dict[str, Any]:
        """What they say of one response."""
        found: dict[str, Any] = {}
        if self._finished is not None and self._finished[at] is not None:
            found["finish_reason"] = _finish(self._finished[at])
        elif self._complete is not None and self._complete[at] is False:
            found["finish_reason"] = "length"
        verdict = None if self._verdicts is None else self._verdicts[at]
        if type(verdict) is bool:
            found["prior_verdict"] = verdict_of(verdict)
        return found


def _along(value: Any, size: int) -> list[Any] | None:
    return value if isinstance(value, list) and len(value) == size else None


def _single(record: dict[str, Any], name: str) -> dict[str, Any]:
    """The only response of a row."""
    if not isinstance(record.get(name, 0), str | None):
        raise LineError(f"field {name} is missing or no text")
    return {
        "response": record[name],
        "reasoning": _text(first_of(record, REASONING)),
        "finish_reason": _finish(first_of(record, FINISHED)),
        "usage": _tokens(record),
    }


def _tokens(record: dict[str, Any]) -> Usage | None:
    return tokens_of({**record, "usage": object_of(first_of(record, USAGES), "usage")})


def _sample(item: Any, name: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        return {"response": text_of(item, name)}
    if not any(text in item for text in SAID):
        raise LineError(f"field {name} holds an object without {', '.join(SAID)}")
    text, thoughts = content_of(first_of(item, SAID))
    beside = first_of(item, REASONING)
    return {
        "response": text,
        "reasoning": thoughts or _text(beside),
        "finish_reason": finish_of(item.get("finish_reason")),
        "usage": usage_of(item.get("usage")),
    }


def _problem(record: dict[str, Any], text: str | None, choices: list[str] | None) -> str:
    own = whole_value(first_of(record, IDS))
    if isinstance(own, int | float | str) and not isinstance(own, bool):
        return str(own)
    if own is not None:
        raise LineError("field problem_id is not a text")
    if text is None:
        raise LineError("neither an id nor the problem's text")
    return hashed_id(text, choices or ())


def _name(record: dict[str, Any], names: Sequence[str], role: str) -> str | None:
    """A name; an empty one is none."""
    value = first_of(record, names)
    if not isinstance(value, str | None):
        raise LineError(f"field {role} is not a text")
    return value or None


def _finish(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise LineError("field finish_reason is not a text or a list of texts")
    return finish_of(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None

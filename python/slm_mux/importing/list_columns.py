"""Data sets of generations: JSONL, JSON or Parquet.

A row is a problem with its list of responses (`generations[]`, `completions[]`, `samples[]`),
or one response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

from slm_mux.importing.kinds import kind_of_task
from slm_mux.importing.reading import hashed_id, stem
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
    check_row,
    check_said,
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

# Of each role first the names that the bulk scan knows, in its order, then those of convert alone.
_LISTS = ("responses", "generations", "completions", "samples",
          "rollout_results", "outputs", "solutions", "code")  # fmt: skip
SINGLES = ("response", "generation", "model_response", "completion", "generated_solution",
            "generated_text", "raw_content", "prediction", "output")  # fmt: skip
_TEXTS = ("problem", "question", "prompt", "input", "instruction")
REFERENCES = ("reference_answer", "expected_answer", "gold_answer", "ground_truth", "gt_answer",
               "gold", "reference", "target", "gts", "gt", "answer", "solution")  # fmt: skip
IDS = ("problem_id", "question_id", "unique_id", "uuid", "qid", "doc_id", "sample_id",
        "custom_id", "problem_idx", "idx", "id")  # fmt: skip
TASKS = ("task", "task_name", "dataset", "bench", "benchmark")
_INDEXES = ("sample_index", "generation_index", "sample", "sample_idx", "epoch")
MODELS = ("model", "model_name", "generation_model", "generator")
_FINISHED = ("finish_reason", "finish_reasons", "stop_reason")
_CHOICES = ("choices", "options")
_USAGES = ("usage", "token_usage")
_SAID = ("text", "content", "response", "generation")  # where a response is an object
_REASONING = ("reasoning", "reasoning_content")
_COMPLETE = "is_reasoning_complete"  # says which responses were cut off, where nothing else does
NOT_SCANNED = {"rollout_results", "outputs", "solutions", "code", "instruction", "benchmark",
                "solution"}  # fmt: skip
"""Names of columns that the bulk scan does not know."""
_VERDICTS = ("correctness_math_verify", "is_corrects", "is_correct", "correctness")
_OURS = ("api_model", "params", "prompt_sha256", "pool_index", "stop", "latency_s", "created",
         "request_id", "seed")  # fmt: skip
"""Fields of a sample log that a data set may have, too."""
_KINDS = get_args(Kind)
_PLAIN = {"problem_id": "", "model": "any", "sample_index": 0, "response": ""}


def detects(peek: Peek) -> bool:
    """A problem and its responses."""
    row = _whole(peek.row)
    problem = any(name in row for name in (*_TEXTS, *IDS))
    return problem and (_list_name(row) is not None or _single_name(row) is not None)


def is_scanned(peek: Peek, *, named: bool = False) -> bool:
    """Whether the bulk scan finds all that this reader finds, by itself.

    `named` says that the model is told beside the rows.
    """
    row = peek.row
    column = _list_name(row) or _single_name(row)
    named = named or any(name in row for name in MODELS)
    if not named or peek.shape not in ("lines", "parquet") or column is None:
        return False
    foreign = any(_fault(name, row[name]) for name in _OURS if row.get(name) is not None)
    # Of Parquet only the types are known.
    foreign = foreign or row.get("kind") not in (None, "", *_KINDS)
    if foreign or any(isinstance(item, dict) for item in row[column] or ()):
        return False
    # The scan would choose among several by an order of its own.
    if _COMPLETE in row or sum(name in row for name in (*_LISTS, *SINGLES)) > 1:
        return False
    about, task, answer = (
        next((name for name in names if name in _whole(row)), "")
        for names in ((*IDS, *_TEXTS), TASKS, REFERENCES)
    )
    if not {about, task, answer} - {""} <= row.keys() or isinstance(row.get(answer), list):
        return False
    # Options that are no texts, and a number that stands for one.
    options = first_of(row, _CHOICES)
    if options is not None and (not _are_texts(options) or type(row.get(answer)) is int):
        return False
    return not {column, about, task, answer} & NOT_SCANNED


def _are_texts(options: Any) -> bool:
    return isinstance(options, list) and all(isinstance(text, str) for text in options)


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """A document's fields with those of its metadata."""
    metadata = row.get("metadata")
    return {**metadata, **row} if isinstance(metadata, dict) else row


def _list_name(row: dict[str, Any]) -> str | None:
    """The column of lists; one that is null where there is nothing else."""
    found = next((name for name in _LISTS if isinstance(row.get(name), list)), None)
    if found is not None or _single_name(row) is not None:
        return found
    return next((name for name in _LISTS if name in row and row[name] is None), None)


def _single_name(row: dict[str, Any]) -> str | None:
    """The column of texts; one that is null where there is nothing else."""
    if not any(name in row for name in (*REFERENCES, *MODELS)):
        return None
    found = (name for name in SINGLES if isinstance(row.get(name), str))
    null = (name for name in SINGLES if name in row and row[name] is None)
    return next(found, None) or next(null, None)


def response_columns(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """The column of lists, and that of texts, which hold the responses."""
    return _list_name(row), _single_name(row)


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
        self._learnt = not any(
            name in _whole(peek.row) for peek in self._files for name in _INDEXES
        )

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
        self._first = self._list, self._single = response_columns(_whole(peek.row))
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
        record = _whole(record)
        self._choose(record)
        choices = choices_of(first_of(record, _CHOICES))
        text = first_of(record, _TEXTS)
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
        said = record["kind"] if record.get("kind") in _KINDS else None
        if said or choices or task != UNNAMED or self._reading.kind:
            return cast("Kind | None", said)
        kind = kind_of_task(self._named)
        if kind is not None:
            self._reading.tell(f"data set: {self._named}: answers taken to be of kind {kind}")
        return kind

    def _index(self, record: dict[str, Any], task: str, problem_id: str, model: str) -> int:
        """The number that a response a row may have; else the next one."""
        given = whole_value(first_of(record, _INDEXES)) if self._list is None else None
        if given is None:
            if self._first[0] is None:
                self._numbered.learn(self._reading)
            return self._reading.next_index(task, problem_id, model)
        if type(given) is not int or given < 0:
            raise LineError(f"field sample_index is not a whole number from 0 to {LAST_INDEX}")
        self._reading.note_index(task, problem_id, model, given)
        return given

    def _ours(self, record: dict[str, Any]) -> dict[str, Any]:
        """What it has of a sample log's fields, as far as they are what a sample log means."""
        found = {}
        for name in _OURS:
            if record.get(name) is not None:
                if fault := _fault(name, record[name]):
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


def _fault(name: str, value: Any) -> str | None:
    """Why a value is not what the field of a sample log means, where it is not."""
    try:
        check_said(check_row({**_PLAIN, name: value}))
    except LineError as error:
        return str(error)
    return None


class _Beside:
    """The columns that run along a list of responses, where they are as long as it.

    `of_all` is what one text says of all responses that nothing else is said of.
    """

    def __init__(self, record: dict[str, Any], size: int) -> None:
        finished = first_of(record, _FINISHED)
        self._finished = _along(finished, size)
        one = size > 0 and not isinstance(finished, list)
        self.of_all = {"finish_reason": _finish(finished)} if one else {}
        self._complete = _along(record.get(_COMPLETE), size)
        self._verdicts = _along(first_of(record, _VERDICTS), size)

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
        "reasoning": _text(first_of(record, _REASONING)),
        "finish_reason": _finish(first_of(record, _FINISHED)),
        "usage": _tokens(record),
    }


def _tokens(record: dict[str, Any]) -> Usage | None:
    return tokens_of({**record, "usage": object_of(first_of(record, _USAGES), "usage")})


def _sample(item: Any, name: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        return {"response": text_of(item, name)}
    if not any(text in item for text in _SAID):
        raise LineError(f"field {name} holds an object without {', '.join(_SAID)}")
    text, thoughts = content_of(first_of(item, _SAID))
    beside = first_of(item, _REASONING)
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

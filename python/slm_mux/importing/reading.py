"""What all layouts share while they are read: names, indexes, references, and the report."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, cast

from slm_mux.errors import InputError
from slm_mux.importing.json_walk import walk
from slm_mux.importing.kinds import kind_of_task
from slm_mux.importing.losses import Losses
from slm_mux.importing.source import STDIN, Place
from slm_mux.store.jsonl import LineError, TornError, parse_object
from slm_mux.store.problems import RecordedProblem
from slm_mux.store.rows import LAST_INDEX
from slm_mux.types import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from slm_mux.importing.peek import Peek
    from slm_mux.types import Kind, SampleRow

_CHECKED = 1 << 20  # references and choices that are compared: a bound on memory
_SHARD = re.compile(r"-\d{5}-of-\d{5}")
_PACKED = (".gz", ".zst", ".tar", ".tgz", ".jsonl", ".json", ".parquet", ".eval")


@dataclass(slots=True)
class Reading:
    """One import: what the user said, what was seen so far, and what was lost.

    `unnamed` is the task of rows that name none. `tick` is told how many bytes have been read,
    `on_problem` each problem whose text is known, `on_empty` each row without a sample.
    """

    model: str | None = None
    task: str | None = None
    kind: Kind | None = None
    unnamed: str | None = None
    losses: Losses = field(default_factory=Losses)
    tick: Callable[[int], None] | None = None
    on_problem: Callable[[RecordedProblem], None] | None = None
    on_empty: Callable[[dict[str, Any]], None] | None = None
    _models: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _met: set[tuple[str, ...]] = field(default_factory=set)
    _next: dict[int, int] = field(default_factory=dict)
    _greatest: dict[int, int] = field(default_factory=dict)
    _references: dict[int, tuple[int, Place]] = field(default_factory=dict)
    _problems: set[int] = field(default_factory=set)

    def tell(self, what: str) -> None:
        """Note something once."""
        if what not in self._told:
            self._told.add(what)
            self.losses.note(what)

    def once(self, what: tuple[str, ...], otherwise: str) -> None:
        """Note `otherwise` where `what` comes a second time."""
        if what in self._met:
            self.tell(otherwise)
        self._met.add(what)

    def model_of(self, found: str | None, fallback: str) -> str:
        """The model's name: the user's, the one found, or as a last resort `fallback`."""
        if self.model is not None:
            self._models.add(found or "")
            if len(self._models) > 1:
                names = ", ".join(sorted(filter(None, self._models)))
                raise InputError(f"--model {self.model}: the samples are of several ({names})")
            return self.model
        if not found:
            self.losses.name("models named after files or folders (--model overrides)", fallback)
        return found or fallback

    def task_of(self, found: str | None, fallback: str) -> str:
        """The task's name: the user's, the one found, that of the unnamed, or else `fallback`."""
        if not (self.task or found or self.unnamed):
            self.losses.name("tasks named after files or folders (--task overrides)", fallback)
        return self.task or found or self.unnamed or fallback

    def kind_of(
        self, task: str, choices: list[str] | None, said: Kind | None = None
    ) -> Kind | None:
        """The answer kind: the user's, what the file says, or what choices and name tell."""
        kind = self.kind or said or ("choice" if choices else kind_of_task(task))
        if kind is None:
            self.losses.name("tasks of unknown answer kind (--kind math|number|choice)", task)
        elif not (self.kind or said):
            self.losses.name(f"tasks whose answers are taken to be of kind {kind}", task)
        return kind

    def next_index(self, task: str, problem_id: str, model: str) -> int:
        """The next sample index of a model on a problem, where the layout has none.

        Such samples come after all that `learn` was told of.
        """
        key = hash((task, problem_id, model))
        index = self._next.get(key, self._greatest.get(key, -1) + 1)
        self._next[key] = index + 1
        return index

    def note_index(self, task: str, problem_id: str, model: str, index: int) -> None:
        """Note an index that a row has."""
        key = hash((task, problem_id, model))
        self._greatest[key] = max(index, self._greatest.get(key, -1))

    def learn(self, read: Callable[[Reading], Iterable[object]]) -> None:
        """Read once more, only for the indexes that rows have."""
        ahead = Reading(self.model, self.task, self.kind, self.unnamed)
        for _ in read(ahead):
            pass
        self._greatest |= ahead._greatest

    def row(
        self, place: Place, task: str, problem_id: str, model: str, index: int, **fields: Any
    ) -> SampleRow:
        """One row; checks the reference against what other rows say of the problem.

        Raises InputError where they disagree, LineError where the index is out of bounds.
        """
        check_index(index)
        reference, choices = fields.get("reference_answer"), fields.get("choices")
        text = fields.pop("problem", None)
        self.check_reference(place, task, problem_id, reference, choices)
        row: dict[str, Any] = {"task": task}
        kind = self.kind_of(task, choices, fields.pop("kind", None))
        if kind is not None:
            row["kind"] = kind
            if self.on_problem is not None and isinstance(text, str) and text:
                of = Problem(problem_id, text, reference, tuple(choices) if choices else None)
                self.tell_problem(RecordedProblem(task, kind, of))
        row |= {
            "problem_id": problem_id,
            "model": model,
            "sample_index": index,
            "response": None,
            "reasoning": None,
            "finish_reason": None,
            "usage": None,
            "reference_answer": None,
            "choices": None,
            "error": None,
        }
        for name, value in fields.items():
            if value is not None:
                row[name] = value
        return cast("SampleRow", row)

    def empty(
        self, place: Place, task: str, problem_id: str, model: str, **about: Any
    ) -> list[SampleRow]:
        """No row, for a problem that a model gave no sample of; it counts where it can be kept."""
        reference, choices = about.get("reference_answer"), about.get("choices")
        text = about.get("problem")
        self.check_reference(place, task, problem_id, reference, choices)
        kind = self.kind_of(task, choices, about.get("kind"))
        if self.on_empty is not None:
            self.on_empty(
                {"task": task, "kind": kind, "problem_id": problem_id, "model": model,
                 "responses": [], "reference_answer": reference, "choices": choices}
            )  # fmt: skip
        elif self.on_problem is not None and kind is not None and isinstance(text, str) and text:
            of = Problem(problem_id, text, reference, tuple(choices) if choices else None)
            self.tell_problem(RecordedProblem(task, kind, of))
            self.losses.note("problems without a sample, which count as asked")
        else:
            self.losses.note(
                "problems without a sample are lost: only a sample log keeps them, by text and kind"
            )
        return []

    def tell_problem(self, recorded: RecordedProblem) -> None:
        """Pass on a problem whose text is known, once."""
        key = hash((recorded.task, recorded.problem.problem_id))
        if self.on_problem is not None and key not in self._problems:
            self._problems.add(key)
            self.on_problem(recorded)

    def check_reference(
        self,
        place: Place,
        task: str,
        problem_id: str,
        reference: str | None,
        choices: list[str] | None,
    ) -> None:
        """Raise InputError where another row gave the problem another reference or choices."""
        for what, told in (("reference", reference), ("choices", choices)):
            if not told:
                continue
            key = hash((task, problem_id, what))
            if key not in self._references and len(self._references) >= _CHECKED:
                self.tell(f"references compared for the first {_CHECKED // 2:,} problems only")
                return
            value = hash(repr(told))
            known, first = self._references.setdefault(key, (value, place))
            if known != value:
                raise InputError(
                    f"{place}: problem {problem_id!r} of task {task!r} has the {what} "
                    f"{_short(told)} here, but not at {first}: "
                    "are these two versions of the data? import them apart, each with its --task"
                )

    def records(self, peek: Peek) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The records of JSONL, Parquet or a JSON list. Lines that are none are counted."""
        self.losses.files += 1
        if peek.shape == "parquet":
            yield from self._parquet(peek)
        elif peek.shape == "json":
            yield from self._listed(peek)
        else:
            for place, line in peek.source.lines(self.tick):
                try:
                    record = parse_object(line)
                except TornError as error:
                    torn = not line.endswith(b"\n")
                    self.losses.note_bad(place, "a torn last line" if torn else str(error))
                except LineError as error:
                    self.losses.note_bad(place, str(error))
                else:
                    yield place, record

    def _parquet(self, peek: Peek) -> Iterator[tuple[Place, dict[str, Any]]]:
        from slm_mux.importing.columns import rows_of  # noqa: PLC0415

        for number, row in enumerate(rows_of(peek.source.path), 1):
            yield Place(peek.name, number), row
        if self.tick is not None:
            self.tick(peek.source.size)

    def _listed(self, peek: Peek) -> Iterator[tuple[Place, dict[str, Any]]]:
        with peek.source.open(self.tick) as stream:
            items = walk(stream, peek.name, into=lambda _: False)
            for number, (_, item) in enumerate(items, 1):
                if isinstance(item, dict):
                    yield Place(peek.name, number), item
                else:
                    self.losses.note_bad(Place(peek.name, number), "not a JSON object")

    def each(
        self,
        records: Iterable[tuple[Place, dict[str, Any]]],
        convert: Callable[[Place, dict[str, Any]], Iterable[SampleRow]],
    ) -> Iterator[SampleRow]:
        """The rows of each record, which is counted; one that raises LineError gives none."""
        for place, record in records:
            try:
                rows = list(convert(place, record))
            except LineError as error:
                self.losses.note_bad(place, str(error))
            else:
                self.losses.records += 1
                yield from rows


def check_index(index: int) -> None:
    """Raise LineError for a sample index that no set of indexes could hold."""
    if index > LAST_INDEX:
        raise LineError(f"a sample index beyond {LAST_INDEX}")


def hashed_id(text: str, choices: Iterable[str] = ()) -> str:
    """The id of a problem that has none: as the bulk scan names it."""
    from slm_mux.tasks.fields import text_id  # noqa: PLC0415

    return text_id(text, choices)


def folders_of(peek: Peek) -> tuple[str, ...]:
    """The folders that a file lies in, from the outermost; none for standard input."""
    if peek.source.path == STDIN:
        return ()
    return Path(os.path.abspath(peek.source.path)).parent.parts[1:]  # noqa: PTH100 - links stay


def stem(name: str) -> str:
    """A file's name without the endings of formats and packings, and the number of a shard."""
    base = PurePath(name).name
    while (suffix := PurePath(base).suffix.lower()) in _PACKED:
        base = base[: -len(suffix)]
    return _SHARD.sub("", base)


def slashed(name: str) -> str:
    """A model's name as its API knows it: `org__name` of a file is `org/name`."""
    return name.replace("__", "/", 1)


def _short(told: str | list[str]) -> str:
    text = repr(told)
    return text if len(text) <= 60 else text[:60] + "…"  # noqa: PLR2004 - shown in one line

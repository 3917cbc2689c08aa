"""Results files: our own, and the layouts of the published programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from slm_mux.errors import InputError
from slm_mux.importing.source import DamagedError, source_of
from slm_mux.store.results_file import MODELS, REFERENCES, numbered_name, published_kind
from slm_mux.types import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from slm_mux.selection import Outcome


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer of a results file as text; without one, `missing` tells what became of it.

    `rule` is the extraction rule that found it, where the file says.
    """

    text: str | None
    missing: Outcome = "no_answer"
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """One entry: the answer that was selected and the best one of each model, by its name."""

    reference: str | None
    choices: tuple[str, ...] | None
    final: RecordedAnswer
    models: Mapping[str, RecordedAnswer]


@dataclass(frozen=True, slots=True)
class RecordedResults:
    """A results file: `data` as it was read, and its entries in a shape of ours."""

    data: dict[str, Any]
    kind: Kind
    results: tuple[RecordedResult, ...]

    @property
    def members(self) -> list[str]:
        """The models in the order of the file."""
        return list(dict.fromkeys(name for r in self.results for name in r.models))


def read_results(path: Path, *, kind: Kind | None = None) -> RecordedResults:
    """Read a results file of `run` and `rescore`, or of the published programs.

    `kind` overrides what the file says; the published layouts do not say it, but differ: MATH
    has `problem`, GSM8K `question`, GPQA `correct_answer`. Raises `InputError` naming file and
    field.
    """
    data = load_object(path)
    results = entries_of(path, data)
    return RecordedResults(data, kind or _kind_of(path, data, data["results"]), results)


def entries_of(path: Path, data: Mapping[str, Any]) -> tuple[RecordedResult, ...]:
    """The entries of a results file that was loaded, in its order. Raises `InputError`."""
    entries = data.get("results")
    if not isinstance(entries, list):
        raise InputError(f"{path}: no list of `results` in it: is it a results file?")
    reader = _EntryReader(path)
    return tuple(reader.entry(at, entry) for at, entry in enumerate(entries))


def load_object(path: Path) -> dict[str, Any]:
    """One object from a JSON file, plain or packed. Raises `InputError` naming the place."""
    try:
        with source_of(path).open() as stream:
            data = json.loads(stream.read().decode("utf-8-sig"))
    except DamagedError as error:
        raise InputError(f"{path}: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8: is it a results file?") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{path}: not valid JSON ({where}: {error.msg})") from None
    except (ValueError, RecursionError) as error:  # endless digits, nested too deep
        raise InputError(f"{path}: not a results file: {error}") from None
    if not isinstance(data, dict):
        raise InputError(f"{path}: not an object with `results`: is it a results file?")
    return data


def _kind_of(path: Path, data: Mapping[str, Any], entries: Sequence[Any]) -> Kind:
    settings = data.get("settings")
    said = settings.get("kind") if isinstance(settings, dict) else None
    if said in get_args(Kind):
        return cast("Kind", said)
    published = {published_kind(entry) for entry in entries}
    if len(published) != 1 or None in published:
        raise InputError(f"{path}: does not say which answers it holds: --kind math|number|choice")
    return cast("Kind", published.pop())


class _EntryReader:
    """Reads the entries of one file; what it cannot use it names by file and field."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entry(self, at: int, entry: Any) -> RecordedResult:
        where = f"results[{at}]"
        if not isinstance(entry, dict):
            raise self._wrong(where, "is not an object")
        if "final_answer" not in entry:
            raise self._wrong(f"{where}.final_answer", "is missing")
        reference = next((entry[name] for name in REFERENCES if name in entry), None)
        records: Any = next((entry[name] for name in MODELS if name in entry), [])
        models = self._models(f"{where}.models", records)
        return RecordedResult(
            self._text(f"{where}.reference_answer", reference),
            self._choices(f"{where}.choices", entry.get("choices")),
            self._final(where, entry, models),
            {name: answer for name, (answer, _) in models.items()},
        )

    def _final(
        self,
        where: str,
        entry: Mapping[str, Any],
        models: Mapping[str, tuple[RecordedAnswer, list[Any]]],
    ) -> RecordedAnswer:
        text = self._text(f"{where}.final_answer", entry["final_answer"])
        selected = models.get(str(entry.get("selected_model")))
        if selected is not None and selected[0].text is None:
            text = None  # what stands there is a placeholder
        if text is None:
            return RecordedAnswer(
                None, _missing([c for _, calls in models.values() for c in calls])
            )
        return RecordedAnswer(text, rule=_rule(text, selected[1] if selected else []))

    def _models(self, where: str, records: Any) -> dict[str, tuple[RecordedAnswer, list[Any]]]:
        if not isinstance(records, list):
            raise self._wrong(where, "is not a list")
        found: dict[str, tuple[RecordedAnswer, list[Any]]] = {}
        for at, record in enumerate(records):
            name = record.get("model_name") if isinstance(record, dict) else None
            if not isinstance(name, str):
                raise self._wrong(f"{where}[{at}].model_name", "is missing or no text")
            found[numbered_name(name, found)] = self._model(f"{where}[{at}]", record)
        return found

    def _model(self, where: str, record: Mapping[str, Any]) -> tuple[RecordedAnswer, list[Any]]:
        calls = record.get("calls", [])
        if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
            raise self._wrong(f"{where}.calls", "is not a list of objects")
        text = self._text(f"{where}.best_answer", record.get("best_answer"))
        if calls and not any(call.get("extracted_answer") for call in calls):
            text = None  # MATH's program puts a random number where no call has an answer
        if text is None:
            return RecordedAnswer(None, _missing(calls)), calls
        return RecordedAnswer(text, rule=_rule(text, calls)), calls

    def _text(self, where: str, value: Any) -> str | None:
        """A text, or a number as one; none where it is empty."""
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise self._wrong(where, "is not a text")
        text = "" if value is None else str(value)
        return text if text.strip() else None

    def _choices(self, where: str, value: Any) -> tuple[str, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self._wrong(where, "is not a list of texts")
        return tuple(value)

    def _wrong(self, where: str, what: str) -> InputError:
        return InputError(f"{self._path}: {where} {what}")


def _missing(calls: Sequence[Mapping[str, Any]]) -> Outcome:
    """Why there is no answer: cut off or failed only where every response, or call, was."""
    states = [call.get("state") for call in calls]
    responses = [state for state in states if state != "failed"]
    if states and not responses:
        return "failed"
    return "truncated" if responses and set(responses) == {"truncated"} else "no_answer"


def _rule(text: str, calls: Sequence[Mapping[str, Any]]) -> str | None:
    """The rule that found an answer: that of the first call that gave it."""
    rules = (call.get("rule") for call in calls if call.get("extracted_answer") == text)
    rule = next(rules, None)
    return rule if isinstance(rule, str) else None

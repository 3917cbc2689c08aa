"""A side that is one JSON file: results of ours or of the published programs, or a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.scoring.comparing.outcomes import index_of, outcome_in_state, outcome_of
from slm_mux.scoring.comparing.side import Said, Unit
from slm_mux.scoring.recorded_results import entries_of
from slm_mux.scoring.verified import VERIFICATION
from slm_mux.store.jsonl import LineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from slm_mux.scoring.comparing.side import Side
    from slm_mux.scoring.recorded_results import RecordedResult
    from slm_mux.selection import Outcome

_TEXTS = ("problem", "question")


def read_results_side(side: Side, data: Mapping[str, Any]) -> None:
    """Reads a results file of `run`, `rescore` or `verify`, or of the published programs.

    Decisions of a verified file are as verified; its samples are as they were. Published files
    hold no verdicts on samples. Raises `InputError` naming file and field.
    """
    side.layout = "verified results" if VERIFICATION in data else "results"
    settings = data.get("settings")
    side.settings = settings if isinstance(settings, dict) else {}
    side.biased = side.settings.get("stop", "none") != "none"
    task = data.get("task")
    reader = _ResultsReader(side, task if isinstance(task, str) else None)
    results = entries_of(side.path, data)
    for at, (entry, result) in enumerate(zip(data["results"], results, strict=True)):
        try:
            reader.entry(entry, result)
        except LineError as error:
            raise InputError(f"{side.path}: results[{at}]: {error}") from None


class _ResultsReader:
    """Reads entries; raises LineError at what it cannot use."""

    def __init__(self, side: Side, task: str | None) -> None:
        self._side = side
        self._task = task

    def entry(self, entry: Mapping[str, Any], result: RecordedResult) -> None:
        """Take in a decision and the samples below it."""
        unit = self._side.unit(_unit(self._task, entry), result.reference)
        for record, calls in _records(entry):
            for call in calls:
                if "verdict" in call:
                    self._call(unit, str(record["model_name"]), call)
        self._decision(unit, entry, result)

    def _call(self, unit: int, model: str, call: Mapping[str, Any]) -> None:
        side = self._side
        outcome = outcome_in_state(str(call.get("state", "ok")), call["verdict"])
        ground = side.ground(call.get("stage"), call.get("rule"))
        answer = call.get("extracted_answer")
        side.sample(unit, side.model(model), _index(call), Said(outcome, answer, ground))

    def _decision(self, unit: int, entry: Mapping[str, Any], result: RecordedResult) -> None:
        side = self._side
        said = entry.get(VERIFICATION)
        said = said if isinstance(said, dict) else {}
        selected = entry.get("selected_model")
        model = selected if isinstance(selected, str) else None
        ground = side.ground(said.get("stage"), said.get("rule"))
        decided = Said(_outcome(entry, result, said), result.final.text, ground)
        idx = _exemplar(entry, model, result.final.text)
        side.decision(unit, decided, model=model, idx=idx)


def _outcome(entry: Mapping[str, Any], result: RecordedResult, said: Mapping[str, Any]) -> Outcome:
    if result.final.text is None:
        return result.final.missing
    return outcome_of(said["verdict"] if "verdict" in said else entry.get("is_correct"))


def _exemplar(entry: Mapping[str, Any], model: str | None, answer: str | None) -> int | None:
    """The first sample of the selected model that gave the answer."""
    calls = (calls for record, calls in _records(entry) if record.get("model_name") == model)
    gave = (c for c in next(calls, ()) if "verdict" in c and c.get("extracted_answer") == answer)
    call = next(gave, None)
    return None if call is None or answer is None else _index(call)


def _records(entry: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Sequence[Any]]]:
    """The models of an entry with their calls; their types have been checked."""
    for record in entry.get("models", entry.get("model_records", [])):
        yield record, record.get("calls", [])


def read_collection_side(side: Side, data: Mapping[str, Any]) -> None:
    """Reads a published collection: one model's samples, each with an `is_correct`.

    The model is the name of the file. Raises `InputError` naming file and field.
    """
    side.layout = "collection"
    side.guessed = True
    model = side.model(side.path.stem)
    for at, entry in enumerate(data["responses"]):
        try:
            _collected(side, model, entry)
        except LineError as error:
            raise InputError(f"{side.path}: responses[{at}]: {error}") from None


def _collected(side: Side, model: int, entry: Any) -> None:
    samples = entry.get("samples") if isinstance(entry, dict) else None
    if not isinstance(samples, list) or not all(isinstance(s, dict) for s in samples):
        raise LineError("`samples` is not a list of objects")
    reference = entry.get("reference_answer", entry.get("correct_answer"))
    unit = side.unit(_unit(None, entry), reference)
    for idx, sample in enumerate(samples):  # its `round` counts from what it likes
        if "is_correct" not in sample:
            raise LineError(f"samples[{idx}].is_correct is missing: score the samples first")
        outcome, answer = outcome_of(sample["is_correct"]), sample.get("extracted_answer")
        if outcome == "incorrect" and answer in (None, ""):
            outcome = "no_answer"
        side.sample(unit, model, idx, Said(outcome, answer))


def _unit(task: str | None, entry: Mapping[str, Any]) -> Unit:
    problem_id = entry.get("problem_id")
    text = next((entry[name] for name in _TEXTS if name in entry), None)
    if type(problem_id) is int:
        problem_id = str(problem_id)
    unit = Unit.of(task, problem_id if isinstance(problem_id, str) else None, text)
    if unit.problem_id is None and unit.text is None:
        raise LineError("neither a problem_id nor a problem's text")
    return unit


def _index(call: Mapping[str, Any]) -> int:
    return index_of(call.get("round"), "the round of a call")

"""A side that is a folder of `rescore --output DIR`: tables of decisions, tallies and samples."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.scoring.comparing.outcomes import index_of, outcome_in_state, outcome_of
from slm_mux.scoring.comparing.parquet import rows_of
from slm_mux.scoring.comparing.side import Said, Unit
from slm_mux.scoring.recorded_results import load_object
from slm_mux.store.jsonl import LineError
from slm_mux.tallies import sample_indexes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from slm_mux.scoring.comparing.side import Side

TABLES = ("decisions.parquet", "samples.parquet", "tallies.parquet")
_IDENTITY = ("task", "problem_id")
_DECISIONS = (*_IDENTITY, "reference_answer", "answer", "model", "sample_index", "outcome")
_SAMPLES = (
    *_IDENTITY, "model", "sample_index", "state", "rule", "stage", "span", "verdict",
)  # fmt: skip
_TALLIES = (*_IDENTITY, "model", "state", "verdict", "exemplar", "indexes")


def read_folder(side: Side) -> None:
    """Reads what is there of `decisions`, `samples` or else `tallies`, and `summary.json`.

    Raises `InputError` where none of the tables is there, or one lacks a column.
    """
    side.layout = "folder"
    reader = _FolderReader(side)
    _settings(side)
    found = [_table(side.path / "decisions.parquet", _DECISIONS, reader.decision)]
    if _table(side.path / "samples.parquet", _SAMPLES, reader.sample):
        found.append(True)
    elif _table(side.path / "tallies.parquet", _TALLIES, reader.tally):
        found.append(True)
        side.notes.append(
            f"{side.shown} has tallies, not samples: by which stage and rule an answer was found "
            "is not known (rescore --keep-samples keeps it), its answers are examples of their key"
        )
    if not any(found):
        raise InputError(
            f"{side.path}: no decisions.parquet, samples.parquet or tallies.parquet in this "
            "folder: give one that rescore --output DIR wrote"
        )


def _settings(side: Side) -> None:
    path = side.path / "summary.json"
    if not path.exists():
        return
    settings = list(_settings_of(load_object(path).get("tasks")))
    # One policy for all tasks; what they differ in, kind and samples, is not told.
    side.settings = {
        name: value
        for name, value in (settings[0] if settings else {}).items()
        if all(name in one and one[name] == value for one in settings)
    }
    side.biased = any(one.get("stop", "none") != "none" for one in settings)


def _settings_of(tasks: Any) -> Iterator[Mapping[str, Any]]:
    for task in tasks if isinstance(tasks, list) else ():
        settings = task.get("settings") if isinstance(task, dict) else None
        if isinstance(settings, dict):
            yield settings


def _table(path: Path, columns: Sequence[str], take: Callable[[tuple[Any, ...]], None]) -> bool:
    """Hand each row's columns to `take`; whether the table is there."""
    if not path.exists():
        return False
    for number, row in enumerate(rows_of(path, columns)):
        try:
            take(row)
        except LineError as error:
            raise InputError(f"{path}, row {number}: {error}") from None
    return True


def _unit(task: str | None, problem_id: str | None) -> Unit:
    if problem_id is None:
        raise LineError("problem_id is missing")
    return Unit(task, problem_id)


class _FolderReader:
    """Takes in rows; raises LineError at what it cannot use."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._unnumbered: Counter[tuple[int, int]] = Counter()

    def decision(self, row: tuple[Any, ...]) -> None:
        """Take in one decision."""
        task, problem_id, reference, answer, model, idx, outcome = row
        unit = self._side.unit(_unit(task, problem_id), reference)
        self._side.decision(unit, Said(outcome_of(outcome), answer), model=model, idx=idx)

    def sample(self, row: tuple[Any, ...]) -> None:
        """Take in one sample; those without an index are numbered as they come."""
        task, problem_id, model, idx, state, rule, stage, span, verdict = row
        side = self._side
        unit, number = side.unit(_unit(task, problem_id)), side.model(model)
        if idx is None:
            idx = self._unnumbered[unit, number]
            self._unnumbered[unit, number] += 1
        idx = index_of(idx, "sample_index")
        answer = span if state == "ok" else None
        said = Said(outcome_in_state(state, verdict), answer, side.ground(stage, rule))
        side.sample(unit, number, idx, said)

    def tally(self, row: tuple[Any, ...]) -> None:
        """Take in the samples of one row of tallies."""
        task, problem_id, model, state, verdict, exemplar, indexes = row
        side = self._side
        unit, number = side.unit(_unit(task, problem_id)), side.model(model)
        try:
            samples = sample_indexes(indexes or b"")
        except InputError as error:
            raise LineError(str(error)) from None
        said = Said(outcome_in_state(state, verdict), exemplar)
        for idx in samples:
            side.sample(unit, number, idx, said)

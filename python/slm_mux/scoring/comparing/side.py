"""One of the two scorings as it is read: names become numbers, rows go to the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from slm_mux.scoring.comparing.outcomes import CODES, SHOWN, Ground, kept
from slm_mux.scoring.samples import ReadReport
from slm_mux.scoring.validation import folded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slm_mux.scoring.comparing.store import Letter, Store, Table
    from slm_mux.selection import Outcome

_BATCH = 10_000
_GROUNDS = 1000  # different stages and rules told apart; a hostile file may name any number
NO_GROUND = Ground()
OTHER_GROUND = Ground(None, "other")


class Unit(NamedTuple):
    """A problem as a file names it: by task and id, where it has them, and by its text."""

    task: str | None
    problem_id: str | None
    text: bytes | None = None

    @classmethod
    def of(cls, task: str | None, problem_id: str | None, text: object) -> Unit:
        """The text is kept as a digest, white space and case left out."""
        if not isinstance(text, str) or not text.strip():
            return cls(task, problem_id)
        whole = folded(text).encode("utf-8", "backslashreplace")
        return cls(task, problem_id, hashlib.sha256(whole).digest()[:16])

    @property
    def shown(self) -> str:
        """Its name for a reader."""
        if self.problem_id is not None:
            return self.problem_id
        return f"sha256:{self.text.hex()}" if self.text else "?"


class Said(NamedTuple):
    """What a file says of one sample or decision; `ground` is a number of its side, 0 for none.

    `stored` is what it says to the letter, where the outcome was inferred.
    """

    outcome: Outcome
    answer: object = None
    ground: int = 0
    stored: Outcome | None = None


class Side:
    """What is known of one scoring beside its rows.

    `layout` names what was recognised; `settings` are those of a results file; `fields` the
    fields that rows were read by; `notes` what a reader should know. `guessed` says that the
    model is the name of a file; `biased` that early stopping chose which samples there are;
    `take_back` that inferred outcomes do not hold.
    """

    def __init__(self, letter: Letter, path: Path, store: Store) -> None:
        self.letter: Letter = letter
        self.path = path
        self.layout = ""
        self.settings: Mapping[str, Any] = {}
        self.fields: Mapping[str, str] = {}
        self.guessed = self.biased = self.take_back = False
        self.notes: list[str] = []
        self.report = ReadReport()
        self.duplicates: Counter[Table] = Counter()
        self.units: list[Unit] = []
        self.references: list[str | None] = []
        self.models: list[str | None] = []
        self.grounds: list[Ground] = [NO_GROUND]
        self._store = store
        self._unit_numbers: dict[tuple[str | None, str | bytes | None], int] = {}
        self._model_numbers: dict[str | None, int] = {}
        self._ground_numbers: dict[tuple[str | None, str | None], int] = {NO_GROUND: 0}
        self._waiting: dict[Table, list[tuple[Any, ...]]] = {
            "sample": [],
            "decision": [],
        }

    @property
    def shown(self) -> str:
        """How messages name it."""
        return f"{self.letter.upper()} ({self.path})"

    @property
    def tasks(self) -> list[str | None]:
        """Its tasks, as they first came; None where it does not say."""
        return list(dict.fromkeys(unit.task for unit in self.units))

    def unit(self, unit: Unit, reference: object = None) -> int:
        """The number of a problem; the first reference that is told of it stays."""
        name = unit.text if unit.problem_id is None else unit.problem_id
        number = self._unit_numbers.setdefault((unit.task, name), len(self.units))
        if number == len(self.units):
            self.units.append(unit)
            self.references.append(None)
        if reference is not None and self.references[number] is None:
            self.references[number] = kept(reference)
        return number

    def model(self, name: str | None) -> int:
        """The number of a model."""
        number = self._model_numbers.setdefault(name, len(self.models))
        if number == len(self.models):
            self.models.append(name)
        return number

    def ground(self, stage: object, rule: object) -> int:
        """The number of a stage and a rule; 0 where neither is a text."""
        name = (_name(stage), _name(rule))
        number = self._ground_numbers.get(name)
        if number is None:
            ground = Ground(*name) if len(self.grounds) < _GROUNDS else OTHER_GROUND
            number = self._ground_numbers.setdefault(ground, len(self.grounds))
            if number == len(self.grounds):
                self.grounds.append(ground)
        return number

    def sample(self, unit: int, model: int, idx: int, said: Said) -> None:
        """Take in one sample."""
        stored = None if said.stored is None else CODES[said.stored]
        outcome = CODES[said.outcome]
        self._add("sample", (unit, model, idx, outcome, said.ground, kept(said.answer), stored))

    def decision(
        self, unit: int, said: Said, *, model: str | None = None, idx: int | None = None
    ) -> None:
        """Take in one decision; without a ground it has that of sample `idx` of `model`."""
        number = None if model is None else self.model(model)
        outcome = CODES[said.outcome]
        self._add("decision", (unit, outcome, said.ground, number, idx, kept(said.answer)))

    def finish(self) -> None:
        """Nothing more comes."""
        for table in self._waiting:
            self._flush(table)
        if self.take_back:
            self._store.take_back(self.letter)
        self._store.ground_decisions(self.letter)

    def _add(self, table: Table, row: tuple[Any, ...]) -> None:
        waiting = self._waiting[table]
        waiting.append(row)
        if len(waiting) >= _BATCH:
            self._flush(table)

    def _flush(self, table: Table) -> None:
        rows = self._waiting[table]
        if rows:
            self.duplicates[table] += self._store.add(self.letter, table, rows)
            rows.clear()


def _name(value: object) -> str | None:
    return value[:SHOWN] if isinstance(value, str) else None

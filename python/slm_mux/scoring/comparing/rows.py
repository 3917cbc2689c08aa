"""A side of rows that carry a verdict: JSONL of any tool."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing.nemo_skills import seed_of
from slm_mux.scoring.comparing.fields import KNOWN, NO_VERDICT, FieldMap, value_at
from slm_mux.scoring.comparing.outcomes import index_of, kept, outcome_of
from slm_mux.scoring.comparing.side import Said, Unit
from slm_mux.scoring.samples import Note
from slm_mux.store.jsonl import LineError, parse_object
from slm_mux.store.rows import CUT_OFF, is_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slm_mux.scoring.comparing.side import Side


def read_rows(side: Side, lines: Iterable[tuple[int, bytes]], fields: FieldMap) -> None:
    """Reads numbered lines; unusable ones are counted in the report.

    A row may hold k samples, its verdict a list of k. Rows without an index are numbered as
    they come, from the seed in the name of a NeMo-Skills file; of an lm-eval document that stands
    there under several filters the file's first one counts. Raises `InputError` where no row has
    a verdict.
    """
    side.layout = "rows"
    reader = _RowReader(side, fields)
    for number, line in lines:
        try:
            reader.take(parse_object(line))
        except LineError as error:
            side.report.note_bad(Note(str(side.path), number, str(error)))
        else:
            side.report.rows += 1
    if not side.report.rows:
        raise InputError(_nothing(side))
    side.notes += reader.told()


def _nothing(side: Side) -> str:
    bad = side.report.bad_rows
    if not bad:
        return f"{side.path}: empty: no row in it"
    if NO_VERDICT in side.report.bad:
        tried = ", ".join(KNOWN["verdict"])
        return (
            f"{side.path}: no row carries a verdict ({tried}): name its field with "
            "--map verdict=FIELD, or score the samples first (slm-mux rescore)"
        )
    return f"{side.path}: none of {side.report.bad.total()} rows can be used; the first: {bad[0]}"


class _RowReader:
    """Reads rows by the fields of the first one that has a verdict."""

    def __init__(self, side: Side, fields: FieldMap) -> None:
        self.columns: Mapping[str, str] = {}
        self._side = side
        self._fields = fields
        self._seen: Counter[tuple[int, int]] = Counter()
        self._first = seed_of(side.path.name) or 0
        self._filter: Any = None
        self._filtered = 0

    def told(self) -> list[str]:
        """What was taken for granted."""
        shown, notes = self._side.shown, []
        if self._seen:
            notes.append(
                f"{shown}: its rows have no index: the samples of a problem are numbered as they "
                f"come, from {self._first}"
            )
        if self._filtered:
            notes.append(
                f"{shown}: a document stands there once for each filter: verdicts of "
                f"{self._filter!r} are compared, {self._filtered:,} of others are left out"
            )
        return notes

    def take(self, row: Mapping[str, Any]) -> None:
        """Take in one row. Raises LineError."""
        if not self.columns:
            self.columns = self._side.fields = self._fields.columns(row)
            self._filter = row.get("filter")
        if "doc_id" in row and row.get("filter") != self._filter:
            self._filtered += 1
            return
        if row.get("stop", "none") != "none":
            self._side.biased = True
        verdicts = self._required(row, "verdict")
        if not isinstance(verdicts, list):
            self._sample(row, self._index(row), verdicts, self._get(row, "answer"))
            return
        answers = self._get(row, "answer")
        if not isinstance(answers, list) or len(answers) != len(verdicts):
            answers = [None] * len(verdicts)
        self._samples(row, verdicts, answers)

    def _samples(
        self, row: Mapping[str, Any], verdicts: Sequence[Any], answers: Sequence[Any]
    ) -> None:
        for verdict in verdicts:
            outcome_of(verdict)  # a row counts whole or not at all
        for idx, (verdict, answer) in enumerate(zip(verdicts, answers, strict=True)):
            self._sample(row, idx, verdict, answer)

    def _sample(self, row: Mapping[str, Any], idx: int | None, verdict: Any, answer: Any) -> None:
        side = self._side
        said = self._said(row, verdict, answer)
        named, name = self._unit(row), self._text(row, "model")  # both, before either is known
        unit, model = side.unit(named, self._get(row, "reference")), side.model(name)
        if idx is None:
            idx = self._first + self._seen[unit, model]
            self._seen[unit, model] += 1
        side.sample(unit, model, idx, said)

    def _said(self, row: Mapping[str, Any], verdict: Any, answer: Any) -> Said:
        """`incorrect` with no answer beside it is told apart, as far as the row lets it."""
        outcome = outcome_of(verdict)
        ground = self._side.ground(self._get(row, "stage"), self._get(row, "rule"))
        state = self._get(row, "state")
        if is_error(row.get("error")):
            return Said("failed", answer, ground)
        if isinstance(state, str) and state != "ok":
            return Said(outcome_of(state), answer, ground)
        if "answer" not in self.columns or (kept(answer) or "").strip():
            return Said(outcome, answer, ground)
        if outcome == "correct":
            self._no_answers()
        if outcome not in {"incorrect", "undecided"}:
            return Said(outcome, answer, ground)
        cut = str(row.get("finish_reason")).lower() in CUT_OFF
        return Said("truncated" if cut else "no_answer", answer, ground, stored=outcome)

    def _no_answers(self) -> None:
        """A correct sample has none beside it: that a field is empty tells nothing here."""
        if not self._side.take_back:
            self._side.take_back = True
            self._side.notes.append(
                f"{self._side.shown}: field {self.columns['answer']} is empty beside correct "
                "verdicts too, so no answer and incorrect are not told apart there"
            )

    def _unit(self, row: Mapping[str, Any]) -> Unit:
        unit = Unit.of(
            self._text(row, "task"), self._text(row, "problem_id"), self._get(row, "problem")
        )
        if unit.problem_id is None and unit.text is None:
            raise LineError("neither a problem_id nor a problem's text")
        return unit

    def _index(self, row: Mapping[str, Any]) -> int | None:
        if "sample_index" not in self.columns:
            return None
        field = f"field {self.columns['sample_index']}"
        return index_of(self._required(row, "sample_index"), field)

    def _required(self, row: Mapping[str, Any], name: str) -> Any:
        value = value_at(row, self.columns[name], LineError)
        if value is LineError:
            raise LineError(f"field {self.columns[name]} is missing")
        return value

    def _get(self, row: Mapping[str, Any], name: str) -> Any:
        path = self.columns.get(name)
        return None if path is None else value_at(row, path)

    def _text(self, row: Mapping[str, Any], name: str) -> str | None:
        value = self._get(row, name)
        if value is None or isinstance(value, str):
            return value
        if type(value) is int:
            return str(value)
        raise LineError(f"field {self.columns[name]} is not a text")

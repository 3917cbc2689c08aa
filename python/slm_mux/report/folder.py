"""A folder that `rescore --output DIR` wrote → one record for each of its tasks."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from slm_mux import columns
from slm_mux.errors import InputError
from slm_mux.provenance import TALLIES_VERSION
from slm_mux.report.fields import Fields, check_version
from slm_mux.report.model import Answered, Asked, TaskRecord, Verdict
from slm_mux.report.tables import DecisionRow, SampleRow, TallyRow, read_rows
from slm_mux.scoring.bulk.score import SUMMARY_VERSION
from slm_mux.scoring.recorded_results import load_object
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from slm_mux.report.log_texts import LogTexts
    from slm_mux.report.model import Samples

_SUMMARY, _DECISIONS, _TALLIES = "summary.json", "decisions.parquet", "tallies.parquet"
_NO_SAMPLES = (
    "the folder has no samples.parquet: samples that gave one key are shown together, without the "
    "stage that graded them (rescore --keep-samples writes it)"
)
_NO_TEXTS = (
    "the folder holds spans, keys and verdicts, not the responses: --log LOG takes them in from "
    "the sample logs"
)


def read_folder(folder: Path, texts: LogTexts, tasks: Sequence[str] | None) -> list[TaskRecord]:
    """Read the tasks of a folder, in the order of its summary. Raises `InputError`."""
    summary = _summary(folder)
    found = {
        one.required_text("task"): one.value
        for one in Fields(folder / _SUMMARY, "", summary).items("tasks")
    }
    for name in tasks or ():
        if name not in found:
            raise InputError(f"--task {name}: {folder} has {', '.join(found)}")
    reader = _Folder(folder, texts, _caveats(summary))
    records = [reader.task(name, found[name]) for name in found if not tasks or name in tasks]
    kept = [record for record in records if record.asked]
    if not kept:
        raise InputError(f"{folder / _DECISIONS}: empty: there is nothing to report")
    return kept


def _summary(folder: Path) -> dict[str, Any]:
    for name in (_SUMMARY, _DECISIONS, _TALLIES):
        if not (folder / name).is_file():
            raise InputError(
                f"{folder}: no {name} in this folder: give one that rescore --output DIR wrote, "
                "or a results file (what scale wrote goes to --scaling)"
            )
    path = folder / _SUMMARY
    summary = load_object(path)
    check_version(path, "summary_version", summary.get("summary_version"), SUMMARY_VERSION)
    if not Fields(path, "", summary).sequence("tasks"):
        raise InputError(f"{path}: tasks is empty: there is nothing to report")
    tallies = folder / _TALLIES
    made = columns.describe(tallies).metadata or {}
    check_version(tallies, "tallies_version", made.get("tallies_version"), TALLIES_VERSION)
    return summary


class _Folder:
    """Reads the tables of one folder; tallies and decisions are held, samples are not."""

    def __init__(self, folder: Path, texts: LogTexts, caveats: Sequence[str]) -> None:
        self._folder = folder
        self._texts = texts
        self._single = (folder / "samples.parquet").is_file()
        self._caveats = [*caveats]
        if not self._single:
            self._caveats.append(_NO_SAMPLES)
        if not texts.given:
            self._caveats.append(_NO_TEXTS)
        self._tallies = columns.read_parquet(folder / _TALLIES)
        self._decided: dict[str, list[DecisionRow]] = defaultdict(list)
        for row in read_rows(folder / _DECISIONS, DecisionRow):
            self._decided[row.task].append(row)
        self._stages = self._read_stages()
        self._right: dict[str, set[str]] = defaultdict(set)
        for tally in read_rows(folder / _TALLIES, TallyRow):
            if tally.verdict == "correct":
                self._right[tally.task].add(tally.problem_id)

    def task(self, name: str, figures: Mapping[str, Any]) -> TaskRecord:
        """The record of one task."""
        rows = self._decided[name]
        one = Fields(self._folder / _SUMMARY, f"task {name}", figures)
        settings = one.mapping("settings")
        return TaskRecord(
            figures={
                **figures,
                "settings": settings,
                "models": [model.value for model in one.items("models")],
                "accuracy": one.mapping("accuracy"),
            },
            asked=[self._asked(row) for row in rows],
            verdicts=[self._verdict(row) for row in rows],
            table=AnswerTable.from_tallies(
                self._tallies,
                name,
                problems=[row.problem_id for row in rows],
                members=settings.get("pool_order") or (),
            ),
            anywhere=self._right[name],
            samples_of=lambda wanted: self._samples(name, wanted),
            single_samples=self._single,
            has_texts=self._texts.given,
            text_size=self._texts.size,
            caveats=self._caveats,
        )

    def _asked(self, row: DecisionRow) -> Asked:
        known = self._texts.problem(row.task, row.problem_id)
        if known is None:
            return Asked(row.problem_id, None, row.reference_answer)
        return Asked(row.problem_id, known.problem, row.reference_answer, known.choices)

    def _verdict(self, row: DecisionRow) -> Verdict:
        return Verdict(
            answer=row.answer,
            key=row.key,
            model=row.model,
            confidence=row.confidence,
            reason=row.reason or "",
            outcome=row.outcome,
            stage=self._stages.get((row.task, row.problem_id)),
            short=bool(row.short),
        )

    def _read_stages(self) -> dict[tuple[str, str], str]:
        """The stage that graded each decision: that of its exemplar; none without samples."""
        if not self._single:
            return {}
        decided = {
            (row.task, row.problem_id): (row.model, row.sample_index)
            for rows in self._decided.values()
            for row in rows
        }
        return {
            (row.task, row.problem_id): row.stage
            for row in read_rows(self._folder / "samples.parquet", SampleRow)
            if row.stage is not None
            and decided.get((row.task, row.problem_id)) == (row.model, row.sample_index)
        }

    def _samples(self, task: str, wanted: Collection[str]) -> Samples:
        found: Samples = defaultdict(list)
        rows = self._each_sample() if self._single else self._each_group()
        for of, problem_id, model, sample in rows:
            if of == task and problem_id in wanted:
                found[problem_id, model].append(sample)
        texts = self._texts.responses(task, wanted)
        for (problem_id, model), samples in found.items():
            samples.sort(key=lambda sample: sample.index)
            for at, sample in enumerate(samples):
                said = texts.get((problem_id, model, sample.index))
                samples[at] = sample._replace(text=said)
        return dict(found)

    def _each_sample(self) -> Iterator[tuple[str, str, str, Answered]]:
        numbers: Counter[tuple[str, str, str]] = Counter()
        for row in read_rows(self._folder / "samples.parquet", SampleRow):
            index = row.sample_index
            if index is None:
                cell = (row.task, row.problem_id, row.model)
                index = numbers[cell]
                numbers[cell] += 1
            sample = Answered(index, row.state, row.verdict, row.key, row.span, row.stage, row.rule)
            yield row.task, row.problem_id, row.model, sample

    def _each_group(self) -> Iterator[tuple[str, str, str, Answered]]:
        for row in read_rows(self._folder / _TALLIES, TallyRow):
            note = f"{row.count:,} samples alike; the first of them" if row.count > 1 else None
            sample = Answered(
                row.exemplar_index, row.state, row.verdict, row.key, row.exemplar, note=note
            )
            yield row.task, row.problem_id, row.model, sample


def _caveats(summary: Mapping[str, Any]) -> list[str]:
    rows = summary.get("rows")
    what = {
        "bad": "rows could not be used and are not counted",
        "conflicts": "samples have two answers under one index; the smaller key counts",
        "duplicates": "rows repeat others and count once",
        "filtered": "rows were left out by filters",
    }
    counts = {name: rows.get(name) for name in what} if isinstance(rows, dict) else {}
    return [
        f"{counts[name]:,} {what[name]}"
        for name in counts
        if type(counts[name]) is int and counts[name]
    ]

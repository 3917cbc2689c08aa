"""NeMo-Skills: `output-rs<seed>.jsonl`, one file per sample, a problem a line.

The lines of two files at one number are meant to be one problem. That holds only while no file
is short, chunked or still unsorted (`-async`), so problems are joined by id or by text, and by
number only where a row has neither.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from slm_mux.importing.reading import folders_of, hashed_id, stem
from slm_mux.importing.values import (
    choices_of,
    error_of,
    finish_of,
    first_of,
    reference_of,
    text_of,
    verdict_of,
)
from slm_mux.store.jsonl import LineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow

_SEED = re.compile(
    r"output-rs(?P<seed>\d{1,9})(?:_chunk_(?P<chunk>\d+))?(?:\.jsonl)?(?P<a>-async)?"
)
_MERGED = re.compile(r"output(?P<agg>-agg)?(?:_chunk_\d+)?(?:\.jsonl)?(?:-async)?")
_JUDGED = re.compile(r"judgement\W*:\W*(yes|no)\W*", re.IGNORECASE)
_POSITION = "_async_position"
_IDS = ("problem_id", "unique_id", "id", "uuid")
_TEXTS = ("problem", "question", "input")
_OURS = {"num_generated_tokens", "expected_answer", "predicted_answer", "generation_time",
         "generation_start_time", "symbolic_correct", _POSITION}  # fmt: skip


def detects(peek: Peek) -> bool:
    """Rows with a generation and what its pipeline writes beside it."""
    return isinstance(peek.row.get("generation"), str) and bool(_OURS & peek.row.keys())


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per line."""
    folders: dict[str, list[Peek]] = {}
    for peek in files:
        folders.setdefault(str(PurePath(peek.name).parent), []).append(peek)
    for inside in folders.values():
        yield from _folder(_wanted(inside, reading), reading)


def _wanted(files: list[Peek], reading: Reading) -> list[Peek]:
    """Files of a folder in order of seed and chunk; what merges others is left out."""
    seeded = sorted((_order(peek), at) for at, peek in enumerate(files) if _seed(peek))
    if not seeded:
        return files
    rest = [peek for peek in files if not _seed(peek)]
    merged = [peek for peek in rest if _MERGED.fullmatch(_base(peek.name))]
    for peek in merged:
        reading.tell(f"{peek.name}: passed over beside output-rs files of its folder")
    return [files[at] for _, at in seeded] + [peek for peek in rest if peek not in merged]


def seed_of(name: str) -> int | None:
    """The seed whose samples a file of this name holds."""
    match = _SEED.fullmatch(_base(name))
    return match and int(match["seed"])


def _base(name: str) -> str:
    base = PurePath(name).name
    return base if base.endswith("-async") else stem(base)


def _seed(peek: Peek) -> re.Match[str] | None:
    return _SEED.fullmatch(_base(peek.name))


def _order(peek: Peek) -> tuple[int, bool, int]:
    match = _seed(peek)
    assert match is not None  # noqa: S101 - asked before
    return int(match["seed"]), match["a"] is not None, int(match["chunk"] or 0)


def _folder(files: list[Peek], reading: Reading) -> Iterator[SampleRow]:
    bench = _Bench(files[0], reading)
    for peek in files:
        match = _seed(peek)
        bench.start(int(match["seed"]) if match else None, unsorted=bool(match and match["a"]))
        yield from reading.each(reading.records(peek), bench.convert)
    bench.end()


class _Bench:
    """One benchmark's folder: the outputs of one model on it."""

    def __init__(self, peek: Peek, reading: Reading) -> None:
        folders = folders_of(peek)
        self._reading = reading
        self._task = reading.task_of(folders[-1] if folders else None, "unnamed")
        above = [part for part in folders[:-1] if part != "eval-results"]
        self._model = reading.model_of(None, above[-1] if above else "unnamed")
        self._lines: dict[str, int] = {}
        self._seen: Counter[str] = Counter()
        self._drawn: set[str] = set()
        self._seed: int | None = None
        self._unsorted = False
        self._offset, self._position = 0, -1
        self._moved = self._by_number = 0

    def start(self, seed: int | None, *, unsorted: bool) -> None:
        """Begin a file; chunks of one seed go on where the last ended."""
        if seed is None or seed != self._seed:
            self._position, self._drawn = -1, set()
        self._offset = self._position + 1
        if seed is None or seed != self._seed or unsorted != self._unsorted:
            self._seen.clear()
        self._seed, self._unsorted = seed, unsorted

    def end(self) -> None:
        """Say how problems were joined."""
        self._reading.tell(
            "NeMo-Skills: it has no parameters of sampling and no count of prompt tokens"
        )
        if self._moved:
            self._reading.losses.note(
                "NeMo-Skills: problems at another line than before, joined by text or id",
                self._moved,
            )
        if self._by_number:
            self._reading.losses.note(
                "NeMo-Skills: rows without id or problem text, joined by line number",
                self._by_number,
            )

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The row of a line; none where the finished file has the problem already."""
        self._position = self._offset + place.line - 1  # a line that cannot be read counts too
        given = record.get(_POSITION)
        position = given if type(given) is int else self._position
        problem_id = self._problem(record, position)
        if problem_id in self._drawn and self._unsorted:
            return []
        self._drawn.add(problem_id)
        index = self._seed
        if index is None:
            index = self._reading.next_index(self._task, problem_id, self._model)
        choices = choices_of(record.get("options"))
        reference = reference_of(record.get("expected_answer"), choices)
        return [
            self._reading.row(
                place, self._task, problem_id, self._model, index,
                **_said(record), reference_answer=reference, choices=choices,
                seed=self._seed, problem=_problem_text(record), **self._judged(record),
            )
        ]  # fmt: skip

    def _judged(self, record: dict[str, Any]) -> dict[str, Any]:
        """The answer and verdict that the pipeline found; a judge's where it compared none."""
        correct, judgement = record.get("symbolic_correct"), record.get("judgement")
        verdict = verdict_of(correct) if type(correct) is bool else None
        if isinstance(judgement, str) and judgement.strip():
            by_judge = None if verdict else _ruled(judgement)
            taken = "taken as verdicts" if by_judge else "left out"
            self._reading.losses.note(f"NeMo-Skills: judgements of a judge, {taken}")
            verdict = verdict or by_judge
        answer = record.get("predicted_answer")
        return {
            "prior_answer": answer if isinstance(answer, str) else None,
            "prior_verdict": verdict,
        }

    def _problem(self, record: dict[str, Any], position: int) -> str:
        """The problem's id: its own, or of its text; a second one of both gets a number."""
        own, text = first_of(record, _IDS), _problem_text(record)
        if isinstance(own, int | str) and not isinstance(own, bool):
            base = str(own)
        elif text:
            base = hashed_id(text, choices_of(record.get("options")) or ())
        else:
            self._by_number += 1
            return str(position)
        self._seen[base] += 1
        problem_id = base if self._seen[base] == 1 else f"{base}#{self._seen[base]}"
        self._moved += self._lines.setdefault(problem_id, position) != position
        return problem_id


def _problem_text(record: dict[str, Any]) -> str | None:
    text = first_of(record, _TEXTS)
    return text if isinstance(text, str) and text else None


def _said(record: dict[str, Any]) -> dict[str, Any]:
    whole = record.get("_full_generation")
    text = text_of(whole if isinstance(whole, str) else record.get("generation"), "generation")
    failure = error_of(record.get("error"))
    if text is None and failure is None:
        raise LineError("field generation is missing")
    finish = finish_of(record.get("finish_reason"))
    return {
        "response": None if failure else text,
        "reasoning": text_of(record.get("reasoning_content"), "reasoning_content"),
        "finish_reason": finish,
        "error": failure,
        "completion_tokens": _count(record.get("num_generated_tokens")),
    }


def _ruled(judgement: str) -> str | None:
    """The verdict on a judge's last line; None where it has none there."""
    match = _JUDGED.fullmatch(judgement.strip().rpartition("\n")[2].strip(" *"))
    return match and ("correct" if match[1].lower() == "yes" else "incorrect")


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None

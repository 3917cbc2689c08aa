"""OpenCompass: `predictions/<model>/<dataset>[_shard].json`.

Items are keyed "0", "1" and so on; `tmp_*.jsonl` are those of a run that has not ended.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from slm_mux.importing.json_walk import walk
from slm_mux.importing.reading import folders_of, slashed, stem
from slm_mux.importing.source import Place
from slm_mux.importing.values import list_of, number_of, reference_of, text_of
from slm_mux.importing.worked import final_answer
from slm_mux.store.jsonl import LineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.types import SampleRow

_SHARD = re.compile(r"(?P<dataset>.+)_(?P<shard>\d{1,6})")


def detects(peek: Peek) -> bool:
    """Items with a prediction, by number, and not rows of another sort."""
    if peek.shape == "lines" and "idx" in peek.first:
        return {"prediction", "origin_prompt"} <= peek.first.keys()
    key, item = next(iter(peek.first.items()), ("", None))
    return key.isdigit() and isinstance(item, dict) and "prediction" in item


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per prediction; shards of a data set follow each other."""
    reading.tell("OpenCompass: no finish_reason: truncated answers cannot be told from unparsed")
    reading.tell("OpenCompass: it has no token counts and no parameters of sampling")
    for dataset, shards in _datasets(files, reading):
        offset = 0
        for peek in shards:
            items = _Items(peek, dataset, offset, reading)
            yield from reading.each(items, items.convert)
            offset = items.end


def _datasets(files: Sequence[Peek], reading: Reading) -> Iterator[tuple[str, list[Peek]]]:
    """The files of each data set in order of their shards."""
    whole = {_place(peek) for peek in files}
    found: dict[tuple[str, str], list[tuple[int, Peek]]] = {}
    for peek in files:
        folder, name = _place(peek)
        if name.startswith("tmp_") and (folder, name.removeprefix("tmp_")) in whole:
            reading.tell(f"{peek.name}: passed over, its run has ended")
            continue
        name = name.removeprefix("tmp_")
        match = _SHARD.fullmatch(name)
        sharded = match is not None and (folder, f"{match['dataset']}_0") in whole
        key = (folder, match["dataset"] if match and sharded else name)
        found.setdefault(key, []).append((int(match["shard"]) if match and sharded else 0, peek))
    for (_, dataset), shards in found.items():
        numbers = [number for number, _ in shards]
        if sorted(numbers) != list(range(len(shards))):
            reading.losses.note(
                f"OpenCompass: shards of {dataset} are missing: later problems are misnumbered"
            )
        yield dataset, [peek for _, peek in sorted(shards, key=lambda pair: pair[0])]


def _place(peek: Peek) -> tuple[str, str]:
    return str(PurePath(peek.source.path).parent), stem(peek.name)


class _Items:
    """The items of one shard, the first of which is problem `offset`."""

    def __init__(self, peek: Peek, dataset: str, offset: int, reading: Reading) -> None:
        folders = folders_of(peek)
        self._peek, self._reading, self._offset = peek, reading, offset
        self._task = reading.task_of(dataset, dataset)
        self._model = reading.model_of(slashed(folders[-1]) if folders else None, dataset)
        self.end = offset

    def __iter__(self) -> Iterator[tuple[Place, dict[str, Any]]]:
        if self._peek.shape == "lines" and "idx" in self._peek.first:
            yield from self._reading.records(self._peek)
            return
        self._reading.losses.files += 1
        with self._peek.source.open(self._reading.tick) as stream:
            items = walk(stream, self._peek.name, into=lambda _: False)
            for number, (key, item) in enumerate(items, 1):
                place = Place(f"{self._peek.name}, item", number)
                if isinstance(item, dict):
                    yield place, item | {"idx": key}
                else:
                    self._reading.losses.note_bad(place, "not an object")

    def convert(self, place: Place, item: dict[str, Any]) -> list[SampleRow]:
        """The rows of one item: one, or one for each of a list of predictions."""
        number = self._offset + number_of(item.get("idx"), "idx")
        self.end = max(self.end, number + 1)
        said = item.get("prediction")
        found = said if isinstance(said, list) else [said]
        if said is None or not all(isinstance(text, str) for text in list_of(found, "prediction")):
            raise LineError("field prediction is no text: not a generation")
        problem_id = str(number)
        gold = item.get("gold")
        if answer := final_answer(gold):
            self._reading.tell("OpenCompass: golds reduced to what follows ####")
            gold = answer
        return [
            self._reading.row(
                place, self._task, problem_id, self._model,
                self._reading.next_index(self._task, problem_id, self._model),
                response=text_of(text, "prediction"),
                reference_answer=reference_of(gold), problem=_asked(item),
            )
            for text in found
        ]  # fmt: skip


def _asked(item: dict[str, Any]) -> str | None:
    """The prompt: a text, or the last turn of a conversation."""
    asked = item.get("origin_prompt")
    if isinstance(asked, list) and asked and isinstance(asked[-1], dict):
        asked = asked[-1].get("prompt")
    return asked if isinstance(asked, str) and asked else None

"""Answers already parsed: a file per model, a problem a line, as a folder or a tar archive.

There are no responses. What stands for one is the answer in a box, which reads as it is.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing.reading import stem
from slm_mux.importing.source import DamagedError, Place
from slm_mux.importing.values import list_of, number_of, reference_of, text_of
from slm_mux.store.jsonl import LineError, numbered_lines, parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.types import SampleRow


def detects(peek: Peek) -> bool:
    """All answers to a problem, beside the right one."""
    if peek.shape == "tar":
        return _first_of_tar(peek)
    return {"problem_num", "gold_answer", "all_answers"} <= peek.row.keys()


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per answer."""
    reading.tell("parsed answers: no responses: each answer stands in a box in its place")
    reading.tell("parsed answers: cut-off and failed samples cannot be told from those without one")
    for peek in files:
        if peek.shape == "tar":
            yield from _tar(peek, reading)
        else:
            yield from reading.each(reading.records(peek), _Model(peek.name, reading).convert)


class _Model:
    """The answers of one model to one task, both from the file's name."""

    def __init__(self, name: str, reading: Reading) -> None:
        first, _, rest = stem(name).removeprefix("analysis_").partition("_")
        self._reading = reading
        found = first if rest else None
        self._task = reading.task_of(found, PurePath(name).parent.name or first)
        self._model = reading.model_of(None, rest or first)

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The rows of one problem."""
        problem_id = str(number_of(record.get("problem_num"), "problem_num"))
        about = {"reference_answer": reference_of(record.get("gold_answer"))}
        found = [
            self._reading.row(
                place, self._task, problem_id, self._model, at, **_answer(pair), **about
            )
            for at, pair in enumerate(list_of(record.get("all_answers"), "all_answers"))
        ]
        return found or self._reading.empty(place, self._task, problem_id, self._model, **about)


def _answer(pair: Any) -> dict[str, Any]:
    """One answer, alone or with the length of the response it was read from."""
    answer, length = pair, None
    if isinstance(pair, list):
        answer, length = (*pair, None, None)[:2]
    text = text_of(answer, "all_answers")
    return {
        "response": boxed(text),
        "prior_answer": text or None,
        "response_length": length if type(length) is int else None,
    }


def boxed(answer: str | None) -> str:
    r"""`\boxed{answer}`; an answer of unbalanced braces stands alone, none is an empty text."""
    if not answer or not answer.strip():
        return ""
    depth = 0
    for char in answer.replace(r"\{", "").replace(r"\}", ""):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            break
    return answer if depth else rf"\boxed{{{answer}}}"


def _first_of_tar(peek: Peek) -> bool:
    for _, line in _members(peek, None):
        try:
            row = parse_object(line)
        except LineError:
            return False
        return {"problem_num", "gold_answer", "all_answers"} <= row.keys()
    return False


def _tar(peek: Peek, reading: Reading) -> Iterator[SampleRow]:
    model: _Model | None = None
    name = ""
    for place, line in _members(peek, reading):
        if model is None or place.file != name:
            name, model = place.file, _Model(place.file, reading)
            reading.losses.files += 1
        try:
            yield from model.convert(place, parse_object(line))
        except LineError as error:
            reading.losses.note_bad(place, str(error))


def _members(peek: Peek, reading: Reading | None) -> Iterator[tuple[Place, bytes]]:
    """The lines of an archive's files, read once from its start to its end."""
    import tarfile  # noqa: PLC0415

    tick = reading.tick if reading else None
    try:
        with peek.source.open(tick) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                body = tar.extractfile(member) if member.isreg() else None
                if body is None:
                    continue
                name = f"{peek.name}/{member.name}"
                for number, line in numbered_lines(body, name):
                    if line.strip():
                        yield Place(name, number), line
    except (tarfile.TarError, DamagedError) as error:
        raise InputError(f"{peek.name}: a tar archive cut short or damaged ({error})") from None

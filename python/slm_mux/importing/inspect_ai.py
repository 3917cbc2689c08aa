"""inspect_ai logs: `.eval`, a zip archive of samples, and `.json`."""

from __future__ import annotations

import json
import lzma
import re
import zlib
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing.json_walk import walk
from slm_mux.importing.source import Place, zipfile_module
from slm_mux.importing.values import (
    choices_of,
    content_of,
    error_of,
    finish_of,
    list_of,
    message_of,
    number_of,
    object_of,
    params_of,
    reference_of,
    usage_of,
    verdict_of,
)
from slm_mux.store.jsonl import MAX_VALUE, LineError
from slm_mux.store.packed import zstd_module
from slm_mux.store.usage import split_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.types import SampleRow

_HEADERS = ("header.json", "_journal/start.json")
_ATTACHED = "attachment://"
_EPOCH = re.compile(r"samples/.*_epoch_(\d{1,9})\.json", re.DOTALL)
_VERDICTS = {"C": "correct", "I": "incorrect", "N": "incorrect"}  # N: no answer, which scores 0


def detects(peek: Peek) -> bool:
    """An archive with a header and samples, or a document with its evaluation."""
    if peek.shape == "zip":
        return any(name in peek.names for name in _HEADERS)
    spec = peek.first.get("eval")
    return isinstance(spec, dict) and "model" in spec and "task" in spec


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per sample and epoch."""
    epochs = _Epochs(files)
    for peek in files:
        reading.losses.files += 1
        read = _archive if peek.shape == "zip" else _document
        yield from read(peek, epochs, reading)


def _opened(peek: Peek) -> Any:
    """The archive. Raises InputError."""
    zipfile = zipfile_module()
    try:
        return zipfile.ZipFile(peek.source.path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"{peek.name}: no zip archive, or a damaged one ({error})") from None


def _header(archive: Any, peek: Peek) -> dict[str, Any]:
    """The header of an archive. Raises InputError."""
    name = next((name for name in _HEADERS if name in archive.namelist()), None)
    if name is None:
        raise InputError(f"{peek.name}: no header.json in it: is this an inspect_ai log?")
    return _member(archive, archive.getinfo(name), peek.name)


def _archive(peek: Peek, epochs: _Epochs, reading: Reading) -> Iterator[SampleRow]:
    with _opened(peek) as archive:
        infos = {info.filename: info for info in archive.infolist()}
        log = _Log(_header(archive, peek), peek, epochs, reading)
        records = (
            (Place(f"{peek.name}/{name}", 1), _read(archive, info, peek, reading))
            for name, info in infos.items()
            if _is_sample(name)
        )
        yield from reading.each(records, log.convert)


def _is_sample(name: str) -> bool:
    return name.startswith("samples/") and name.endswith(".json")


def _read(archive: Any, info: Any, peek: Peek, reading: Reading) -> dict[str, Any]:
    if reading.tick is not None:
        reading.tick(info.compress_size)
    return _member(archive, info, peek.name)


def _member(archive: Any, info: Any, name: str) -> dict[str, Any]:
    """A member as an object, never more than `MAX_VALUE` bytes of it. Raises InputError."""
    member = info.filename
    damage = (zlib.error, lzma.LZMAError, zstd_module().ZstdError, zipfile_module().BadZipFile)
    try:
        with archive.open(info) as stream:
            data = stream.read(MAX_VALUE + 1)
    except (*damage, OSError, EOFError, RuntimeError) as error:  # the last: a password is needed
        raise InputError(f"{name}/{member}: cut short or damaged ({error})") from None
    if len(data) > MAX_VALUE:
        raise InputError(f"{name}/{member}: over {MAX_VALUE} bytes")
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}/{member}: not valid JSON ({error})") from None
    if not isinstance(value, dict):
        raise InputError(f"{name}/{member}: not a JSON object")
    return value


def _document(peek: Peek, epochs: _Epochs, reading: Reading) -> Iterator[SampleRow]:
    log = _Log(peek.first, peek, epochs, reading)
    yield from reading.each(_samples(peek, reading.tick), log.convert)


def _samples(
    peek: Peek, tick: Callable[[int], None] | None = None
) -> Iterator[tuple[Place, dict[str, Any]]]:
    with peek.source.open(tick) as stream:
        number = 0
        for key, value in walk(stream, peek.name, into=lambda key: key == "samples"):
            if key == "samples" and isinstance(value, dict):
                number += 1
                yield Place(f"{peek.name}, samples", number), value


class _Epochs:
    """How many epochs the logs of a task and model have; counted where a sample has choices.

    The choices of an epoch stand so far apart that those of no other epoch come between, however
    many each has: an index depends on epoch and choice alone, in every log of the model.
    """

    def __init__(self, files: Sequence[Peek]) -> None:
        self._files = files
        self._most: dict[tuple[str | None, str | None], int] = {}

    def of(self, spec: dict[str, Any]) -> int:
        """The most epochs that a log of this task and model has."""
        if not self._most:
            for peek in self._files:
                self._count(peek)
        return self._most.get(_run(spec), 1)

    def _count(self, peek: Peek) -> None:
        if peek.shape == "zip":
            with _opened(peek) as archive:
                spec = _spec(_header(archive, peek))
            numbers = [int(m[1]) for m in map(_EPOCH.fullmatch, peek.names) if m]
        else:
            spec = _spec(peek.first)
            numbers = [] if _planned(spec) else _met(peek)
        self._most[_run(spec)] = max([1, _planned(spec), self._most.get(_run(spec), 1), *numbers])


def _spec(header: dict[str, Any]) -> dict[str, Any]:
    spec = header.get("eval")
    return spec if isinstance(spec, dict) else {}


def _run(spec: dict[str, Any]) -> tuple[str | None, str | None]:
    return _text(spec.get("task")), _text(spec.get("model"))


def _planned(spec: dict[str, Any]) -> int:
    """The epochs of a header; 0 where it does not say."""
    config = spec.get("config")
    epochs = config.get("epochs") if isinstance(config, dict) else None
    return epochs if type(epochs) is int and epochs > 0 else 0


def _met(peek: Peek) -> list[int]:
    """The last epoch of a document's samples, if any."""
    numbers = (sample.get("epoch") for _, sample in _samples(peek))
    last = max((n for n in numbers if type(n) is int), default=None)
    return [] if last is None else [last]


class _Log:
    """One evaluation: one model on one task."""

    def __init__(
        self, header: dict[str, Any], peek: Peek, epochs: _Epochs, reading: Reading
    ) -> None:
        spec = header.get("eval")
        if not isinstance(spec, dict):
            raise InputError(f"{peek.name}: its header has no `eval`")
        plan = header.get("plan")
        self._spec, self._epochs, self._reading = spec, epochs, reading
        self._task = reading.task_of(_text(spec.get("task")), peek.name)
        self._model = reading.model_of(_text(spec.get("model")), peek.name)
        reading.once(
            ("inspect", self._task, self._model),
            f"inspect: several logs of {self._model} on {self._task}: "
            "of one sample and epoch the first counts",
        )
        self._params = params_of(spec.get("model_generate_config")) or params_of(
            plan.get("config") if isinstance(plan, dict) else None
        )

    def convert(self, place: Place, sample: dict[str, Any]) -> list[SampleRow]:
        """The rows of a sample: one, or one for each choice of its output."""
        if not isinstance(sample.get("id"), int | str):
            raise LineError("field id is missing: is this a sample?")
        epoch = number_of(sample.get("epoch", 1), "epoch")
        output = object_of(sample.get("output"), "output")
        given = list_of(output.get("choices"), "output.choices")
        about = self._about(sample, output)
        if not given:
            given, about["error"] = [{}], about["error"] or error_of("no output")
        usages = split_usage(usage_of(output.get("usage")), len(given))
        first = max(epoch - 1, 0)
        apart = self._epochs.of(self._spec) if len(given) > 1 else 1
        return [
            self._reading.row(
                place, self._task, str(sample["id"]), self._model, first + at * apart,
                usage=usage, **_said(choice, sample), **about,
            )
            for at, (choice, usage) in enumerate(zip(given, usages, strict=True))
        ]  # fmt: skip

    def _about(self, sample: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
        choices = choices_of(sample.get("choices"))
        target = sample.get("target")
        if isinstance(target, list) and len(target) > 1:
            self._reading.losses.note("inspect: several targets: the first is the reference")
        failure = error_of(sample.get("error")) or error_of(output.get("error"))
        if failure and list_of(output.get("choices"), "output.choices"):
            self._reading.losses.note("inspect: sample with an output and an error: it failed")
        return {
            "reference_answer": reference_of(target, choices),
            "choices": choices,
            "api_model": _text(output.get("model")),
            "params": self._params,
            "problem": _asked(sample.get("input")),
            "error": failure,
            **self._score(sample.get("scores")),
        }

    def _score(self, scores: Any) -> dict[str, Any]:
        """The answer and verdict of the first scorer."""
        given = list(scores.values()) if isinstance(scores, dict) else []
        if len(given) > 1:
            self._reading.losses.note("inspect: verdicts of scorers after the first, left out")
        if not given or not isinstance(given[0], dict):
            return {}
        value = given[0].get("value")
        verdict = _VERDICTS.get(value) if isinstance(value, str) else verdict_of(value)
        if verdict is None and value is not None:
            self._reading.losses.note(_untaken(value))
        return {"prior_answer": _text(given[0].get("answer")), "prior_verdict": verdict}


def _asked(value: Any) -> str | None:
    """The input: a text, or what the user says last in it."""
    if isinstance(value, list):
        said = [m for m in value if isinstance(m, dict) and m.get("role") == "user"]
        return content_of(said[-1].get("content"))[0] if said else None
    return _text(value)


def _said(choice: Any, sample: dict[str, Any]) -> dict[str, Any]:
    choice = object_of(choice, "output.choices")
    text, thoughts = message_of(choice.get("message"))
    attachments = sample.get("attachments")
    attached = attachments if isinstance(attachments, dict) else {}
    return {
        "response": _whole(text, attached),
        "reasoning": _whole(thoughts, attached),
        "finish_reason": finish_of(choice.get("stop_reason")),
    }


def _whole(text: str | None, attached: dict[str, Any]) -> str | None:
    """A long text is kept beside and named here."""
    if text is None or not text.startswith(_ATTACHED):
        return text
    found = attached.get(text.removeprefix(_ATTACHED))
    if not isinstance(found, str):
        raise LineError("its text is an attachment that is not in the log")
    return found


def _untaken(value: Any) -> str:
    """What is said of a score that is neither right nor wrong."""
    if value == "P":
        return "inspect: partial verdicts (P), left out"
    if isinstance(value, dict | list):
        return "inspect: verdicts of several values, left out"
    return "inspect: verdicts that are none of C, I, N, 1 and 0, left out"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None

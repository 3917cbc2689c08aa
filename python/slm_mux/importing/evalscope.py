"""EvalScope: `predictions/<model>/<benchmark>_<subset>.jsonl`, and `reviews/` with the targets."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from slm_mux.importing.peek import Peek
from slm_mux.importing.peek import peek as look
from slm_mux.importing.reading import folders_of, hashed_id, slashed, stem
from slm_mux.importing.values import (
    content_of,
    error_of,
    finish_of,
    first_of,
    list_of,
    message_of,
    object_of,
    reference_of,
    usage_of,
    verdict_of,
)
from slm_mux.store.jsonl import LineError
from slm_mux.store.usage import split_usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow


def detects(peek: Peek) -> bool:
    """Predictions, or the reviews of some."""
    row = peek.row
    return "index" in row and ("model_output" in row or "sample_score" in row)


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per prediction; reviews beside give its target, group and number."""
    predictions = [peek for peek in files if "model_output" in peek.row]
    reviewed = {_beside(peek, "reviews") for peek in predictions}
    for peek in files:
        path = str(PurePath(peek.source.path))
        if "sample_score" in peek.row and path in reviewed:
            continue
        yield from reading.each(reading.records(peek), _File(peek, reading).convert)


def _beside(peek: Peek, room: str) -> str:
    """The file of the same name in the room `reviews`."""
    parts = list(PurePath(peek.source.path).parts)
    at = max((i for i, part in enumerate(parts) if part == "predictions"), default=None)
    if at is None:
        return ""
    parts[at] = room
    return str(PurePath(*parts))


class _File:
    """One model on one subset of a benchmark."""

    def __init__(self, peek: Peek, reading: Reading) -> None:
        folders = folders_of(peek)
        self._reading = reading
        self._task = reading.task_of(stem(peek.name), stem(peek.name))
        self._folder = slashed(folders[-1]) if folders else None
        self._reviews = _reviews(_beside(peek, "reviews"), reading)
        if "model_output" in peek.row and not self._reviews:
            reading.tell("EvalScope: no reviews beside the predictions: no references")

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The rows of one prediction or review."""
        said = record.get("model")
        model = self._reading.model_of(
            said if isinstance(said, str) and said else self._folder, stem(place.file)
        )
        index = record.get("index")
        if not isinstance(index, int | str):
            raise LineError("field index is missing or no number")
        review = self._reviews.get(index) or _Review(record)
        samples = _predicted(record) if "model_output" in record else [_scored(record)]
        problem_id = self._problem(record, review)
        return [
            self._reading.row(
                place, self._task, problem_id, model, self._index(review, problem_id, model),
                reference_answer=review.target, problem=_asked(record), **sample, **review.judged,
            )
            for sample in samples
        ]  # fmt: skip

    def _index(self, review: _Review, problem_id: str, model: str) -> int:
        if review.number is not None:
            return review.number
        return self._reading.next_index(self._task, problem_id, model)

    def _problem(self, record: dict[str, Any], review: _Review) -> str:
        """The group of repeats, else what was asked: repeats of older caches differ by order."""
        if review.group is not None:
            return str(review.group)
        text = _asked(record)
        if text:
            return hashed_id(text)
        self._reading.losses.note("EvalScope: no group and no prompt: each index is a problem")
        return str(record["index"])


class _Review:
    """What a review says: target, group and number of the repeat, answer and verdict."""

    __slots__ = ("group", "judged", "number", "target")

    def __init__(self, record: dict[str, Any]) -> None:
        metadata = record.get("metadata")
        score = object_of(record.get("sample_score"), "sample_score")
        about = {**(metadata if isinstance(metadata, dict) else {}), **score}
        group, number = about.get("group_id"), about.get("generation_index")
        self.target = reference_of(record.get("target"))
        self.number = number if type(number) is int and number >= 0 else None
        self.group = group if isinstance(group, int | str) else None
        self.judged = _judged(score.get("score"))


def _judged(score: Any) -> dict[str, Any]:
    if not isinstance(score, dict):
        return {}
    value = score.get("value")
    first = next(iter(value.values()), None) if isinstance(value, dict) else value
    verdict = verdict_of(first)
    answer = score.get("extracted_prediction")
    return {
        "prior_answer": answer if isinstance(answer, str) and answer else None,
        "prior_verdict": verdict,
    }


def _reviews(path: str, reading: Reading) -> dict[Any, _Review]:
    """The reviews of a predictions file by index; none where there are none."""
    if not path or not PurePath(path).name:
        return {}
    from pathlib import Path  # noqa: PLC0415

    if not Path(path).is_file():
        return {}
    found = {}
    for place, record in reading.records(look(path)):
        try:
            found[record.get("index")] = _Review(record)
        except (LineError, TypeError) as error:
            reading.losses.note_bad(place, f"no review ({error})")
    return found


def _predicted(record: dict[str, Any]) -> list[dict[str, Any]]:
    output = object_of(record.get("model_output"), "model_output")
    choices = [object_of(c, "choices") for c in list_of(output.get("choices"), "choices")]
    failure = error_of(output.get("error"))
    if not choices:
        return [{"error": failure or error_of("no output")}]
    usages = split_usage(usage_of(output.get("usage")), len(choices))
    return [
        _choice(choice) | {"usage": usage, "error": failure}
        for choice, usage in zip(choices, usages, strict=True)
    ]


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    text, thoughts = message_of(choice.get("message"))
    reason = first_of(choice, ("stop_reason", "finish_reason"))
    return {"response": text, "reasoning": thoughts, "finish_reason": finish_of(reason)}


def _scored(record: dict[str, Any]) -> dict[str, Any]:
    """A review alone keeps the text of what it judged."""
    score = object_of(object_of(record.get("sample_score"), "sample_score").get("score"), "score")
    text = score.get("prediction")
    if not isinstance(text, str):
        raise LineError("field sample_score.score.prediction is no text")
    return {"response": text}


def _asked(record: dict[str, Any]) -> str | None:
    """The last thing the user said."""
    asked = record.get("input")
    if isinstance(asked, str) and asked:
        return asked
    messages = record.get("messages") if asked is None or asked == "" else asked
    said = [
        m for m in list_of(messages, "messages") if isinstance(m, dict) and m.get("role") == "user"
    ]
    return content_of(said[-1].get("content"))[0] if said else None

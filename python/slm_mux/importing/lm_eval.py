"""lm-evaluation-harness, `--log_samples`: `samples_<task>_<date>.jsonl`.

A document stands once for each filter of its task; its responses are the same in all of them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from slm_mux.importing.reading import folders_of, slashed, stem
from slm_mux.importing.values import (
    LETTERS,
    choices_of,
    first_of,
    list_of,
    object_of,
    params_of,
    reference_of,
    text_of,
)
from slm_mux.importing.worked import final_answer
from slm_mux.store.jsonl import LineError
from slm_mux.store.rows import check_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow

NO_CONTENT = "LMEVAL_MODEL_NONE_ANSWER_PLACEHOLDER"
"""What the harness stores where a server sent no content."""

_NAME = re.compile(r"samples_(?P<task>.+?)(?:_\d{4}-\d\d-\d\dT[\d.:-]+)?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
EXTRA = "slm_mux"
"""The field in which an export of ours keeps what the layout has no place for."""


def detects(peek: Peek) -> bool:
    """Documents with their responses."""
    return "doc_id" in peek.row and ("resps" in peek.row or "filtered_resps" in peek.row)


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """One row per document and response."""
    for peek in files:
        yield from reading.each(reading.records(peek), _File(peek, reading).convert)


class _File:
    """One samples file."""

    def __init__(self, peek: Peek, reading: Reading) -> None:
        match = _NAME.fullmatch(stem(peek.name))
        folder = (folders_of(peek) or ("unnamed",))[-1]
        self._reading = reading
        self._task = reading.task_of(match and match["task"], stem(peek.name))
        self._model = ""
        if EXTRA not in peek.row:  # an export of ours says it itself
            self._model = reading.model_of(slashed(folder) if match else None, slashed(folder))
            reading.once(
                ("lm-eval", match["task"] if match else stem(peek.name), self._model),
                f"lm-eval: several runs of {self._task} by {self._model} are taken as further "
                "samples: name one file to score one run",
            )
        self._filters: dict[Any, Any] = {}  # per document, the filter it was taken under

    def convert(self, place: Place, record: dict[str, Any]) -> list[SampleRow]:
        """The rows of a document, once whatever the number of its filters."""
        doc_id, under = record.get("doc_id"), record.get("filter")
        if not isinstance(doc_id, int | str):
            raise LineError("field doc_id is missing or no number")
        if self._filters.setdefault(doc_id, under) != under:
            return []
        texts = self._texts(record)
        if EXTRA in record:
            return self._exported(record, texts)
        doc = record.get("doc")
        doc = doc if isinstance(doc, dict) else {}
        problem_id = str(doc.get("problem_id") or doc_id)
        about = self._about(record, doc)
        return [
            self._reading.row(
                place, self._task, problem_id, self._model,
                self._reading.next_index(self._task, problem_id, self._model),
                response=text, **about,
            )
            for text in texts
        ]  # fmt: skip

    def _about(self, record: dict[str, Any], doc: dict[str, Any]) -> dict[str, Any]:
        choices = choices_of(doc.get("choices"))
        sha = record.get("prompt_hash")
        known = isinstance(sha, str) and _SHA256.fullmatch(sha)
        self._reading.tell(
            "lm-eval: no finish_reason: truncated answers cannot be told from unparsed ones"
        )
        self._reading.tell(
            "lm-eval: what its filters and metrics found is left out, and it has no token counts"
        )
        return {
            "reference_answer": self._reference(record.get("target"), doc, choices),
            "choices": choices,
            "prompt_sha256": sha if known else None,
            "params": params_of(_arguments(record.get("arguments"))),
            "problem": _text(first_of(doc, ("problem", "question", "query"))),
        }

    def _reference(self, target: Any, doc: dict[str, Any], choices: list[str] | None) -> str | None:
        if answer := final_answer(target):
            self._reading.tell("lm-eval: targets reduced to what follows ####")
            target = answer
        if choices is None:
            return reference_of(target)
        letter = _labelled(target, doc, choices)
        if letter is None and (letter := _indexed(target, choices)):
            self._reading.tell("lm-eval: targets of digits are indexes of the options, from 0 on")
        reference = letter or reference_of(target, choices)
        if reference not in (None, *LETTERS[: len(choices)], *choices):
            self._reading.losses.note("lm-eval: targets that are neither a letter nor an option")
        return reference

    def _exported(self, record: dict[str, Any], texts: list[str | None]) -> list[SampleRow]:
        """The rows of a document that `convert --to lm-eval` wrote: as they were."""
        extra = object_of(record[EXTRA], EXTRA)
        samples = list_of(extra.get("samples"), f"{EXTRA}.samples")
        failed = list_of(extra.get("failed"), f"{EXTRA}.failed")
        if len(samples) != len(texts):
            raise LineError(f"field {EXTRA}.samples is not as long as resps")
        answered = zip([*samples, *failed], [*texts, *([None] * len(failed))], strict=True)
        return [self._again(extra, object_of(s, EXTRA), text) for s, text in answered]

    def _again(self, extra: dict[str, Any], sample: dict[str, Any], text: str | None) -> SampleRow:
        row = check_row(
            {name: extra.get(name) for name in ("task", "problem_id", "model")}
            | {"response": text}
            | sample
        )
        row["model"] = self._reading.model_of(row["model"], row["model"])
        row["task"] = self._reading.task or row.get("task") or self._task
        if self._reading.kind is not None:
            row["kind"] = self._reading.kind
        return row

    def _texts(self, record: dict[str, Any]) -> list[str | None]:
        """The responses: of `resps`, because filters keep one of k."""
        if record.get("resps") is None:
            self._reading.losses.note("lm-eval: no resps: responses as the first filter cut them")
            found = list_of(record.get("filtered_resps"), "filtered_resps")
        else:
            found = list_of(record["resps"], "resps")
        nested = [inner for item in found for inner in (item if isinstance(item, list) else [item])]
        if not all(text is None or isinstance(text, str) for text in nested) or _scored(found):
            raise LineError("log-likelihoods, not responses: no text to extract an answer from")
        return [self._content(text) for text in nested]

    def _content(self, text: str | None) -> str | None:
        if text == NO_CONTENT:
            self._reading.losses.note("lm-eval: placeholder where the server sent no content")
            return None
        return text_of(text, "resps")


def _labelled(target: Any, doc: dict[str, Any], choices: list[str]) -> str | None:
    """The letter of the option whose label a target is, unless it is the text of one."""
    options = doc.get("choices")
    labels = options.get("label") if isinstance(options, dict) else None
    if not isinstance(target, str) or target in choices or not isinstance(labels, list):
        return None
    at = labels.index(target) if target in labels else len(LETTERS)
    return LETTERS[at] if at < min(len(choices), len(LETTERS)) else None


def _indexed(target: Any, choices: list[str]) -> str | None:
    """The letter of the option at a target's index, which the harness writes as a text."""
    if not isinstance(target, str) or target in choices or not re.fullmatch(r"[0-9]{1,2}", target):
        return None
    return LETTERS[int(target)] if int(target) < min(len(choices), len(LETTERS)) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _scored(found: list[Any]) -> bool:
    """Whether these are pairs of a log-likelihood and whether it is the greedy one."""
    pairs = [item for item in found if isinstance(item, list) and len(item) == 2]  # noqa: PLR2004
    return bool(pairs) and all(str(pair[1]) in ("True", "False") for pair in pairs)


def _arguments(value: Any) -> Any:
    """The generation parameters, in whichever of its three forms the request was logged."""
    if isinstance(value, str):  # one JSON text
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    while isinstance(value, list) and value:  # requests, each a list of prompt and parameters
        value = value[-1] if isinstance(value[-1], dict) else value[0]
    if isinstance(value, dict) and isinstance(value.get("gen_args_0"), dict):
        value = value["gen_args_0"].get("arg_1")
    return value

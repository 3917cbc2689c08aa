"""Which columns of a data set of generations hold what, and whether the bulk scan reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from slm_mux.importing.values import first_of
from slm_mux.store.jsonl import LineError
from slm_mux.store.rows import check_row, check_said
from slm_mux.types import Kind

if TYPE_CHECKING:
    from slm_mux.importing.peek import Peek

# Of each role first the names that the bulk scan knows, in its order, then those of convert alone.
_LISTS = ("responses", "generations", "completions", "samples",
          "rollout_results", "outputs", "solutions", "code")  # fmt: skip
SINGLES = ("response", "generation", "model_response", "completion", "generated_solution",
            "generated_text", "raw_content", "prediction", "output")  # fmt: skip
TEXTS = ("problem", "question", "prompt", "input", "instruction")
REFERENCES = ("reference_answer", "expected_answer", "gold_answer", "ground_truth", "gt_answer",
               "gold", "reference", "target", "gts", "gt", "answer", "solution")  # fmt: skip
IDS = ("problem_id", "question_id", "unique_id", "uuid", "qid", "doc_id", "sample_id",
        "custom_id", "problem_idx", "idx", "id")  # fmt: skip
TASKS = ("task", "task_name", "dataset", "bench", "benchmark")
INDEXES = ("sample_index", "generation_index", "sample", "sample_idx", "epoch")
MODELS = ("model", "model_name", "generation_model", "generator")
FINISHED = ("finish_reason", "finish_reasons", "stop_reason")
CHOICES = ("choices", "options")
USAGES = ("usage", "token_usage")
SAID = ("text", "content", "response", "generation")  # where a response is an object
REASONING = ("reasoning", "reasoning_content")
COMPLETE = "is_reasoning_complete"  # says which responses were cut off, where nothing else does
NOT_SCANNED = {"rollout_results", "outputs", "solutions", "code", "instruction", "benchmark",
                "solution"}  # fmt: skip
"""Names of columns that the bulk scan does not know."""
VERDICTS = ("correctness_math_verify", "is_corrects", "is_correct", "correctness")
OURS = ("api_model", "params", "prompt_sha256", "pool_index", "stop", "latency_s", "created",
         "request_id", "seed")  # fmt: skip
"""Fields of a sample log that a data set may have, too."""
KINDS = get_args(Kind)
_PLAIN = {"problem_id": "", "model": "any", "sample_index": 0, "response": ""}


def detects(peek: Peek) -> bool:
    """A problem and its responses."""
    row = whole(peek.row)
    problem = any(name in row for name in (*TEXTS, *IDS))
    return problem and (_list_name(row) is not None or _single_name(row) is not None)


def is_scanned(peek: Peek, *, named: bool = False) -> bool:
    """Whether the bulk scan finds all that this reader finds, by itself.

    `named` says that the model is told beside the rows.
    """
    row = peek.row
    column = _list_name(row) or _single_name(row)
    named = named or any(name in row for name in MODELS)
    if not named or peek.shape not in ("lines", "parquet") or column is None:
        return False
    foreign = any(fault_of(name, row[name]) for name in OURS if row.get(name) is not None)
    # Of Parquet only the types are known.
    foreign = foreign or row.get("kind") not in (None, "", *KINDS)
    if foreign or any(isinstance(item, dict) for item in row[column] or ()):
        return False
    # The scan would choose among several by an order of its own.
    if COMPLETE in row or sum(name in row for name in (*_LISTS, *SINGLES)) > 1:
        return False
    about, task, answer = (
        next((name for name in names if name in whole(row)), "")
        for names in ((*IDS, *TEXTS), TASKS, REFERENCES)
    )
    if not {about, task, answer} - {""} <= row.keys() or isinstance(row.get(answer), list):
        return False
    # Options that are no texts, and a number that stands for one.
    options = first_of(row, CHOICES)
    if options is not None and (not _are_texts(options) or type(row.get(answer)) is int):
        return False
    return not {column, about, task, answer} & NOT_SCANNED


def _are_texts(options: Any) -> bool:
    return isinstance(options, list) and all(isinstance(text, str) for text in options)


def whole(row: dict[str, Any]) -> dict[str, Any]:
    """A document's fields with those of its metadata."""
    metadata = row.get("metadata")
    return {**metadata, **row} if isinstance(metadata, dict) else row


def _list_name(row: dict[str, Any]) -> str | None:
    """The column of lists; one that is null where there is nothing else."""
    found = next((name for name in _LISTS if isinstance(row.get(name), list)), None)
    if found is not None or _single_name(row) is not None:
        return found
    return next((name for name in _LISTS if name in row and row[name] is None), None)


def _single_name(row: dict[str, Any]) -> str | None:
    """The column of texts; one that is null where there is nothing else."""
    if not any(name in row for name in (*REFERENCES, *MODELS)):
        return None
    found = (name for name in SINGLES if isinstance(row.get(name), str))
    null = (name for name in SINGLES if name in row and row[name] is None)
    return next(found, None) or next(null, None)


def response_columns(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """The column of lists, and that of texts, which hold the responses."""
    return _list_name(row), _single_name(row)


def fault_of(name: str, value: Any) -> str | None:
    """Why a value is not what the field of a sample log means, where it is not."""
    try:
        check_said(check_row({**_PLAIN, name: value}))
    except LineError as error:
        return str(error)
    return None

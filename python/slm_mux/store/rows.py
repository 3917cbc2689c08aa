"""Rows of the sample log: what a row must have, and what makes two rows the same sample.

Sampling must not buy a sample twice and scoring must not count one twice, so both ask here.
"""

from __future__ import annotations

import json
import math
from types import UnionType
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args

from slm_mux.store.jsonl import MAX_LINE, LineError, parse_object
from slm_mux.store.stops import stop_of
from slm_mux.types import Kind, SampleError, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slm_mux.types import SampleRow

Params = tuple[tuple[str, Any], ...]
"""Sampling parameters as a value: sorted, hashable, unset ones left out; 1 equals 1.0."""

UNNAMED = "unnamed"
"""The task of rows that name none."""

LAST_INDEX = (1 << 32) - 1
"""The greatest sample index that a set of indexes holds."""

CUT_OFF = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "max_length"})
"""What endpoints of several makers call the end of a response that was cut off, in lower case."""

PROMPT_TOKENS = ("prompt_tokens", "input_tokens")
COMPLETION_TOKENS = ("completion_tokens", "output_tokens", "num_generated_tokens")
_MOST_TOKENS = (1 << 64) - 1

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

_TYPE_NAMES: dict[type, str] = {str: "a text", dict: "an object"}

_SAID: dict[str, tuple[type | UnionType, str]] = {
    "response": (str, "a text"),
    "reasoning": (str, "a text"),
    "finish_reason": (str, "a text"),
    "usage": (dict, "an object"),
    "latency_s": (int | float, "a number"),
    "reference_answer": (str | int | float, "a text"),
    "choices": (list, "a list of texts"),
}


class Asking(NamedTuple):
    """What was asked of whom: everything of a sample's identity but its index."""

    task: str | None
    problem_id: str
    model: str
    api_model: str | None
    prompt_sha256: str | None
    params: Params


def params_value(params: Mapping[str, Any] | None) -> Params:
    """`params` as a value to compare: a missing key is the same as None, and 1 as 1.0."""
    if not params:
        return ()
    return tuple(sorted((name, single_value(v)) for name, v in params.items() if v is not None))


def single_value(value: Any) -> Any:
    """Make a hashable stand-in: numbers and texts as they are, all else as canonical JSON."""
    if isinstance(value, str | int):
        return value
    # Not NaN, which is unequal to itself: its sample would be bought for ever.
    if isinstance(value, float) and not math.isnan(value):
        return value
    return json.dumps(value, sort_keys=True)


def asking_of(row: Mapping[str, Any]) -> Asking:
    """Take the identity of a checked row, without its index."""
    return Asking(
        row.get("task"),
        row["problem_id"],
        row["model"],
        row.get("api_model"),
        row.get("prompt_sha256"),
        params_value(row.get("params")),
    )


def parse_row(line: bytes) -> SampleRow:
    """One line as a checked row. Raises TornError (not JSON) or LineError (not a sample row)."""
    return check_row(parse_object(line))


def check_row(row: dict[str, Any]) -> SampleRow:
    """`row` with all that its identity needs: a number as id is made a text in place, 3.0 an index.

    Raises LineError, which names the field that is missing or of the wrong type.
    """
    row["problem_id"] = _id(row)
    if not isinstance(_required(row, "model"), str):
        raise LineError("field model is not a text")
    if not row["model"]:
        raise LineError("field model is missing")
    row["sample_index"] = index = whole_value(_required(row, "sample_index"))
    if type(index) is not int or index < 0:
        raise LineError("field sample_index is not a whole number from 0 on")
    _optional(row, "params", dict)
    for name in ("task", "kind", "api_model", "prompt_sha256"):
        _optional(row, name, str)
    return cast("SampleRow", row)


def check_said(row: Mapping[str, Any]) -> None:
    """Raise LineError for a row whose response, or what is told of it, no reader would take."""
    if not _is_index(row["sample_index"]):
        raise LineError(f"field sample_index is not a whole number from 0 to {LAST_INDEX}")
    if not is_error(row.get("error")) and "response" not in row:
        raise LineError("field response is missing")
    for name, (kind, what) in _SAID.items():
        value = row.get(name)
        if isinstance(value, bool) or not isinstance(value, kind | None):
            raise LineError(f"field {name} is not {what}")
    if row.get("kind", "math") not in (None, *get_args(Kind)):
        raise LineError(f"field kind is none of {', '.join(get_args(Kind))}")
    if not all(isinstance(text, str) for text in row.get("choices") or ()):
        raise LineError("field choices is not a list of texts")
    _check_drawn(row)


def _check_drawn(row: Mapping[str, Any]) -> None:
    """Raise LineError for a place in the pool or an early exit that no reader would take."""
    pool_index = row.get("pool_index")
    if pool_index is not None and not _is_index(whole_value(pool_index)):
        raise LineError("field pool_index is not a whole number from 0 on")
    if row.get("stop") is not None:
        stop_of(row["stop"])


def whole_value(value: Any) -> Any:
    """Make a whole number of one that a column of numbers with gaps made `3.0` of."""
    return int(value) if type(value) is float and value.is_integer() else value


def _is_index(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LAST_INDEX


def usage_of(row: Mapping[str, Any]) -> Usage | None:
    """What a row says of its tokens, in `usage` or beside it; one count that is missing is none.

    None where it says nothing.
    """
    usage = row.get("usage") or {}
    counts = [
        next((n for n in (_count(held, names) for held in (usage, row)) if n is not None), None)
        for names in (PROMPT_TOKENS, COMPLETION_TOKENS)
    ]
    if counts == [None, None]:
        return None
    prompt, completion = (count or 0 for count in counts)
    counted = Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )
    return cast("Usage", usage | counted)


def is_error(value: Any) -> bool:
    """Whether a value in the place of an error tells of one; false, zero and empty say no."""
    return bool(value) or isinstance(value, dict)


def error_of(value: Any) -> SampleError:
    """An error as rows have it, of whatever another tool wrote in its place."""
    about = value if isinstance(value, dict) else {"message": value}
    status, message = about.get("status"), about.get("message")
    return SampleError(
        kind=str(about.get("kind") or "error"),
        status=status if type(status) is int else None,
        message=message if isinstance(message, str) else json.dumps(value),
    )


def _count(held: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    found = (held[name] for name in names if held.get(name) is not None)
    count = next(found, None)
    return count if type(count) is int and 0 <= count <= _MOST_TOKENS else None


def _required(row: Mapping[str, Any], name: str) -> Any:
    if name not in row:
        raise LineError(f"field {name} is missing")
    return row[name]


def _id(row: Mapping[str, Any]) -> str:
    value = whole_value(_required(row, "problem_id"))
    if isinstance(value, str):
        return value
    if type(value) in (int, float):
        return str(value)
    raise LineError("field problem_id is not a text")


def _optional(row: Mapping[str, Any], name: str, kind: type) -> None:
    value = row.get(name)
    if value is not None and not isinstance(value, kind):
        raise LineError(f"field {name} is not {_TYPE_NAMES[kind]}")


def encode_row(row: Mapping[str, Any]) -> bytes:
    """`row` as one line of a log, its end included: ASCII, so that lone surrogates survive.

    Raises LineError for a row that no reader would take.
    """
    try:
        text = _ENCODER.encode(row)
    except ValueError:  # NaN or infinite, which is no JSON; but paid for
        text = json.dumps(_finite(row), separators=(",", ":"))
    if len(text) > MAX_LINE:
        raise LineError(f"a row of {len(text)} bytes, which no reader would take")
    return text.encode() + b"\n"


def _finite(value: Any) -> Any:
    """`value` with null for the numbers that JSON does not have."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

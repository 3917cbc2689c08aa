"""Our rows as Parquet: flat columns, some rows at a time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from slm_mux import columns
from slm_mux.importing.sample_log import ERROR, PARAMS, USAGE
from slm_mux.importing.writing import part_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import arro3.core

    from slm_mux.importing.losses import Losses
    from slm_mux.types import SampleRow

_ROWS = 4096  # that are Python objects at a time
_TEXTS = ("task", "kind", "problem_id", "model", "response", "reasoning", "finish_reason",
          "created", "request_id", "api_model", "prompt_sha256", "reference_answer", "stop",
          "prior_answer", "prior_verdict", "error_kind", "error_message")  # fmt: skip
_WHOLE = ("sample_index", *USAGE, "max_tokens", "seed", "error_status", "pool_index")
_REAL = ("latency_s", "temperature", "top_p")
_NESTED = ("usage", "params", "error")
_COLUMNS = {*_TEXTS, *_WHOLE, *_REAL, *_NESTED, "choices"}


def write(
    path: Path, rows: Iterable[SampleRow], losses: Losses, *, overwrite: bool = False
) -> None:
    """Write the rows, each a row; what has no column is counted. Raises InputError."""
    with part_of(path, overwrite=overwrite) as part:
        batches = (_batch(some, losses) for some in _some(map(dict, rows)))
        columns.write_batches(part, _batch([], losses).schema, batches)


def _some(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while some := list(itertools.islice(rows, _ROWS)):
        yield some


def _batch(rows: list[dict[str, Any]], losses: Losses) -> arro3.core.RecordBatch:
    from arro3.core import Array, DataType, RecordBatch  # noqa: PLC0415

    flat = [_flat(row, losses) for row in rows]
    arrays: dict[str, Any] = {}
    typed: tuple[tuple[tuple[str, ...], Any, Callable[[Any], Any]], ...] = (
        (_TEXTS, DataType.utf8(), lambda v: _text(v, losses)),
        (_WHOLE, DataType.int64(), _whole),
        (_REAL, DataType.float64(), _real),
    )
    for names, kind, convert in typed:
        for name in names:
            arrays[name] = Array([convert(row.get(name)) for row in flat], kind)
    params = [isinstance(row.get("params"), dict) for row in rows]
    arrays["has_params"] = Array(params, DataType.bool())
    arrays["choices"] = _choices(flat, losses)
    return RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))


def _flat(row: dict[str, Any], losses: Losses) -> dict[str, Any]:
    """A row with its objects spread out; no options and no error are nulls."""
    for name in row.keys() - _COLUMNS:
        if row[name] is not None:
            losses.note(f"parquet: no column for field {name!r}")
    flat = dict(row)
    for name, fields in (("usage", USAGE), ("params", PARAMS), ("error", ERROR)):
        inside = _error(row.get(name)) if name == "error" else _object(row.get(name))
        before = "error_" if name == "error" else ""
        beside = row if name == "usage" else {}  # where one count alone is known
        flat |= {before + field: inside.get(field, beside.get(field)) for field in fields}
        others = inside.keys() - set(fields)
        if others:
            losses.note(f"parquet: no column for {', '.join(sorted(others))} of {name}")
    return flat


def _error(value: Any) -> dict[str, Any]:
    """An error with its message, by which columns tell that a sample failed."""
    if value is None:
        return {}
    about = value if isinstance(value, dict) else {"kind": "error", "message": value}
    message = about.get("message")
    return about | {"message": (about.get("kind") or "failed") if message is None else message}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, losses: Losses) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        losses.note("parquet: half surrogate pairs stand as U+FFFD")
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _whole(value: Any) -> int | None:
    return value if type(value) is int and -(1 << 63) <= value < 1 << 63 else None


def _real(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _choices(rows: list[dict[str, Any]], losses: Losses) -> Any:
    """The options as a list column, empty where there are none."""
    from arro3.core import Array, DataType, list_array  # noqa: PLC0415

    given = [row.get("choices") for row in rows]
    lists = [[_text(t, losses) for t in one] if isinstance(one, list) else [] for one in given]
    offsets = list(itertools.accumulate(map(len, lists), initial=0))
    texts = [text for one in lists for text in one]
    return list_array(Array(offsets, DataType.int32()), Array(texts, DataType.utf8()))

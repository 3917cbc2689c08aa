"""Our own sample log, as JSONL or as the Parquet that `convert --to parquet` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.importing.set_columns import response_columns
from slm_mux.importing.source import STDIN
from slm_mux.store.problems import RecordedProblem, read_problems
from slm_mux.store.rows import check_row, check_said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.importing.source import Place
    from slm_mux.types import SampleRow

USAGE = ("prompt_tokens", "completion_tokens", "total_tokens")
PARAMS = ("temperature", "top_p", "max_tokens")
ERROR = ("kind", "status", "message")


def detects(peek: Peek) -> bool:
    """Rows with an identity of ours and what came."""
    ours = {"problem_id", "model", "sample_index"} <= peek.row.keys()
    failed = "error" in peek.row and response_columns(peek.row) == (None, None)
    return ours and ("response" in peek.row or failed)


def rows(files: Sequence[Peek], reading: Reading) -> Iterator[SampleRow]:
    """The rows as they are, renamed where the user says so."""
    for peek in files:
        _problems(peek, reading)
        flat = peek.shape == "parquet"

        def convert(_: Place, record: dict[str, Any], *, flat: bool = flat) -> list[SampleRow]:
            row = check_row(_nested(record) if flat else record)
            row["model"] = reading.model_of(row["model"], row["model"])
            if reading.task is not None:
                row["task"] = reading.task
            if reading.kind is not None:
                row["kind"] = reading.kind
            check_said(row)
            return [row]

        yield from reading.each(reading.records(peek), convert)


def _problems(peek: Peek, reading: Reading) -> None:
    """Pass on the problems that lie beside a log."""
    if reading.on_problem is None or peek.source.path == STDIN:
        return
    for known in read_problems(peek.source.path):
        task, kind = reading.task or known.task, reading.kind or known.kind
        reading.tell_problem(RecordedProblem(task, kind, known.problem))


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """A row of flat columns as a row of the log; columns that are null are left out.

    What is no flat column but an object, as other writers of Parquet leave it, stays.
    """
    row = {name: value for name, value in flat.items() if value is not None}
    objects = {name: row[name] for name in ("usage", "error") if isinstance(row.get(name), dict)}
    usage = {name: row.pop(name, None) for name in USAGE}
    params = {name: row.pop(name, None) for name in PARAMS}
    error = {name: row.pop(f"error_{name}", None) for name in ERROR}
    row["response"] = row.get("response")
    row["choices"] = row.get("choices") or None
    row["usage"] = usage if None not in usage.values() else None
    if row["usage"] is None:
        row |= {name: count for name, count in usage.items() if count is not None}
    row["error"] = error if error["message"] is not None else None
    if row.pop("has_params", False):
        row["params"] = params
    return row | objects

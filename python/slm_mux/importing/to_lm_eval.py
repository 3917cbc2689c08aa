"""Our rows as lm-evaluation-harness samples: `<out>/<model>/samples_<task>_<date>.jsonl`.

A document holds all samples of a model on a problem, which may lie anywhere in a log, so rows
are sorted on disk first. What the layout has no place for stands in a field of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sqlite3
import tempfile
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing.lm_eval import EXTRA, NO_CONTENT
from slm_mux.importing.writing import opened, part_of
from slm_mux.store.jsonl import reason
from slm_mux.store.rows import UNNAMED, encode_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slm_mux.importing.losses import Losses
    from slm_mux.types import SampleRow

_UNSAFE = re.compile(r"[^\w.\-]+")
_TABLE = """CREATE TABLE samples
(task BLOB, model BLOB, document INTEGER, sample INTEGER, place INTEGER, row BLOB)"""
_ALL = "SELECT task, model, document, row FROM samples ORDER BY 1, 2, 3, sample, place"
_RUNS = "SELECT DISTINCT task, model FROM samples ORDER BY 1, 2"
_OUTSIDE = ("task", "model", "problem_id", "response")

Run = tuple[str, str]  # a task and a model
Document = tuple[str, str, int, list[dict[str, Any]]]


def write(
    folder: Path, rows: Iterable[SampleRow], losses: Losses, *, overwrite: bool = False
) -> list[Path]:
    """Write one file per task and model and name them.

    Raises InputError where there are such files already, or the disk refuses.
    """
    with _sorted(rows) as base:
        places = _places(folder, base)
        older = {run: _older(*place) for run, place in places.items()}
        there = next(filter(None, older.values()), None)
        if there and not overwrite:  # said before anything is written
            raise InputError(f"{there[0]}: is there already: --overwrite replaces it")
        day = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
        return [
            _write_file(place / f"{name}_{day}.jsonl", group, older[run], losses)
            for run, group in groupby(_documents(base), key=lambda d: d[:2])
            for place, name in [places[run]]
        ]


def _places(folder: Path, base: sqlite3.Connection) -> dict[Run, tuple[Path, str]]:
    """Per task and model, the folder and how the name of its file begins."""
    runs = [(_text(task), _text(model)) for task, model in base.execute(_RUNS)]
    tasks = _distinct({task for task, _ in runs}, slash="_")
    models = _distinct({model for _, model in runs}, slash="__")
    return {run: (folder / models[run[1]], f"samples_{tasks[run[0]]}") for run in runs}


def _distinct(names: Iterable[str], slash: str) -> dict[str, str]:
    """What each name is called on disk; a hash tells those apart that would be called the same."""
    found: dict[str, str] = {}
    for name in sorted(names):
        safe = _UNSAFE.sub("_", name.replace("/", slash))
        found[name] = f"{safe}_{_sha256(name)[:8]}" if safe in found.values() else safe
    return found


@contextlib.contextmanager
def _sorted(rows: Iterable[SampleRow]) -> Iterator[sqlite3.Connection]:
    """A table of all rows in a temporary file."""
    with (
        tempfile.TemporaryDirectory(prefix="slm-mux-") as folder,
        contextlib.closing(sqlite3.connect(Path(folder) / "rows")) as base,
    ):
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.execute(_TABLE)
        try:
            base.executemany("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?)", _numbered(rows))
            yield base
        except sqlite3.Error as error:
            raise InputError(f"rows cannot be sorted in {folder}: {error}") from error


def _numbered(rows: Iterable[SampleRow]) -> Iterator[tuple[bytes, bytes, int, int, int, bytes]]:
    documents: dict[str, dict[str, int]] = {}  # per task, the problems as they first came
    for place, row in enumerate(rows):
        task = row.get("task") or UNNAMED
        known = documents.setdefault(task, {})
        number = known.setdefault(row["problem_id"], len(known))
        names = _blob(task), _blob(row["model"])
        yield *names, number, row["sample_index"], place, encode_row(row)


def _blob(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(blob: bytes) -> str:
    return blob.decode("utf-8", "surrogatepass")


def _documents(base: sqlite3.Connection) -> Iterator[Document]:
    for (task, model, number), some in groupby(base.execute(_ALL), key=lambda row: row[:3]):
        yield _text(task), _text(model), number, [json.loads(row) for *_, row in some]


def _write_file(
    path: Path, documents: Iterable[Document], older: Iterable[Path], losses: Losses
) -> Path:
    """Write a file in place of those of an earlier export."""
    with part_of(path, overwrite=False) as part, opened(part) as stream:
        _write_documents(stream, documents, losses)
    for file in older:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"{file}: cannot be replaced ({reason(error)})") from None
    return path


def _older(place: Path, name: str) -> list[Path]:
    """Files of the task that an earlier export left."""
    dated = re.compile(re.escape(name) + r"_\d{4}-\d\d-\d\dT[\d.:-]+\.jsonl")
    return sorted(file for file in place.glob("samples_*.jsonl") if dated.fullmatch(file.name))


def _write_documents(stream: IO[bytes], documents: Iterable[Document], losses: Losses) -> None:
    for _, _, number, rows in documents:
        settled = _settled(rows, losses)
        failed = sum(row.get("error") is not None for row in settled)
        if failed:
            losses.note(f"lm-eval: failed samples, kept in field {EXTRA!r} alone", failed)
        stream.write(encode_row(_document(number, settled)))


def _settled(rows: list[dict[str, Any]], losses: Losses) -> list[dict[str, Any]]:
    """One row per index: a success before a failure, then the first."""
    held: dict[int, dict[str, Any]] = {}
    for row in rows:
        old = held.setdefault(row["sample_index"], row)
        if old.get("error") is not None and row.get("error") is None:
            held[row["sample_index"]] = row
        elif old is not row and row.get("error") is None:
            losses.note("lm-eval: second responses to one sample, left out")
    return list(held.values())


def _document(number: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    answered = [row for row in rows if row.get("error") is None]
    texts = [NO_CONTENT if row.get("response") is None else row["response"] for row in answered]
    doc = {"problem_id": first["problem_id"], "choices": first.get("choices")}
    target = first.get("reference_answer")
    return {
        "doc_id": number,
        "doc": doc,
        "target": "" if target is None else target,
        "arguments": {"gen_args_0": {"arg_0": "", "arg_1": _parameters(first)}},
        "resps": [texts],
        "filtered_resps": texts[:1],
        "filter": "none",
        "metrics": [],
        "doc_hash": _sha256(json.dumps(doc, indent=2)),
        "prompt_hash": first.get("prompt_sha256") or _sha256(""),
        "target_hash": _sha256(str(target)),
        EXTRA: {
            "task": first.get("task"),
            "model": first["model"],
            "problem_id": first["problem_id"],
            "samples": [_beside(row) for row in answered],
            "failed": [_beside(row) for row in rows if row.get("error") is not None],
        },
    }


def _parameters(row: dict[str, Any]) -> dict[str, Any]:
    params = dict(row.get("params") or {})
    return {"max_gen_toks": params.pop("max_tokens", None), **params}


def _beside(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _OUTSIDE}


def _sha256(text: str) -> str:
    return hashlib.sha256(_blob(text)).hexdigest()

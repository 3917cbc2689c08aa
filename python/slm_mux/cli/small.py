"""Inputs of any sort as sample logs, for scorings that hold every response."""

from __future__ import annotations

import glob
import io
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.cli.options.recorded import BulkOptions, RecordedOptions
    from slm_mux.importing import Losses
    from slm_mux.scoring.samples import Note, SampleSet
    from slm_mux.tallies import KnownProblem
    from slm_mux.types import Kind, Profile

STDIN = Path("-")
_NAMED = 3  # files named in an error
TO_A_FOLDER = "needs a folder as --output (tables)"
_TABLES_ONLY = {
    "map": "--map",
    "keep_samples": "--keep-samples",
    "memory_limit": "--memory-limit",
    "spill": "--spill",
    "engine": "--engine",
    "ray_address": "--ray-address",
}


_FILES = {
    ".arrow", ".csv", ".eval", ".feather", ".gz", ".htm", ".html", ".ipc", ".jsonl", ".log", ".md",
    ".ndjson", ".parquet", ".pdf", ".sqlite", ".tsv", ".txt", ".xls", ".xlsx", ".yaml", ".yml",
    ".zip", ".zst", ".zstd",
}  # fmt: skip


def is_results_file(output: Path | None) -> bool:
    """Whether a results file is asked for, not a folder. Raises `InputError` for other files."""
    if output is None:
        return False
    suffix = output.suffix.lower()
    if suffix == ".json":
        return True
    if output.is_file() or (suffix in _FILES and not output.is_dir()):
        what = "is a file" if output.is_file() else "looks like a file"
        raise InputError(
            f"--output {output}: {what}: name a folder for tables, or a results file (.json)"
        )
    return False


def refuse_tables_only(bulk: BulkOptions) -> None:
    """Raise `InputError` for an option that only a scoring into tables knows."""
    plain = type(bulk)()
    for name, option in _TABLES_ONLY.items():
        if getattr(bulk, name) != getattr(plain, name):
            raise InputError(f"{option} {TO_A_FOLDER}")


def read_small(
    given: Sequence[Path],
    bulk: BulkOptions,
    recorded: RecordedOptions,
    known: Mapping[str, KnownProblem],
    profile: Profile,
) -> tuple[SampleSet, Losses]:
    """Read sample logs and what other tools recorded, which is converted; and what that lost.

    `known` holds references that settle what rows disagree on. Raises `InputError` for a source
    of no known layout, for what cannot be held in memory, and as `read_samples`.
    """
    from slm_mux.cli.inputs import read_recorded  # noqa: PLC0415
    from slm_mux.importing import Losses  # noqa: PLC0415

    losses = Losses()
    logs: list[Path] = []
    others: list[Path] = []
    for path in given:
        (others if _needs_conversion(path) else logs).append(path)
    if bulk.model is not None and logs:
        raise InputError(f"--model: the rows of {logs[0]} name their models; it {TO_A_FOLDER}")
    if not others:
        return read_recorded(logs, recorded, known, profile), losses
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "converted.jsonl")
        _convert(others, log, bulk, recorded, losses)
        try:
            samples = read_recorded([*logs, log], recorded, known, profile)
        except InputError as error:
            raise InputError(_named(str(error), log, others)) from None
    for notes in (samples.report.bad_rows, samples.report.conflict_rows):
        notes[:] = [_renamed(note, log, others) for note in notes]
    return samples, losses


def _convert(
    others: Sequence[Path], log: Path, bulk: BulkOptions, recorded: RecordedOptions, losses: Losses
) -> None:
    from slm_mux.importing import read, writing  # noqa: PLC0415

    writer = writing.LogWriter(log, overwrite=False)
    rows = read(
        others,
        model=bulk.model,
        unnamed=recorded.task,  # other tasks are left out by who reads the log
        kind=recorded.kind,
        losses=losses,
        on_problem=writer.add_problem,
    )
    writer.write(rows)


def _named(text: str, log: Path, others: Sequence[Path]) -> str:
    """A text with the files that the user named in place of `log`, which nobody can look into."""
    more = len(others) - _NAMED
    names = ", ".join(map(str, others[:_NAMED])) + (f" and {more} more" if more > 0 else "")
    text = re.sub(rf"{re.escape(str(log))}(?=:\d)", lambda _: f"{names}, sample", text)
    return text.replace(str(log), names)


def _renamed(note: Note, log: Path, others: Sequence[Path]) -> Note:
    return replace(note, file=_named(f"{note.file}:0", log, others).removesuffix(":0"))


def references_of(dataset: Path | None, kind: Kind | None) -> dict[str, KnownProblem]:
    """The references of a data set, by problem id. Raises `InputError`."""
    if dataset is None:
        return {}
    from slm_mux.scoring.bulk.references import references  # noqa: PLC0415

    return {one.problem_id: one for one in references(dataset, kind)}


def with_references(
    samples: SampleSet, dataset: Path | None, known: Mapping[str, KnownProblem]
) -> SampleSet:
    """The samples with the references of a data set, which go before those recorded.

    Raises `InputError` where none of its ids is that of a problem.
    """
    if dataset is None:
        return samples
    from slm_mux.scoring.bulk.references import refuse_strangers  # noqa: PLC0415

    refuse_strangers(dataset, known, [p.problem_id for p in samples.problems])
    problems = (
        replace(
            p,
            reference_answer=known[p.problem_id].reference_answer,
            choices=tuple(known[p.problem_id].choices or ()) or p.choices,
        )
        if p.problem_id in known
        else p
        for p in samples.problems
    )
    return replace(samples, problems=tuple(problems))


def _refuse_packed_stdin() -> None:
    """Raise `InputError` where standard input is no plain text; what is looked at stays there."""
    from slm_mux.store.jsonl import (  # noqa: PLC0415
        ARROW,
        ARROW_STREAM,
        GZIP,
        PARQUET,
        foreign,
        is_zstd,
    )

    stream = sys.stdin.buffer
    head = stream.peek(8)[:8] if isinstance(stream, io.BufferedReader) else b""
    if head.startswith(GZIP) or is_zstd(head):
        raise InputError(f"<stdin>: is compressed: that {TO_A_FOLDER}")
    if head.startswith(ARROW_STREAM):
        raise InputError(f"<stdin>: is an Arrow stream: that {TO_A_FOLDER}")
    if head.startswith((PARQUET, ARROW)):
        raise InputError(f"<stdin>: {foreign(head)}: save it to disk and name that")


def _needs_conversion(path: Path) -> bool:
    """Whether this is no plain sample log. Raises `InputError` for what cannot be converted."""
    from slm_mux.columns import describe  # noqa: PLC0415
    from slm_mux.importing import detect, is_log  # noqa: PLC0415

    if path == STDIN:
        _refuse_packed_stdin()
        return False
    if path.is_dir():
        return True
    if not path.exists():
        if glob.has_magic(str(path)):
            raise InputError(f"{path}: a pattern {TO_A_FOLDER}")
        return False
    layout = detect(path)
    form = describe(path).format
    if form.startswith("arrow") or (form == "parquet" and layout is None):
        raise InputError(f"{path}: a {form.partition('-')[0].title()} file {TO_A_FOLDER}")
    return form != "lines" or (layout is not None and not is_log(path))

"""Inputs of any sort read whole, for scorings that hold every response."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.cli.options import BulkOptions, RecordedOptions
    from slm_mux.importing import Losses
    from slm_mux.scoring.samples import Note, SampleSet

_NAMED = 3  # files named in an error


def read_small(
    given: Sequence[Path], bulk: BulkOptions, recorded: RecordedOptions
) -> tuple[SampleSet, Losses]:
    """Read sample logs and what other tools recorded, which is converted; and what that lost.

    Raises `InputError` for a source of no known layout, and as `read_samples`.
    """
    from slm_mux.cli.inputs import read_recorded  # noqa: PLC0415
    from slm_mux.importing import Losses  # noqa: PLC0415

    losses = Losses()
    others = [path for path in given if _is_foreign(path)]
    logs = [path for path in given if path not in others]
    if not others:
        return read_recorded(logs, recorded), losses
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "converted.jsonl")
        _convert(others, log, bulk, recorded, losses)
        try:
            samples = read_recorded([*logs, log], recorded)
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


def _is_foreign(path: Path) -> bool:
    """Whether it is no sample log of plain lines; what is of no layout is read as one."""
    from slm_mux.importing import detect, is_log  # noqa: PLC0415

    if str(path) == "-" or not path.exists():
        return False
    return path.is_dir() or (detect(path) is not None and not is_log(path)) or _packed(path)


def _packed(path: Path) -> bool:
    from slm_mux.importing.source import GZIP, ZSTD  # noqa: PLC0415

    with path.open("rb") as stream:
        return stream.read(4).startswith((GZIP, ZSTD))

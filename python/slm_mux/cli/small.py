"""Inputs of any sort as sample logs, for scorings that hold every response."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slm_mux.cli.options import BulkOptions, RecordedOptions


@contextmanager
def as_logs(
    given: Sequence[Path], bulk: BulkOptions, recorded: RecordedOptions
) -> Iterator[list[Path]]:
    """Yield sample logs; those of other layouts are converted into a folder that goes away.

    Raises `InputError` for a source of no known layout.
    """
    from slm_mux.importing import read, writing  # noqa: PLC0415

    logs: list[Path] = []
    others: list[Path] = []
    for path in given:
        (others if _is_foreign(path) else logs).append(path)
    if not others:
        yield logs
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "converted.jsonl")
        rows = read(others, model=bulk.model, task=recorded.task, kind=recorded.kind)
        writer = writing.LogWriter(log, overwrite=False)
        writer.write(rows)
        yield [*logs, log]


def _is_foreign(path: Path) -> bool:
    """Whether it is anything but a sample log of plain lines; what is of no layout is read as one."""
    from slm_mux.importing import detect, is_log  # noqa: PLC0415

    if str(path) == "-" or not path.exists():
        return False
    return path.is_dir() or _packed(path) or (detect(path) is not None and not is_log(path))


def _packed(path: Path) -> bool:
    from slm_mux.importing.source import GZIP, ZSTD  # noqa: PLC0415

    with path.open("rb") as stream:
        return stream.read(4).startswith((GZIP, ZSTD))

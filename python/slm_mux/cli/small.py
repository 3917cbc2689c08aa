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
    from slm_mux.importing import detect, read, writing  # noqa: PLC0415

    logs: list[Path] = []
    others: list[Path] = []
    for path in given:
        layout = detect(path) if str(path) != "-" and path.exists() else None
        foreign = path.is_dir() or (layout is not None and layout.name != "slm-mux")
        (others if foreign or _packed(path) else logs).append(path)
    if not others:
        yield logs
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "converted.jsonl")
        rows = read(others, model=bulk.model, task=recorded.task, kind=recorded.kind)
        writer = writing.LogWriter(log, overwrite=False)
        writer.write(rows)
        yield [*logs, log]


def _packed(path: Path) -> bool:
    return path.suffix in (".gz", ".zst", ".zstd")

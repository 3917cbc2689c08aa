"""The folder of a job: all its files take their places together at the end, or none does."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux import columns
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SAMPLES, TALLIES = "samples.parquet", "tallies.parquet"
DECISIONS, SUMMARY = "decisions.parquet", "summary.json"
_NAMES = (SAMPLES, TALLIES, DECISIONS, SUMMARY)


class Places:
    """Where the files of one job are written until it is done: beside their places."""

    def __init__(self, folder: Path) -> None:
        self._ends = {name: folder / name for name in _NAMES}
        self._parts = {name: folder / f".{name}.{os.getpid()}.new" for name in _NAMES}

    def __getitem__(self, name: str) -> Path:
        """Where to write this file for now."""
        return self._parts[name]

    def told(self, message: str) -> str:
        """A message with the names that files are going to have."""
        for name, part in self._parts.items():
            message = message.replace(str(part), str(self._ends[name]))
        return message

    def take(self) -> None:
        """Move what was written to its place; what an earlier job left of the rest goes away."""
        for end in self._ends.values():
            if end.is_dir():
                raise InputError(f"{end}: a folder is in the way: choose another --output")
        written = [name for name in _NAMES if self._parts[name].exists()]
        try:
            self._move(written)
        except KeyboardInterrupt:
            self._move(written)  # it takes no time, and leaves the files of one job together
            raise

    def _move(self, written: Sequence[str]) -> None:
        for name, end in self._ends.items():
            part = self._parts[name]
            try:
                if name not in written:
                    end.unlink(missing_ok=True)
                elif part.exists():
                    part.replace(end)
            except OSError as error:
                raise InputError(
                    f"{end}: cannot be replaced ({error.strerror}): choose another --output"
                ) from error

    def clear(self) -> None:
        """Remove what has not taken its place."""
        for part in self._parts.values():
            with suppress(OSError):
                part.unlink()


def refuse_foreign(folder: Path) -> None:
    """Raise `InputError` for a file that no job of ours wrote where one is to be replaced."""
    for name in _NAMES:
        end = folder / name
        if end.is_file() and not _is_ours(end):
            raise InputError(
                f"{end}: is no {name} of an earlier job and would be replaced: choose another "
                "--output, or move it away"
            )


def _is_ours(path: Path) -> bool:
    if path.name != SUMMARY:
        with suppress(InputError):  # metadata of ours that is damaged is not the user's either
            return columns.describe(path).metadata is not None
        return True
    try:
        summary = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(summary, dict) and "summary_version" in summary


@contextmanager
def replacing(folder: Path) -> Iterator[Places]:
    """Places for the files of a job, which are taken when the block ends well.

    Nothing of an earlier job is touched before; whatever ends the block leaves no file behind.
    Raises `InputError` where a file cannot take its place, and as the block.
    """
    places, there = Places(folder), folder.exists()
    try:
        yield places
        places.take()
    except InputError as error:
        raise InputError(places.told(str(error))) from error
    finally:
        places.clear()
        if not there:
            with suppress(OSError):  # it holds tables
                folder.rmdir()

"""Files that appear whole or not at all, and never in place of another unasked."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.store.jsonl import LineError, reason
from slm_mux.store.rows import encode_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slm_mux.types import SampleRow


def write_log(path: Path, rows: Iterable[SampleRow], *, overwrite: bool = False) -> None:
    """Write rows as a sample log. Raises InputError where the file is there or cannot be made."""
    with part_of(path, overwrite=overwrite) as part, opened(part) as stream:
        for row in rows:
            try:
                stream.write(encode_row(row))
            except LineError as error:
                where = f"problem {row['problem_id']!r}, model {row['model']!r}"
                raise InputError(f"{where}: {error}") from None


@contextlib.contextmanager
def part_of(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A file or folder beside `path`, which takes its name when the block ends well.

    Raises InputError: `path` is there already and not to be overwritten, or cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        refuse_existing(path, overwrite=overwrite)  # whoever came first stays
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({reason(error)}): choose another --output"
        ) from error
    finally:
        _remove(part)


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Raise InputError where `path` is a folder, or a file that is to be kept."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder: name a file")
    if path.exists() and not overwrite:
        raise InputError(f"{path}: is there already: --overwrite replaces it")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A new file, on disk when the block ends."""
    with path.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)

"""Files that appear whole or not at all, and never in place of another unasked."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.store.jsonl import LineError, reason
from slm_mux.store.problems import encode_problem, problems_path
from slm_mux.store.rows import encode_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slm_mux.store.problems import RecordedProblem
    from slm_mux.types import SampleRow

_IN_MEMORY = 1 << 22  # bytes of problems that are held in memory


class LogWriter:
    """Writes a sample log and, beside it, the problems that came with the rows."""

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self._path, self._overwrite = path, overwrite
        self._problems: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def add_problem(self, problem: RecordedProblem) -> None:
        """Take a problem, to be written with the log."""
        self._problems.write(encode_problem(problem))

    def write(self, rows: Iterable[SampleRow]) -> None:
        """Write all rows. Raises InputError where a file is there already or cannot be made."""
        beside = problems_path(self._path)
        with self._problems:
            # Problems of another log would be taken for those of this one.
            self._refuse_problems(beside)
            with part_of(self._path, overwrite=self._overwrite) as part:
                with opened(part) as stream:
                    for row in rows:
                        stream.write(_encoded(row))
                beside.unlink(missing_ok=True)
                if self._problems.tell():
                    self._write_problems(beside)

    def _refuse_problems(self, beside: Path) -> None:
        """Raise InputError for a problems file that the user did not name, and why it matters."""
        refuse_existing(beside, overwrite=True)  # a folder
        if beside.exists() and not (self._overwrite or self._path.exists()):
            where = f"where the problems of {self._path} go"
            raise InputError(f"{beside}: is there already, {where}: --overwrite replaces it")

    def _write_problems(self, path: Path) -> None:
        self._problems.seek(0)
        with part_of(path, overwrite=False) as part, opened(part) as stream:
            shutil.copyfileobj(self._problems, stream)


def _encoded(row: SampleRow) -> bytes:
    try:
        return encode_row(row)
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

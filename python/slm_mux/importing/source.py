"""Opening what others wrote: plain, gzip or zstd, a file or standard input, told by content."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import stat
import sys
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from slm_mux.errors import InputError, LogError
from slm_mux.store.jsonl import (
    ARROW,
    GZIP,
    PARQUET,
    ZIP,
    foreign,
    is_zstd,
    numbered_lines,
    reason,
)
from slm_mux.store.packed import zstd_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STDIN = "-"
_HEAD = 512
_OPEN = (b"{", b"[", b",")  # a line of JSON that goes on in the next
_DAMAGE: tuple[type[Exception], ...] = (EOFError, zlib.error, gzip.BadGzipFile)


class Place(NamedTuple):
    """Where a record stands: the file as it was named, and the line or row from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class DamagedError(InputError):
    """A packed file that is cut short or broken; the message does not name it."""


class Source:
    """One file, or standard input (`-`), which gives its first line twice."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = "<stdin>" if path == STDIN else path
        self._stdin: IO[bytes] | None = None
        self._first = b""

    @contextlib.contextmanager
    def open(self, tick: Callable[[int], None] | None = None) -> Iterator[IO[bytes]]:
        """The bytes, unpacked; `tick` is told how many packed ones have been read.

        Raises InputError where the file cannot be opened; DamagedError in the reading.
        """
        if self.path == STDIN:
            yield self._standard_input()
            return
        try:
            raw = Path(self.path).open("rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read: {reason(error)}") from None
        with raw, _unpacked(raw, tick) as stream:
            yield stream

    def _standard_input(self) -> IO[bytes]:
        if self._stdin is None:
            stream = sys.stdin.buffer
            magic = stream.peek(4)[:4] if isinstance(stream, io.BufferedReader) else b""
            self._stdin = _unpack(stream, magic)
            return _Once(self)  # type: ignore[return-value]
        return io.BufferedReader(_Again(self._first, self._stdin))

    def read_first_line(self, size: int) -> bytes:
        """The first line of standard input, kept to be read again; then the next."""
        assert self._stdin is not None  # noqa: S101 - it is open
        line = self._stdin.readline(size)
        self._first += line
        return line

    def lines(self, tick: Callable[[int], None] | None = None) -> Iterator[tuple[Place, bytes]]:
        """The lines that are not blank. Raises InputError, which names file and line."""
        number = 0
        try:
            with self.open(tick) as stream:
                for number, line in numbered_lines(stream, self.name):
                    if line.strip():
                        yield Place(self.name, number), line
        except DamagedError as error:
            raise InputError(f"{self.name}:{number + 1}: {error}") from None

    def foreign(self) -> str | None:
        """What the file is and what to do, where it is known and of no use here."""
        if self.path != STDIN:
            return foreign(self.head())
        what = foreign(self._first)
        named = self._first.startswith((PARQUET, ARROW, ZIP))
        return f"{what}: name it as a file" if what and named else what

    @property
    def starts_document(self) -> bool:
        """Whether standard input, which was looked at, starts as a JSON document of many lines."""
        first = self._first.strip()
        return first.startswith(b"[") or (first.startswith(b"{") and first.endswith(_OPEN))

    @property
    def size(self) -> int:
        """Bytes on disk; 0 where that is not known."""
        try:
            return 0 if self.path == STDIN else Path(self.path).stat().st_size
        except OSError:
            return 0

    def head(self) -> bytes:
        """The first bytes, unpacked; of standard input none."""
        if self.path == STDIN:
            return b""
        try:
            with self.open() as stream:
                return stream.read(_HEAD)
        except DamagedError as error:
            raise InputError(f"{self.name}: {error}") from None


def source_of(path: Path) -> Source:
    """The file at a path, even where it is called `-`."""
    name = str(path)
    return Source(f"./{name}" if name == STDIN else name)


def refuse_pipe(path: str) -> None:
    """Raise InputError for a pipe and the like, which would give its bytes only once."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputError(f"{path}: is a pipe or device: send it to standard input, and name it -")


class _Once:
    """Standard input as it is looked at for the first time."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def readline(self, size: int) -> bytes:
        return self._source.read_first_line(size)


class _Again(io.RawIOBase):
    """Standard input from its start, the line that was looked at included."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._first:
            return self._rest.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
        part, self._first = self._first[: len(buffer)], self._first[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


@contextlib.contextmanager
def _unpacked(raw: IO[bytes], tick: Callable[[int], None] | None) -> Iterator[IO[bytes]]:
    try:
        magic = raw.read(4)
        raw.seek(0)
    except OSError as error:
        raise LogError(f"{raw.name}: cannot be read: {reason(error)}") from None
    yield _unpack(raw, magic, tick)


def _unpack(
    raw: IO[bytes], magic: bytes, tick: Callable[[int], None] | None = None
) -> io.BufferedReader:
    """The stream that is packed in `raw`, which starts with `magic`."""
    inner, damage = raw, _DAMAGE
    if magic.startswith(GZIP):
        inner = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
    elif is_zstd(magic):
        zstd = zstd_module()
        inner, damage = zstd.ZstdFile(raw), (*_DAMAGE, zstd.ZstdError)
    return io.BufferedReader(_Checked(inner, raw, damage, tick), 1 << 18)


class _Checked(io.RawIOBase):
    """Passes bytes on, tells how far it is, and calls damage by its name."""

    def __init__(
        self,
        inner: Any,
        raw: IO[bytes],
        damage: tuple[type[Exception], ...],
        tick: Callable[[int], None] | None,
    ) -> None:
        self._inner, self._raw, self._damage, self._tick = inner, raw, damage, tick
        self._told = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            count: int = self._inner.readinto(buffer)
        except self._damage as error:
            how = str(error) or "the end is missing"
            raise DamagedError(f"cut short or damaged ({how}): fetch it again") from None
        if self._tick is not None:
            at = self._raw.tell()
            self._tick(at - self._told)
            self._told = at
        return count


def zipfile_module() -> Any:
    """`zipfile` that knows zstd members, or its backport before Python 3.14."""
    if sys.version_info >= (3, 14):
        import zipfile  # noqa: PLC0415
    else:
        from backports.zstd import zipfile  # noqa: PLC0415
    return zipfile

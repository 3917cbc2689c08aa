"""Reading JSONL that may be torn, damaged or no JSONL at all."""

from __future__ import annotations

import json
import os
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar

from slm_mux.columns import MOST_LINE_BYTES
from slm_mux.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_LINE = MOST_LINE_BYTES
"""Bytes of the longest line that is read: a file without line ends must not fill the memory."""

MAX_VALUE = 1 << 28
"""Bytes of the longest value of a JSON document that is read, of which lines take up a part."""

_BLOCK = 1 << 20

# NaN and the infinities, which Python writes and JSON does not have, are no value.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)

_BOM = b"\xef\xbb\xbf"

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
PARQUET, ARROW, ARROW_STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
"""The first bytes of files that are no plain text."""

_SKIPPABLE = b"\x2a\x4d\x18"  # after 0x50 to 0x5f

# First bytes of what people give by mistake for a log.
_FOREIGN = {
    GZIP: "is gzip-compressed: unpack it first (gunzip)",
    ZSTD: "is zstd-compressed: unpack it first (unzstd)",
    b"BZh": "is bzip2-compressed: unpack it first (bunzip2)",
    b"\xfd7zXZ": "is xz-compressed: unpack it first (unxz)",
    ZIP: "is a zip archive, not JSONL",
    PARQUET: "is a Parquet file, not JSONL",
    ARROW: "is an Arrow file, not JSONL",
    ARROW_STREAM: "is an Arrow stream, not JSONL",
    b"\xff\xfe": "is UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text: save it as UTF-8",
    b'{\0"\0': "is UTF-16 text: save it as UTF-8",
    b'\0{\0"': "is UTF-16 text: save it as UTF-8",
}

T = TypeVar("T")


def is_zstd(head: bytes) -> bool:
    """Whether a file that begins so is zstd-compressed; its first frame may be a skippable one."""
    return head.startswith(ZSTD) or (head[1:4] == _SKIPPABLE and head[0] >> 4 == 5)  # noqa: PLR2004


class LineError(ValueError):
    """A line that cannot be used; the message is the reason, without file and line."""


class TornError(LineError):
    """A line that is not even JSON: what a killed writer leaves at the end of a file."""


def numbered_lines(stream: IO[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of `stream` with their numbers, from 1, ends included.

    Of a line beyond `MAX_LINE` comes the start, which `parse_object` refuses. Raises LogError,
    which names `name`, where the first bytes show a file of another kind, or reading fails.
    """
    number = 0
    try:
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if number == 1:
                _refuse_foreign(line, name)
            if _is_long(line):
                _pass_over(stream)
            yield number, line
    except OSError as error:
        raise LogError(f"{name}: cannot be read: {reason(error)}") from error


def _is_long(line: bytes) -> bool:
    return len(line) > MAX_LINE and not line.endswith(b"\n")


def _pass_over(stream: IO[bytes]) -> None:
    """Read to the end of a line without holding it."""
    while (part := stream.readline(_BLOCK)) and not part.endswith(b"\n"):
        pass


def _refuse_foreign(line: bytes, name: str) -> None:
    if what := foreign(line):
        raise LogError(f"{name}: {what}")


def foreign(head: bytes) -> str | None:
    """What a file with these first bytes is, and what to do, where it is known and no JSONL."""
    return next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), None)


def parse_object(line: bytes) -> dict[str, Any]:
    """One line as a JSON object. Raises TornError or LineError."""
    if _is_long(line):
        raise LineError(f"longer than {MAX_LINE >> 20} MiB")
    try:
        # Text, because `json` also takes bytes of UTF-16 and raw surrogates.
        row = _DECODER.decode(line.removeprefix(_BOM).decode())
    except (ValueError, RecursionError) as error:
        raise TornError("not valid JSON") from error
    if not isinstance(row, dict):
        raise LineError("not a JSON object")
    return row


def mended(text: str) -> str:
    """`text` with half surrogate pairs as U+FFFD, as which the tables of votes read them."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class StrictReader(Generic[T]):
    """The lines of our own file, where only the last may be damaged: a killed run tore it.

    Iterate once, from the start to the end that the file had then; after it `good` is the offset
    behind the last whole line, `torn` the bytes after it, and `open_ended` whether that line
    lacks its line end. Blank lines are passed over. Raises LogError at any other damage.
    """

    def __init__(
        self,
        path: Path,
        parse: Callable[[bytes], T],
        *,
        shown: Path | None = None,
        end: int | None = None,
    ) -> None:
        """Read `path`, called `shown` in errors, up to offset `end` where given."""
        self._path, self._parse, self._shown, self._end = path, parse, shown or path, end
        self.good = self.torn = 0
        self.open_ended = False

    def __iter__(self) -> Iterator[T]:
        try:
            stream = self._path.open("rb")
        except OSError as error:
            raise LogError(f"{self._shown}: cannot be read: {reason(error)}") from error
        with stream:
            # A run may be writing: what comes after this moment is left alone.
            end = os.fstat(stream.fileno()).st_size if self._end is None else self._end
            for number, line in numbered_lines(stream, str(self._shown)):
                where = f"{self._shown}:{number}"
                try:
                    if line.strip():
                        yield self._parse(line)
                except TornError as error:
                    self._bear(error, line, where, last=self.good + len(line) >= end)
                    return
                except LineError as error:
                    raise LogError(f"{where}: {error}") from error
                self.good += len(line)
                self.open_ended = not line.endswith(b"\n")
                if self.good >= end:
                    return

    def _bear(self, error: TornError, line: bytes, where: str, *, last: bool) -> None:
        """Note a torn last line; it begins as ours do, or it is somebody else's file."""
        start = line.lstrip(b"\0")  # what a power cut left unwritten
        if start and not start.startswith(b"{"):
            raise LogError(f"{where}: {error}; is this a sample log (JSONL)?") from error
        if not last:
            raise LogError(f"{where}: {error}: mend or remove this line, then run again") from error
        self.torn = len(line)


def reason(error: OSError) -> str:
    """Why the system refused, in its words."""
    return error.strerror or str(error) or type(error).__name__

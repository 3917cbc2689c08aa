"""What a file shows of itself at first sight: enough to tell whose it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from slm_mux.errors import InputError
from slm_mux.importing.json_walk import walk
from slm_mux.importing.source import STDIN, DamagedError, Source, refuse_pipe, zipfile_module
from slm_mux.store.jsonl import MAX_LINE, PARQUET, ZIP, LineError, parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator

Shape = Literal["empty", "lines", "json", "zip", "parquet", "tar", "unknown"]

_ZIPS = (ZIP, b"PK\x05\x06")
_AHEAD = 16  # lines behind a damaged first one that are looked at
_BLOCK = 1 << 20
_MEMBERS = 64  # members of a JSON object, and items of its lists, that are looked at


@dataclass(frozen=True, slots=True)
class Peek:
    """One file at first sight.

    `first` is the first row of JSONL; of a JSON object its first members, each list with its
    first item alone; of a JSON list the item under ""; of Parquet the
    columns, each with an empty value of its type. `names` are the members of a zip archive.
    """

    source: Source
    shape: Shape
    first: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file as it is shown."""
        return self.source.name

    @property
    def row(self) -> dict[str, Any]:
        """The first row of JSONL, of Parquet or of a JSON list of objects; else nothing."""
        if self.shape in ("lines", "parquet"):
            return self.first
        item = self.listed("")
        return item if self.shape == "json" else {}

    @property
    def is_list(self) -> bool:
        """Whether it is a JSON list of objects."""
        return self.shape == "json" and bool(self.listed(""))

    def listed(self, key: str) -> dict[str, Any]:
        """The first object of the list under `key`; nothing where there is none."""
        value = self.first.get(key)
        item = value[0] if isinstance(value, list) and value else None
        return item if isinstance(item, dict) else {}


def peek(path: str) -> Peek:
    """Look at a file or standard input. Raises InputError: it cannot be read or is damaged."""
    source = Source(path)
    if path != STDIN:
        refuse_pipe(path)
    head = source.head()
    if path != STDIN and not head:
        return Peek(source, "empty")
    refuse_packed(path, head)
    if head.startswith(_ZIPS):
        return Peek(source, "zip", names=_members(path))
    if head.startswith(PARQUET):
        from slm_mux.importing.columns import columns_of  # noqa: PLC0415

        return Peek(source, "parquet", columns_of(path))
    if head[257:262] == b"ustar":
        return Peek(source, "tar")
    return _text(source)


def refuse_packed(path: str, head: bytes) -> None:
    """Raise InputError for a file that is read from its end, but packed; `head` is not."""
    if not head.startswith((*_ZIPS, PARQUET)):
        return
    with Path(path).open("rb") as file:
        if not head.startswith(file.read(4)):
            what = "a Parquet file" if head.startswith(PARQUET) else "a zip archive"
            raise InputError(f"{path}: {what} packed once more: unpack it first")


def _members(path: str) -> tuple[str, ...]:
    zipfile = zipfile_module()
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"{path}: a zip archive cut short or damaged ({error})") from None


def _text(source: Source) -> Peek:
    try:
        with source.open() as stream:
            lines = _lines(stream)
            first = next(lines, b"")
            row = _object(first)
            # Where the first line is damaged, others tell; of standard input one is looked at,
            # and what has no lines is not read through.
            alone = source.path == STDIN or (len(first) > MAX_LINE and _starts(first) != b"{")
            others = islice(lines, 0 if alone else _AHEAD)
            behind = row if row is not None else next(filter(None, map(_object, others)), None)
    except DamagedError as error:
        raise InputError(f"{source.name}:1: {error}") from None
    if not first:
        return Peek(source, "empty")
    if row is None and _starts(first) in b"[{":
        document, whole = _document(source)
        if document.shape == "json" and (whole or behind is None or not _is_torn(first)):
            return document
    return Peek(source, "unknown") if behind is None else Peek(source, "lines", behind)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines that are not blank, those that are too long cut off."""
    while line := stream.readline(MAX_LINE + 1):
        if line.strip():
            yield line
        while line and not line.endswith(b"\n"):
            line = stream.readline(_BLOCK)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        return parse_object(line)
    except LineError:
        return None


def _starts(line: bytes) -> bytes:
    return line.lstrip(b"\xef\xbb\xbf \t")[:1]


def _is_torn(line: bytes) -> bool:
    """Whether a line that is no JSON object is none of a document's first lines, either."""
    return len(line) > MAX_LINE or line.strip() not in {b"[", b"{"}


def _document(source: Source) -> tuple[Peek, bool]:
    """A JSON document of several lines up to its first long list, and whether it is whole."""
    if source.path == STDIN:
        return Peek(source, "unknown"), False
    first: dict[str, Any] = {}
    try:
        with source.open() as stream:
            _look(stream, source.name, first)
    except InputError:  # its reader says where the damage is
        return Peek(source, "json" if first else "unknown", first), False
    return Peek(source, "json", first), True


def _look(stream: IO[bytes], name: str, first: dict[str, Any]) -> None:
    items: Counter[str] = Counter()

    def into(key: str) -> bool:
        items[key] = 0
        return True

    for key, value in walk(stream, name, into):
        listed = key in items or not key
        first.setdefault(key, [value] if listed else value)
        items[key] += listed
        if items[key] > _MEMBERS or len(first) > _MEMBERS:
            return

"""Reading a problems file: JSON, JSONL or CSV, told apart by content.

What comes out are rows that know where they stand.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, NoReturn

from slm_mux.errors import DatasetError
from slm_mux.store.jsonl import GZIP, ZSTD, is_zstd
from slm_mux.store.packed import zstd_module

Format = Literal["json", "jsonl", "csv"]

MAX_BYTES = 1 << 30
"""The largest problems file taken, after unpacking."""

PROBLEM = ("problem", "question", "prompt")
"""The names that the field with the problem's text may bear."""

_LISTS = ("data", "problems", "questions", "examples", "rows", "items", "instances", "test")


class NumberText(str):
    """A JSON number, kept as it was written so that no digit is lost."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One object of the file; `where` is its place, such as `line 3` or `item 2`."""

    where: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProblemsFile:
    """The rows of one file and how they were told apart."""

    path: Path
    format: Format
    rows: tuple[Row, ...]

    def error(self, message: str, row: Row) -> DatasetError:
        """The error to raise, naming the file and the row."""
        return DatasetError(f"{self.path}, {row.where}: {message}")


def read_problems_file(path: str | Path) -> ProblemsFile:
    """Read all rows of a file; raises `DatasetError` naming file and row."""
    path = Path(path)
    text = _decode(path, _read_bytes(path))
    body = text.lstrip()
    if not body:
        raise DatasetError(f"{path}: the file is empty: give a file with at least one problem")
    form, rows = _rows(path, text, body)
    if not rows:
        raise DatasetError(f"{path}: the file holds no problems: give at least one")
    return ProblemsFile(path, form, tuple(rows))


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DatasetError(f"{path}: is a folder: name the problems file inside it")
        with path.open("rb") as raw:
            magic = raw.read(len(ZSTD))
            raw.seek(0)
            data = _unpacked(path, raw, magic)
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file: check the path") from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read: {_reason(error)}") from None
    if len(data) > MAX_BYTES:
        raise DatasetError(f"{path}: larger than {MAX_BYTES >> 20} MiB: split the file")
    return data


def _unpacked(path: Path, raw: IO[bytes], magic: bytes) -> bytes:
    """What is in a file that starts with `magic`, up to what is too much."""
    if is_zstd(magic):
        zstd = zstd_module()
        try:
            with zstd.ZstdFile(raw) as stream:
                data: bytes = stream.read(MAX_BYTES + 1)
        except (EOFError, zstd.ZstdError) as error:
            raise DatasetError(f"{path}: damaged zstd file ({error}): fetch it again") from None
        return data
    if not magic.startswith(GZIP):
        return raw.read(MAX_BYTES + 1)
    try:
        with gzip.open(raw) as stream:
            return stream.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(f"{path}: damaged gzip file ({error}): fetch it again") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DatasetError(
            f"{path}, line {line}: not UTF-8 (byte {error.start}): save the file as UTF-8"
        ) from None


def _rows(path: Path, text: str, body: str) -> tuple[Format, list[Row]]:
    if body[0] == "[":
        return "json", _json_rows(path, _parse(path, text))
    if body[0] != "{":
        return "csv", list(_csv_rows(path, text))
    if _is_object(body.splitlines()[0]):
        return "jsonl", list(_jsonl_rows(path, text))
    return "json", _json_rows(path, _parse(path, text))


def _is_object(line: str) -> bool:
    """Whether the first line stands alone: a JSONL file, unless it is one wrapped list."""
    try:
        value = loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and _inner_list(value) is None


def loads(text: str) -> Any:
    """Parse JSON with its numbers kept as written; raises ValueError or RecursionError."""
    return json.loads(
        text, parse_int=NumberText, parse_float=NumberText, parse_constant=_no_constant
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _parse(path: Path, text: str, line: int | None = None) -> Any:
    place = f"{path}, line {line}" if line else str(path)
    try:
        return loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {(line or 1) + error.lineno - 1}"
        message = f"{place}: not valid JSON: {error.msg} (column {error.colno})"
        raise DatasetError(f"{message}: mend the line") from None
    except ValueError as error:
        raise DatasetError(f"{place}: not valid JSON: {error}") from None
    except RecursionError:
        raise DatasetError(f"{place}: not a problems file: nested too deeply") from None


def _inner_list(value: dict[str, Any]) -> list[Any] | None:
    """The problems of an object that wraps them; None for an object that is itself a problem."""
    if any(name.lower() in PROBLEM for name in value):
        return None
    lists = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
    return lists[0] if lists else None


def _json_rows(path: Path, value: Any) -> list[Row]:
    items = value
    if isinstance(value, dict):
        items = _inner_list(value)
        items = [value] if items is None else items
    return [_object_row(path, f"item {i}", item) for i, item in enumerate(items, 1)]


def _jsonl_rows(path: Path, text: str) -> Iterator[Row]:
    # Only "\n" ends a line: U+2028 and the like may stand raw inside a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _object_row(path, f"line {number}", _parse(path, line, number))


def _object_row(path: Path, where: str, item: Any) -> Row:
    if not isinstance(item, dict):
        raise DatasetError(f"{path}, {where}: must be an object with fields, not {named(item)}")
    return Row(where, item)


def named(value: Any) -> str:
    """What a value is, in the words of an error message."""
    names = {bool: "true/false", list: "a list", NumberText: "a number", str: "text"}
    return "null" if value is None else names.get(type(value), "an object")


def _csv_rows(path: Path, text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            where, start = f"line {start}", reader.line_num + 1
            if not any(cells):
                continue
            if header is None:
                header = _header(path, cells)
            else:
                yield Row(where, _csv_fields(path, where, header, cells))
    except csv.Error as error:
        raise DatasetError(f"{path}, line {start}: not valid CSV: {error}") from None


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise DatasetError(f"{path}, line 1: two columns are named {min(twice)!r}: rename one")
    return names


def _csv_fields(path: Path, where: str, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) > len(header):
        raise DatasetError(
            f"{path}, {where}: {len(cells)} cells in {len(header)} columns: quote cells with commas"
        )
    return dict(zip(header, cells, strict=False))

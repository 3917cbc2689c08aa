"""What a bulk scoring is given: files, folders, globs, standard input; samples and tallies."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from slm_mux import columns
from slm_mux.errors import InputError
from slm_mux.importing import detect, is_scanned
from slm_mux.importing.files import files_below
from slm_mux.importing.peek import peek, refuse_packed
from slm_mux.importing.source import Source, refuse_pipe
from slm_mux.scoring.bulk.folder import TALLIES
from slm_mux.scoring.bulk.products import (
    NATIVE,
    PACKED,
    PROBLEMS,
    TABLES,
    is_document,
    is_one_of,
    place_of,
    tables_in,
    told,
    without_products,
)
from slm_mux.store.jsonl import ARROW, ARROW_STREAM, GZIP, PARQUET, ZIP, ZSTD, foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

STDIN = "-"
_SUFFIXES = (".jsonl", ".ndjson", ".json", ".parquet", ".arrow", ".feather", ".ipc", ".eval")
_SCANNED = (GZIP, ZSTD, PARQUET, ARROW, ARROW_STREAM)
_ASIDE = (PROBLEMS, *TABLES)
"""What lies beside samples and holds none."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Sample files in the order of their names, and tallies files with what they were made by."""

    samples: Sequence[str] = ()
    tallies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The bytes to read."""
        return sum(self.sizes.values())


def sort_out(
    given: Sequence[str | os.PathLike[str]],
    *,
    mapped: bool = False,
    named: bool = False,
    tell: Callable[[str], None] | None = None,
    output: str | os.PathLike[str] | None = None,
) -> tuple[list[str], list[str]]:
    """Tell what the scan reads by itself from what other tools' layouts need; by content.

    With `mapped` names of fields everything is for the scan but JSON lists; where the model is
    `named`, so are data sets that name none. Of folders and patterns what we wrote beside samples
    is left out, and `tell` is told where there is no log of it; so are the tables in the folder
    `output`, which are to be replaced. Raises `InputError` for a folder or pattern without samples.
    """
    replaced = frozenset() if output is None else tables_in(output)
    names = [os.fspath(name) for name in given]
    for name in names:
        _refuse_foreign(name)
    own: list[str] = []
    imported: list[str] = []
    for name in without_products(names):
        if _is_list(name) if mapped else _is_imported(name, named=named):
            imported.append(name)
        elif name == STDIN or Path(name).is_file():
            own.append(name)
        else:
            inside = _sort_inside(name, tell, replaced, mapped=mapped, named=named)
            own += inside[0]
            imported += inside[1]
    return own, sorted(_once(imported))


def _is_imported(name: str, *, named: bool) -> bool:
    """Whether the scan does not read a file, or a folder as a whole, by itself."""
    try:
        if name == STDIN or not Path(name).exists():
            return False
        if Path(name).is_file():
            return not is_scanned(name, named=named)
        layout = detect(name)
    except InputError:  # damaged: the scan says where, and reads what can be read
        return False
    return layout is not None and layout.name not in NATIVE


def _is_list(name: str) -> bool:
    """Whether a file is one JSON list of objects."""
    try:
        return Path(name).is_file() and peek(name).is_list
    except InputError:  # as above
        return False


def _sort_inside(
    name: str,
    tell: Callable[[str], None] | None,
    replaced: frozenset[str],
    *,
    mapped: bool,
    named: bool,
) -> tuple[list[str], list[str]]:
    """The files of a folder or pattern, as `sort_out`: a JSON document is never read as lines."""
    found = list(_files([name]))
    files = without_products(one for one in found if not is_one_of(one, replaced))
    if not files:
        tallies = next((one for one in found if one.endswith(TALLIES)), found[0])
        raise InputError(
            f"{name}: no samples but tables that --output replaces: name {tallies} by itself, or "
            "another folder"
        )
    for one in files:
        _refuse_foreign(one)
    documents = {one for one in files if is_document(one)}
    logs = len(documents) < len(files)

    def place(one: str) -> str:
        if mapped and _is_list(one):
            return "imported"
        if one in documents:
            return place_of(one, logs=logs)
        return "imported" if not mapped and _is_imported(one, named=named) else "own"

    places = {one: place(one) for one in files}
    products = sorted(one for one in files if places[one] == "product")
    if len(products) == len(files):
        raise InputError(f"{name}: no file of samples, only {products[0]}")
    if products and tell is not None:
        tell(told(products))
    own, imported = ([one for one in files if places[one] == of] for of in ("own", "imported"))
    return own, imported


def _refuse_foreign(name: str) -> None:
    """Raise `InputError` for a file that no reader takes, and for a pipe."""
    if name == STDIN:
        return
    refuse_pipe(name)
    if not Path(name).is_file():
        return
    head = b""  # of one that cannot be read, which is said by who reads it
    with contextlib.suppress(OSError), Path(name).open("rb") as stream:
        head = stream.read(8)
    if head.startswith(ZIP):
        detect(name)  # says what is wrong with an archive
    elif head.startswith((GZIP, ZSTD)):
        inside = b""
        with contextlib.suppress(InputError):  # damage is said by who reads it
            inside = Source(name).head()
        refuse_packed(name, inside)
    elif (what := foreign(head)) and not head.startswith(_SCANNED):
        raise InputError(f"{name}: {what}")


def find_inputs(given: Sequence[str | os.PathLike[str]]) -> Inputs:
    """Find the files that `given` names, each once.

    Folders are searched for JSONL (plain, gzip, zstd), Parquet and Arrow files, linked folders
    too; what was written beside samples is left out. Raises `InputError` where there is nothing,
    or a folder or file inside cannot be read.
    """
    samples: list[str] = []
    tallies: dict[str, Mapping[str, Any]] = {}
    sizes: dict[str, int] = {}
    for name in sorted(_once(_files(given))):
        if name == STDIN:
            samples.append(name)
            continue
        found = columns.describe(name)
        sizes[name] = found.size
        if found.columns is not None and {"indexes", "exemplar_index"} <= set(found.columns):
            tallies[name] = found.metadata or {}
        else:
            samples.append(name)
    return Inputs(samples, tallies, sizes)


def _files(given: Sequence[str | os.PathLike[str]]) -> Iterator[str]:
    for one in given:
        item = os.fspath(one)
        path = Path(item)
        if item == STDIN or path.is_file():
            yield item
        elif path.is_dir():
            yield from _in_folder(path)
        else:
            matches = _matches(item)
            if not matches:
                raise InputError(f"{item}: no such file or folder")
            for match in matches:
                if Path(match).is_dir():
                    yield from _in_folder(Path(match))
                else:
                    _refuse_no_file(match)
                    yield match


def _matches(pattern: str) -> list[str]:
    """What a pattern names; nothing where it is none.

    Raises `InputError` where a folder that it looks into cannot be read, which `glob` passes over.
    """
    if not glob.has_magic(pattern):
        return []
    path = Path(pattern)
    for inside in (*reversed(path.parents), path):
        listed = glob.has_magic(inside.name)
        if listed or glob.has_magic(str(inside.parent)):
            _refuse_closed(str(inside.parent), os.X_OK | (os.R_OK if listed else 0))
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207


def _refuse_closed(pattern: str, mode: int) -> None:
    for folder in filter(os.path.isdir, glob.iglob(pattern, recursive=True)):  # noqa: PTH207
        if not os.access(folder, mode):
            raise InputError(f"{folder}: cannot be read: {os.strerror(errno.EACCES)}")


def _in_folder(folder: Path) -> list[str]:
    found = [name for name in files_below(str(folder)) if _holds_samples(Path(name))]
    if not found:
        raise InputError(f"{folder}: no JSONL, Parquet or Arrow file in this folder")
    for name in found:
        _refuse_no_file(name)
    return found


def _refuse_no_file(name: str) -> None:
    """Raise `InputError` for what a folder holds that is no file: its samples would be missed."""
    refuse_pipe(name)
    if not Path(name).exists():
        raise InputError(f"{name}: a link to what is not there: mend or remove it")


def _holds_samples(path: Path) -> bool:
    name = path.name.lower()
    if name.endswith(_ASIDE):
        return False
    return any(name.endswith(suffix + packed) for suffix in _SUFFIXES for packed in PACKED)


def _once(names: Iterable[str]) -> set[str]:
    """Each file once, by the smallest of its names: so the order of arguments is all the same.

    Names from here go before those from the root, as the other files are likely to be named.
    """
    kept: dict[str, str] = {}
    for name in names:
        real = name if name == STDIN else os.path.realpath(name)
        kept[real] = min(name, kept.get(real, name), key=_rank)
    return set(kept.values())


def _rank(name: str) -> tuple[bool, str]:
    return PurePath(name).is_absolute(), name

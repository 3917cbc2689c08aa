"""What a user names → files, each with its layout."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.importing.layout import Layout, layout_of, looked_for
from slm_mux.importing.peek import Peek, peek
from slm_mux.importing.published import is_ours
from slm_mux.importing.source import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slm_mux.importing.losses import Losses


class NothingFoundError(InputError):
    """A source of no known layout, or a folder without samples."""


_FILES = 200_000  # files that a folder may hold


def found_in(
    paths: Iterable[str], layout: Layout | None, losses: Losses
) -> dict[str, tuple[Layout, list[Peek]]]:
    """The files of each layout, every file once, those of folders sorted by path.

    A given `layout` is taken for all files that are named, and for those of a folder that look
    like it. Raises InputError where a source is missing, empty, damaged or of no known layout,
    or a folder holds no samples.
    """
    found: dict[str, tuple[Layout, list[Peek]]] = {}
    seen: set[str] = set()
    for path in paths:
        inside = _folder(path, layout, losses) if os.path.isdir(path) else [_file(path, layout)]  # noqa: PTH112
        for of, one in inside:
            real = path if path == STDIN else os.path.realpath(one.source.path)
            if real not in seen:
                seen.add(real)
                found.setdefault(of.name, (of, []))[1].append(one)
    return found


def _file(path: str, layout: Layout | None) -> tuple[Layout, Peek]:
    one = peek(path)
    if one.shape == "empty":
        raise InputError(f"{one.name}: is empty: no samples in it")
    if one.source.starts_document and one.shape == "unknown":
        raise InputError(f"{one.name}: a JSON document of several lines: name it as a file")
    of = layout or layout_of(one)
    if of is None:
        if what := one.source.foreign():
            as_it_is = "; rescore reads it as it is" if "Arrow" in what else ""
            raise InputError(f"{one.name}: {what}{as_it_is}")
        raise NothingFoundError(
            f"{one.name}: of no known layout; looked for: {looked_for()}; --layout NAME insists"
        )
    return of, one


def _folder(path: str, layout: Layout | None, losses: Losses) -> list[tuple[Layout, Peek]]:
    found: list[tuple[Layout, Peek]] = []
    passed = 0
    for name in _files_of(path):
        one = peek(name)
        of = layout_of(one)
        if of is None or (layout is not None and of is not layout):
            passed += 1
        else:
            found.append((of, one))
    if not found:
        what = layout.title if layout else looked_for()
        raise NothingFoundError(
            f"{path}: a folder without samples ({passed} files); looked for: {what}"
        )
    found = _without_results_of(found, path, losses)
    names = dict.fromkeys(of.name for of, _ in found)
    if len(names) > 1:
        raise InputError(
            f"{path}: a folder of several layouts ({', '.join(names)}): name its files or folders "
            "apart; convert --layout NAME takes one of them, rescore --output FOLDER reads them all"
        )
    if passed:
        losses.note(f"{path}: files that hold no samples, passed over", passed)
    return found


def _without_results_of(
    found: list[tuple[Layout, Peek]], path: str, losses: Losses
) -> list[tuple[Layout, Peek]]:
    """`found` without our own results where the logs they were made of lie beside them."""
    if not any(of.name == "slm-mux" for of, _ in found):
        return found
    kept = [(of, one) for of, one in found if not (of.name == "results" and is_ours(one))]
    if len(kept) < len(found):
        losses.note(f"{path}: results passed over beside sample logs", len(found) - len(kept))
    return kept


def _files_of(path: str) -> Iterator[str]:
    """All files below. Raises InputError beyond a bound, and as `files_below`."""
    for count, name in enumerate(files_below(path)):
        if count >= _FILES:
            raise InputError(f"{path}: over {_FILES:,} files: name the folders apart")
        yield name


def files_below(path: str) -> Iterator[str]:
    """All files below a folder, sorted, hidden ones left out.

    Links to folders are followed, each folder is read once, by the first of its names. Raises
    InputError where a folder cannot be read, as its samples would be missed in silence.
    """
    seen: set[str] = set()
    for folder, inside, names in os.walk(path, onerror=_refuse, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            inside.clear()
            continue
        seen.add(real)
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield os.path.join(folder, name)  # noqa: PTH118


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from error

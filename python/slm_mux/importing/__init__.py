"""Samples that other tools recorded, read as rows of our log.

Every layout is known by content, never by name; what it has no place for is counted and said.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.importing import set_columns
from slm_mux.importing.files import NothingFoundError, found_in
from slm_mux.importing.layout import LAYOUTS, Layout, layout_named, layout_of
from slm_mux.importing.losses import Losses
from slm_mux.importing.peek import peek
from slm_mux.importing.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.store.problems import RecordedProblem
    from slm_mux.types import Kind, SampleRow

__all__ = ["LAYOUTS", "Layout", "Losses", "detect", "is_log", "is_scanned", "read"]


def detect(path: str | os.PathLike[str]) -> Layout | None:
    """The layout of a file or folder (`-`: standard input), told by its first bytes and rows.

    Our own sample log is `slm-mux`. None where it is of no known layout or holds nothing.
    Raises InputError where it cannot be read, is damaged, or a folder holds several layouts.
    """
    name = os.fspath(path)
    if os.path.isdir(name):  # noqa: PTH112
        try:
            (layout, _), *_ = found_in([name], None, Losses()).values()
        except NothingFoundError:
            return None
        return layout
    return layout_of(peek(name))


def is_log(path: str | os.PathLike[str]) -> bool:
    """Whether a file is our sample log as plain lines. Raises as `detect`."""
    one = peek(os.fspath(path))
    layout = layout_of(one)
    return one.shape == "lines" and layout is not None and layout.name == "slm-mux"


def is_scanned(path: str | os.PathLike[str], *, named: bool = False) -> bool:
    """Whether the bulk scan reads a file or folder by itself: our log, and plain columns.

    What is of no known layout is left to it too. `named` says that the model is told beside the
    rows, which may then name none. Raises as `detect`.
    """
    name = os.fspath(path)
    if not os.path.isdir(name):  # noqa: PTH112
        return _is_scanned(peek(name), named=named)
    try:
        found = found_in([name], None, Losses()).values()
    except NothingFoundError:
        return True
    return all(_is_scanned(one, named=named) for _, files in found for one in files)


def _is_scanned(one: Peek, *, named: bool) -> bool:
    layout = layout_of(one)
    if layout is not None and layout.name == "columns":
        return set_columns.is_scanned(one, named=named)
    return layout is None or (layout.name == "slm-mux" and one.shape != "json")


def read(  # noqa: PLR0913  keyword-only
    paths: Sequence[str | os.PathLike[str]],
    *,
    layout: str | None = None,
    model: str | None = None,
    task: str | None = None,
    kind: Kind | None = None,
    unnamed: str | None = None,
    losses: Losses | None = None,
    tick: Callable[[int], None] | None = None,
    on_problem: Callable[[RecordedProblem], None] | None = None,
    on_empty: Callable[[dict[str, Any]], None] | None = None,
) -> Iterator[SampleRow]:
    """The samples of files and folders as rows of our log: plain data that JSON can hold.

    Files of one layout are read together, in bounded memory. `layout` names the layout where it
    is not to be told by content; `model`, `task` and `kind` override what the files say;
    `unnamed` is the task of rows that name none. What is lost or not understood is counted in
    `losses`; records that cannot be used are counted there and give no rows. `tick` is told how
    many bytes have been read, `on_problem` each problem whose text and answer kind are known,
    once; `on_empty` each row of a problem without a sample, its `responses` an empty list.

    Raises InputError, one line that names the file and line: a source is missing, empty, cut
    short, or of no known layout; there is no sample in any; two sources disagree on a reference.
    """
    reading = Reading(
        model=model,
        task=task,
        kind=kind,
        unnamed=unnamed,
        losses=losses or Losses(),
        tick=tick,
        on_problem=on_problem,
        on_empty=on_empty,
    )
    wanted = None if layout is None else layout_named(layout)
    names = [os.fspath(path) for path in paths]
    return _rows(names, wanted, reading)


def _rows(names: list[str], wanted: Layout | None, reading: Reading) -> Iterator[SampleRow]:
    report = reading.losses
    for layout, files in found_in(names, wanted, report).values():
        for row in layout.rows(files, reading):
            report.samples += 1
            yield row
    if not report.samples:
        why = f" ({report.bad_records[0]})" if report.bad_records else ""
        raise InputError(f"{', '.join(names[:3])}: no samples{why}")

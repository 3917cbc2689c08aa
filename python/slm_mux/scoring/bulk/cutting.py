"""Files → bundles of pieces of about a size, for engines that hand work to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slm_mux import columns
from slm_mux.tallies import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PACKED = 6
"""How many times as large text is as the same text compressed or in columns, about."""


class Cut(NamedTuple):
    """A piece of a file, its bytes on disk, about its bytes of text, and the file's bytes."""

    piece: Piece
    size: int
    text: int
    file_size: int


def bundles(names: Sequence[str], size: int) -> list[list[Cut]]:
    """Cut files, numbered in the order of their names, into bundles of about `size` bytes of text.

    A large file is cut into several, small ones share one. Raises `InputError` where a file
    cannot be read.
    """
    pieces = (one for number, name in enumerate(names) for one in cut(name, number, size))
    return list(_bundled(pieces, size))


def cut(name: str, number: int, size: int) -> Iterator[Cut]:
    """Cut a file into pieces of about `size` bytes of text.

    Lines are cut at any byte: a line belongs to the piece it starts in. Columns are cut between
    row groups or record batches. Compressed lines and Arrow streams stay whole.
    """
    found = columns.describe(name)
    packed = 1 if found.format == "lines" else PACKED
    if not found.extent:
        yield Cut(Piece(name, number), found.size, found.size * packed, found.size)
        return
    share = found.size / found.extent  # bytes on disk for each unit, which are bytes for lines
    step = max(1, int(size / (share * packed)))
    for start in range(0, found.extent, step):
        end = min(start + step, found.extent)
        taken = round(end * share) - round(start * share)
        yield Cut(Piece(name, number, (start, end)), taken, taken * packed, found.size)


def _bundled(pieces: Iterable[Cut], size: int) -> Iterator[list[Cut]]:
    bundle: list[Cut] = []
    text = 0
    for piece in pieces:
        if bundle and text + piece.text > size:
            yield bundle
            bundle, text = [], 0
        bundle.append(piece)
        text += piece.text
    if bundle:
        yield bundle

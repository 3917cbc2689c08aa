"""Files cut into bundles of pieces: all of each file, once."""

from __future__ import annotations

import gzip
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from slm_mux.errors import InputError
from slm_mux.scoring.bulk.cutting import PACKED, bundles, cut

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def lines(tmp_path: Path) -> str:
    """A file of 1000 bytes."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"a": 1}\n' * 111 + b"\n")
    return str(path)


@pytest.mark.parametrize("size", [1, 7, 300, 999, 1000, 5000])
def test_pieces_of_lines_join_up(lines: str, size: int) -> None:
    parts = [one.piece.part for one in cut(lines, 0, size) if one.piece.part]
    assert (parts[0][0], parts[-1][1]) == (0, 1000)
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert max(end - start for start, end in parts) == min(size, 1000)


def test_the_bytes_of_pieces_come_to_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"n": range(1000)}), path, row_group_size=90)
    pieces = list(cut(str(path), 3, path.stat().st_size * PACKED // 4))
    assert len(pieces) > 2
    assert sum(one.size for one in pieces) == path.stat().st_size
    assert [one.piece.number for one in pieces] == [3] * len(pieces)
    assert [group for one in pieces if one.piece.part for group in range(*one.piece.part)] == [
        *range(12)
    ]


def test_a_compressed_file_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 1000))
    (whole,) = cut(str(path), 0, 1)
    assert whole.piece.part is None


def test_an_empty_file_is_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    assert [one.size for one in cut(str(path), 0, 100)] == [0]


def test_small_files_share_a_bundle_and_large_ones_have_several(lines: str, tmp_path: Path) -> None:
    names = [lines]
    for n in range(6):
        names.append(str(tmp_path / f"small-{n}.jsonl"))
        (tmp_path / f"small-{n}.jsonl").write_bytes(b"{}\n" * 50)
    made = bundles(names, 400)
    assert [[one.size for one in bundle] for bundle in made] == [
        [400],
        [400],
        [200, 150],
        [150, 150],
        [150, 150],
        [150],
    ]
    assert [one.piece.number for bundle in made for one in bundle] == [0, 0, 0, 1, 2, 3, 4, 5, 6]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        bundles([str(tmp_path / "gone.jsonl")], 100)

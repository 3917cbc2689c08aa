"""Files that no reader takes: one line says what they are, and what to do."""

from __future__ import annotations

import bz2
import json
import lzma
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bulk_inputs import write
from cli_helpers import command, environment, slm_mux
from importing.builders import (
    INSPECT_HEADER,
    archive,
    batched,
    inspect_sample,
    lines,
    parquet,
    read,
)
from sample_rows import make_row

LOG = b"".join(
    line.encode()
    for line in ('{"problem_id": "p", "model": "m", "sample_index": 0, "response": "7"}\n',) * 3
)
WAYS = (
    ("rescore", "FILE", "--kind", "math", "--output", "out"),
    ("rescore", "FILE", "--kind", "math", "--output", "r.json"),
    ("convert", "FILE", "--output", "c.jsonl"),
)


def said(folder: Path, name: str, way: tuple[str, ...], stdin: bytes | None = None) -> str:
    """The one line that a command refuses a file with."""
    done = subprocess.run(
        command(*(name if word == "FILE" else word for word in way)),
        cwd=folder,
        env=environment(),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    told = done.stderr.decode()
    assert done.returncode == 2, told
    assert told.count("\n") == 1, told
    return told


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("pack", "message"),
    [
        (bz2.compress, "x.jsonl: is bzip2-compressed: unpack it first"),
        (lzma.compress, "x.jsonl: is xz-compressed: unpack it first"),
        (lambda data: data.decode().encode("utf-16"), "x.jsonl: is UTF-16 text: save it as UTF-8"),
        (lambda data: data.decode().encode("utf-16-be"), "x.jsonl: is UTF-16 text"),
        (lambda _: b"PK\x03\x04cut", "x.jsonl: a zip archive cut short or damaged"),
    ],
)
def test_what_a_file_is(
    tmp_path: Path, way: tuple[str, ...], pack: Callable[[bytes], bytes], message: str
) -> None:
    (tmp_path / "x.jsonl").write_bytes(pack(LOG))
    assert message in said(tmp_path, "x.jsonl", way)


@pytest.mark.parametrize("way", WAYS)
def test_a_cut_eval_file(tmp_path: Path, way: tuple[str, ...]) -> None:
    path = archive(tmp_path / "x.eval", {"header.json": {}, "samples/1_epoch_1.json": {}})
    path.write_bytes(path.read_bytes()[:-30])
    assert "x.eval: a zip archive cut short or damaged" in said(tmp_path, "x.eval", way)


@pytest.mark.parametrize("given", [".", "*.eval"])
@pytest.mark.parametrize("mapped", [(), ("--map", "response=answer")])
def test_a_cut_eval_file_in_a_folder(tmp_path: Path, given: str, mapped: tuple[str, ...]) -> None:
    for name in ("x.eval", "y.eval"):
        archive(tmp_path / name, {"header.json": {}, "samples/1_epoch_1.json": {}})
    path = tmp_path / "y.eval"
    path.write_bytes(path.read_bytes()[:-30])
    told = said(tmp_path, given, (*WAYS[0], *mapped))
    assert "y.eval: a zip archive cut short or damaged" in told


@pytest.mark.parametrize("insists", [(), ("--layout", "inspect")])
@pytest.mark.parametrize("indent", [0, 2])
def test_a_document_on_standard_input(
    tmp_path: Path, insists: tuple[str, ...], indent: int
) -> None:
    content = json.dumps(INSPECT_HEADER | {"samples": [inspect_sample()]}, indent=indent)
    told = said(tmp_path, "-", (*WAYS[2], *insists), content.encode())
    assert "<stdin>: a JSON document of several lines: name it as a file" in told


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_folder_of_several_layouts(tmp_path: Path, way: tuple[str, ...]) -> None:
    lines(tmp_path / "logs/a.jsonl", [make_row(0)])
    lines(tmp_path / "logs/b.jsonl", [batched("p", "7")])
    told = said(tmp_path, "logs", way)
    assert "logs: a folder of several layouts (slm-mux, batch): name its files or folders" in told
    done = slm_mux("rescore", "logs", "--kind", "math", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr  # as is advised


@pytest.mark.parametrize("way", WAYS)
def test_a_compression_that_is_not_built_in(tmp_path: Path, way: tuple[str, ...]) -> None:
    table = pa.Table.from_pylist([dict(make_row(0))])
    pq.write_table(table, tmp_path / "x.parquet", compression="brotli")
    told = said(tmp_path, "x.parquet", way)
    assert "compressed with brotli, which is not read: write it anew with zstd" in told
    assert "compile time" not in told


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_columns_on_standard_input(tmp_path: Path, way: tuple[str, ...], name: str) -> None:
    content = write(tmp_path / name, [dict(make_row(0))]).read_bytes()
    told = said(tmp_path, "-", way, content)
    assert "not JSONL" in told or "save it to disk and name that" in told


@pytest.mark.parametrize("way", [*WAYS, ("rescore", "FILE")])
def test_a_pipe(tmp_path: Path, way: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "pipe: is a pipe or device: send it to standard input" in said(tmp_path, "pipe", way)


def test_indexes_with_a_point_are_whole_numbers(tmp_path: Path) -> None:
    rows = [dict(make_row(at)) | {"sample_index": float(at)} for at in range(2)]
    for path in (lines(tmp_path / "x.jsonl", rows), parquet(tmp_path / "x.parquet", rows)):
        assert [type(row["sample_index"]) for row in read(path)[0]] == [int, int]
    half = lines(tmp_path / "half.jsonl", [rows[0], rows[0] | {"sample_index": 0.5}])
    assert len(read(half)[1].bad_records) == 1


def test_a_refused_convert_says_what_lies_beside(tmp_path: Path) -> None:
    lines(tmp_path / "x.jsonl", [make_row(0)])
    (tmp_path / "c.problems.jsonl").write_text("{}\n")
    done = slm_mux("convert", "x.jsonl", "--output", "c.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "c.problems.jsonl: is there already, where the problems of c.jsonl go" in done.stderr


def test_one_row_is_not_rows(tmp_path: Path) -> None:
    row = dict(make_row(0))
    lines(tmp_path / "x.jsonl", [row, row, {"a": 1}])
    for output in ("out", "r.json"):
        done = slm_mux("rescore", "x.jsonl", "--output", output, cwd=tmp_path)
        assert done.stdout.startswith("made-up: 1 problem, 1 model x 1 sample, profile")
        assert "\n1 row repeats another and counts once" in done.stderr
        assert "1 row could not be used and is" in done.stderr or "1 line could" in done.stderr
    lines(tmp_path / "y.jsonl", [{"a": 1}])
    assert "no sample row in 1 row;" in said(tmp_path, "y.jsonl", WAYS[0])

"""Answers already parsed: files of a folder, or of a tar archive."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from importing.builders import layout, lines, parsed, read, samples
from slm_mux import extract
from slm_mux.errors import InputError
from slm_mux.importing.parsed_answers import boxed

POOLS = {
    "pools/analysis_math500_small-2b.jsonl": [parsed(0, "2", "2", ""), parsed(1, "x", "y")],
    "pools/analysis_math500_other_3b.jsonl": [parsed(0, "2", "3")],
}
FOUND = {
    ("small-2b", "0", 0): r"\boxed{2}",
    ("small-2b", "0", 1): "",
    ("small-2b", "1", 0): r"\boxed{y}",
    ("other_3b", "0", 0): r"\boxed{3}",
}


def packed(path: Path) -> Path:
    """The pools as one archive."""
    with tarfile.open(path, "w:gz") as tar:
        for name, rows in POOLS.items():
            body = "".join(json.dumps(row) + "\n" for row in rows).encode()
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return path


def test_a_folder_and_an_archive_read_the_same(tmp_path: Path) -> None:
    for name, given in POOLS.items():
        lines(tmp_path / name, given)
    archive = packed(tmp_path / "pools.tar.gz")
    assert layout(tmp_path / "pools") == layout(archive) == "parsed"
    for source in (tmp_path / "pools", archive):
        rows, losses = read(source)
        assert samples(rows) == FOUND
        assert {(r["task"], r["kind"]) for r in rows} == {("math500", "math")}
        assert any("no responses" in note for note in losses.notes)
        assert losses.files == 2


def test_an_archive_that_is_cut_short(tmp_path: Path) -> None:
    archive = packed(tmp_path / "pools.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"pools\.tar\.gz: .*cut short or damaged"):
        read(archive)


@pytest.mark.parametrize("answer", [r"\frac{1}{2}", "(1, 2]", r"\{1,2\}", "70", "A"])
def test_an_answer_in_its_box_reads_as_it_is(answer: str) -> None:
    assert extract(boxed(answer), kind="math") == answer


@pytest.mark.parametrize(
    ("answer", "response"), [(None, ""), (" ", ""), ("}{", "}{"), (r"\frac{1", r"\frac{1")]
)
def test_what_fits_no_box_stands_alone(answer: str | None, response: str) -> None:
    assert boxed(answer) == response


def test_models_that_disagree_on_a_reference(tmp_path: Path) -> None:
    lines(tmp_path / "analysis_sums_a.jsonl", [parsed(0, "2", "2")])
    lines(tmp_path / "analysis_sums_b.jsonl", [parsed(0, "3", "2")])
    with pytest.raises(InputError) as caught:
        read(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/analysis_sums_b.jsonl:1: problem '0'")
    assert f"not at {tmp_path}/analysis_sums_a.jsonl:1" in message


def test_the_recorded_pools(recorded_data: Path) -> None:
    rows, losses = read(recorded_data / "pools.tar.gz")
    assert losses.samples == len(rows)
    assert not losses.bad
    assert {r["task"] for r in rows} == {"math500", "aime2025"}
    assert len({r["model"] for r in rows}) == 11

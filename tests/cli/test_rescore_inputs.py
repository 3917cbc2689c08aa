"""What is found in folders and by patterns: every file once, and none of what is replaced."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from bulk_inputs import jsonl, packed, plain_row, rows, write
from cli_helpers import slm_mux

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and sockets of POSIX")


def rescore(folder: Path, *given: object, out: str = "out", code: int = 0) -> str:
    """What is said."""
    done = slm_mux("rescore", *given, "-o", out, cwd=folder)
    assert done.returncode == code, done.stderr
    return done.stderr


def tables(folder: Path) -> dict[str, bytes]:
    """The tables of a job and its summary."""
    names = ("decisions.parquet", "summary.json", "tallies.parquet")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder of samples, and the folder it lies in."""
    write(tmp_path / "in/x.jsonl", rows())
    return tmp_path


@pytest.mark.parametrize("out", ["in", "in/scored"])
@pytest.mark.parametrize("named", ["in", "in/**"])
def test_tables_that_are_replaced_are_no_input(given: Path, named: str, out: str) -> None:
    rescore(given, named, "--keep-samples", out=out)
    first = tables(given / out)
    rescore(given, named, "--keep-samples", out=out)
    assert tables(given / out) == first
    write(given / "in/x.jsonl", rows(5))
    rescore(given, named, out=out)
    rescore(given, "in/x.jsonl", out="other")
    assert tables(given / out) == tables(given / "other")


@posix
def test_a_link_to_a_table_that_is_replaced_is_no_input(given: Path) -> None:
    rescore(given, "in", out="scored")
    first = tables(given / "scored")
    (given / "in/link.parquet").symlink_to("../scored/tallies.parquet")
    rescore(given, "in", out="scored")
    assert tables(given / "scored") == first


def test_imported_samples_are_the_same_the_second_time(given: Path) -> None:
    for k in range(2):
        some = [
            {"problem": f"{p}?", "expected_answer": str(p), "generation": rf"\boxed{{{p + k}}}",
             "predicted_answer": str(p + k)}
            for p in range(4)
        ]  # fmt: skip
        write(given / f"nemo/output-rs{k}.jsonl", some)
    asked = ("nemo", "--model", "a", "--kind", "math")
    rescore(given, *asked, out="nemo")
    first = tables(given / "nemo")
    rescore(given, *asked, out="nemo")
    assert tables(given / "nemo") == first


@pytest.mark.parametrize("named", ["out", "out/*"])
def test_nothing_but_what_is_replaced_is_an_error(given: Path, named: str) -> None:
    rescore(given, "in")
    first = tables(given / "out")
    assert rescore(given, named, code=2) == (
        f"slm-mux: {named}: no samples but tables that --output replaces: name "
        "out/tallies.parquet by itself, or another folder\n"
    )
    assert tables(given / "out") == first
    rescore(given, "out/tallies.parquet")
    assert tables(given / "out")["tallies.parquet"] == first["tallies.parquet"]


@posix
def test_a_file_of_two_names_has_one_place(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", [plain_row(1, "a", None, 1)])
    write(tmp_path / "m.jsonl", [plain_row(1, "a", None, 2)])
    (tmp_path / "z.jsonl").symlink_to("b.jsonl")
    rescore(tmp_path, "z.jsonl", "m.jsonl", "b.jsonl", out="one")
    rescore(tmp_path, "b.jsonl", "m.jsonl", "z.jsonl", out="other")
    assert tables(tmp_path / "one") == tables(tmp_path / "other")


@posix
def test_linked_folders_are_followed_once(given: Path) -> None:
    write(given / "elsewhere/y.jsonl", [plain_row(p, "a", 0, p) for p in (7, 8)])
    rescore(given, "in/x.jsonl", "elsewhere/y.jsonl", out="plain", code=1)
    for name, target in (("a", "../elsewhere"), ("b", "../elsewhere"), ("loop", ".")):
        (given / "in" / name).symlink_to(target)
    (given / "elsewhere/back").symlink_to("../in")
    rescore(given, "in", code=1)
    assert tables(given / "out") == tables(given / "plain")


@posix
@pytest.mark.parametrize("named", ["in", "in/*"])
def test_a_link_to_nothing_is_named(given: Path, named: str) -> None:
    (given / "in/y.jsonl").symlink_to("gone.jsonl")
    told = "slm-mux: in/y.jsonl: a link to what is not there: mend or remove it\n"
    assert rescore(given, named, code=2) == told


@posix
def test_a_link_to_nothing_that_is_no_sample_file_is_passed_over(given: Path) -> None:
    (given / "in/latest").symlink_to("gone")
    assert rescore(given, "in") == ""


@pytest.fixture
def bound(given: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A socket among the samples."""
    monkeypatch.chdir(given / "in")  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("y.jsonl")
        yield


_PIPE = "slm-mux: in/y.jsonl: is a pipe or device: send it to standard input, and name it -\n"


@posix
@pytest.mark.parametrize("named", ["in", "in/*"])
def test_a_pipe_in_a_folder_is_named(given: Path, named: str) -> None:
    os.mkfifo(given / "in/y.jsonl")
    assert rescore(given, named, code=2) == _PIPE


@posix
@pytest.mark.usefixtures("bound")
def test_a_socket_in_a_folder_is_named(given: Path) -> None:
    assert rescore(given, "in", code=2) == _PIPE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("samples.parquet", None),
        ("tallies.parquet", b"PAR1 torn"),
        ("summary.json", b'{"accuracy": 1}'),
        ("summary.json", b"[1"),
    ],
)
def test_files_of_others_are_never_replaced(tmp_path: Path, name: str, data: bytes | None) -> None:
    write(tmp_path / "log.jsonl", rows())
    theirs = tmp_path / "out" / name
    write(theirs, rows())
    if data is not None:
        theirs.write_bytes(data)
    held = theirs.read_bytes()
    done = slm_mux("rescore", "log.jsonl", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert f"out/{name}: is no {name} of an earlier job" in done.stderr
    assert theirs.read_bytes() == held
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


@posix
def test_names_that_are_no_utf8_are_read(tmp_path: Path) -> None:
    write(tmp_path / "in/log.jsonl", rows())
    rescore(tmp_path, "in")
    (tmp_path / "odd").mkdir()
    for number in range(2):
        part = rows()[18 * number :][:18]
        write(tmp_path / "part.jsonl", part)
        odd = os.fsdecode(b"\xff%d.jsonl" % number)
        (tmp_path / "part.jsonl").rename(tmp_path / "odd" / odd)
    rescore(tmp_path, "odd", out="other")
    for name in ("tallies.parquet", "decisions.parquet"):
        held = (tmp_path / "other" / name).read_bytes()
        assert held == (tmp_path / "out" / name).read_bytes()


def test_a_skippable_frame_comes_first(tmp_path: Path) -> None:
    skipped = bytes([0x52]) + b"\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    some = [row | {"reference_answer": None} for row in rows()]
    answers = b"".join(b'{"id": "p%d", "answer": "%d"}\n' % (n, n) for n in range(6))
    (tmp_path / "x.zst").write_bytes(skipped + packed(jsonl(some)))
    (tmp_path / "answers.zst").write_bytes(skipped + packed(answers))
    rescore(tmp_path, "x.zst", "--references", "answers.zst")
    write(tmp_path / "x.jsonl", rows())
    rescore(tmp_path, "x.jsonl", out="plain")
    assert (
        tables(tmp_path / "out")["decisions.parquet"]
        == (tables(tmp_path / "plain")["decisions.parquet"])
    )

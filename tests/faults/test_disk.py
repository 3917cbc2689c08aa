"""Disks that are full, read-only or broken: a clear error, the log intact, no row lost."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sample_rows import append, make_row, write_log
from slm_mux.errors import LogError
from slm_mux.sampling.log import SampleLog
from slm_mux.sampling.problems import record_problems
from slm_mux.types import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILD = Path(__file__).with_name("disk_child.py")
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits, devices and mounts of POSIX")


@pytest.fixture
def rescue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that rescued rows go to, in this process and its children."""
    folder = tmp_path / "rescue"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system in memory at `folder`; skips the test where mounting is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", os.fspath(folder)]
    try:
        made = subprocess.run(mount, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no mount command here")
    if made.returncode:
        pytest.skip(f"a small tmpfs cannot be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", os.fspath(folder)], check=True)


def limited(log: Path, limit: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, CHILD, log, str(limit)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.fspath(CHILD.parent.parent)},
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def indexes(path: Path) -> list[int]:
    return sorted(json.loads(line)["sample_index"] for line in path.read_bytes().splitlines())


@posix
def test_file_that_may_not_grow_keeps_whole_rows_and_rescues_the_rest(
    tmp_path: Path, rescue: Path
) -> None:
    log = tmp_path / "logs" / "x.jsonl"
    found = limited(log, 50_000)

    assert found["done"] == indexes(log)
    assert 0 < len(found["done"]) < 20
    (saved,) = rescue.iterdir()
    assert sorted(found["done"] + indexes(saved)) == list(range(20))
    assert saved.stat().st_mode & 0o777 == 0o600
    for error in found["errors"]:
        assert re.fullmatch(r"[^\n]*x\.jsonl: cannot be written: File too large; [^\n]+", error)
        assert f"cat {saved} >> {log}" in error
    assert f"{20 - len(found['done'])} paid rows are saved" in found["errors"][-1]

    with log.open("ab") as stream:  # what the error says to do
        stream.write(saved.read_bytes())
    with SampleLog(log) as opened:
        assert (opened.torn_bytes, len(opened.recorded)) == (0, 20)


@posix
def test_nowhere_to_rescue_to_is_said(tmp_path: Path, rescue: Path) -> None:
    log = write_log(tmp_path / "x.jsonl", [make_row(100)])
    found = limited(log, 0)
    assert found["done"] == []
    assert "20 rows could be saved nowhere" in found["errors"][-1]
    assert indexes(log) == [100]
    assert list(rescue.iterdir()) == []


@posix
def test_full_disk_keeps_whole_rows_and_rescues_the_rest(tmp_path: Path, rescue: Path) -> None:
    with mounted(tmp_path / "small", "size=64k") as folder:
        path = folder / "x.jsonl"
        with SampleLog(path) as log:
            done = fill(log)
        assert indexes(path) == list(range(done))
        (saved,) = rescue.iterdir()
        assert indexes(saved) == [done]


def fill(log: SampleLog) -> int:
    """Append rows until the disk is full; the number of them that it took."""
    for done in range(100):
        try:
            append(log, [make_row(done, response="x" * 5000)])
        except LogError as error:
            assert re.fullmatch(r"[^\n]*: No space left on device; [^\n]*", str(error))  # noqa: PT017
            return done
    pytest.fail("a disk of 64 kB took 500 kB")


@posix
def test_later_appends_fail_at_once_and_are_rescued_too(tmp_path: Path, rescue: Path) -> None:
    with SampleLog(tmp_path / "x.jsonl") as log:
        append(log, [make_row(0)])
        fill_up(log)
        for index in (1, 2, 3):
            with pytest.raises(LogError, match=f"; {index} paid rows are saved"):
                append(log, [make_row(index)])
    assert indexes(tmp_path / "x.jsonl") == [0]
    (saved,) = rescue.iterdir()
    assert indexes(saved) == [1, 2, 3]


@posix
def test_end_that_cannot_be_cut_is_said(tmp_path: Path, rescue: Path) -> None:
    with SampleLog(tmp_path / "x.jsonl") as log:
        fill_up(log)
        with pytest.raises(LogError, match=r"No space left on device; the end .* is torn"):
            append(log, [make_row()])
    assert len(list(rescue.iterdir())) == 1


@posix
@pytest.mark.usefixtures("rescue")
def test_failure_nobody_waited_for_is_raised_on_closing(tmp_path: Path) -> None:
    log = SampleLog(tmp_path / "x.jsonl")
    fill_up(log)
    asyncio.run(leave(log))
    with pytest.raises(LogError, match="1 paid rows are saved"):
        log.close()


@posix
@pytest.mark.usefixtures("rescue")
def test_interrupt_stays_an_interrupt_and_carries_the_failure(tmp_path: Path) -> None:
    def interrupted() -> None:
        with SampleLog(tmp_path / "x.jsonl") as log:
            fill_up(log)
            asyncio.run(leave(log))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        interrupted()
    assert "1 paid rows are saved" in caught.value.__notes__[0]


async def leave(log: SampleLog) -> None:
    """Append a row and do not wait for it."""
    log.append([make_row()]).cancel()


def fill_up(log: SampleLog) -> None:
    """From here on the log writes to a device that is always full."""
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, log._fd)
    os.close(full)


@posix
def test_read_only_folder_is_one_clear_error(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "ro") as folder:
        with pytest.raises(LogError, match="Read-only file system") as caught:
            SampleLog(folder / "x.jsonl")
        with pytest.raises(LogError, match=r"deeper.*Read-only file system"):
            SampleLog(folder / "deeper" / "x.jsonl")
        with pytest.raises(LogError, match=r"x\.problems\.jsonl: .*Read-only file system"):
            record_problems(folder / "x.jsonl", "made-up", "math", [Problem("p", "What?")])
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux that take no file")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/proc/x.jsonl", r"/proc/x\.jsonl\.lock: cannot be locked: "),
        ("/proc/deeper/x.jsonl", "/proc/deeper: cannot be made as a folder: "),
        ("/dev/null/x.jsonl", "/dev/null: cannot be made as a folder: "),
        ("/dev/full", "/dev/full: is not an ordinary file"),
    ],
)
def test_place_that_takes_no_file_is_one_clear_error(path: str, message: str) -> None:
    with pytest.raises(LogError, match=message) as caught:
        SampleLog(path)
    assert "\n" not in str(caught.value)


def test_file_in_the_way_of_a_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="file: cannot be made as a folder"):
        SampleLog(tmp_path / "file" / "x.jsonl")
    with pytest.raises(LogError, match="cannot be made as a folder"):
        SampleLog(tmp_path / "file" / "deeper" / "x.jsonl")

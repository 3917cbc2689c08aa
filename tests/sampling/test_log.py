"""The sample log: what is appended is what is read, and what damage does."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_rows import FAILURE, append, make_row, write_log
from slm_mux.errors import LogError
from slm_mux.sampling.log import SampleLog, read_recorded
from slm_mux.sampling.recorded import Recorded
from slm_mux.store.jsonl import LineError
from slm_mux.store.rows import asking_of

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_come_back_as_they_were_given(tmp_path: Path) -> None:
    rows = [
        make_row(0, response="a\ud800b\u2028\r\n\0é😀", extra={"kept": [1]}),
        make_row(1, response=None, finish_reason="length"),
        make_row(2, response=None, error=FAILURE),
    ]
    with SampleLog(tmp_path / "x.jsonl") as log:
        append(log, rows)
        assert list(log.rows()) == rows
    with SampleLog(tmp_path / "x.jsonl") as log:
        assert list(log.rows()) == rows


def test_every_line_is_ascii_json_with_nothing_added(tmp_path: Path) -> None:
    row = make_row(response="é\ud800", latency_s=float("nan"))
    with SampleLog(tmp_path / "x.jsonl") as log:
        append(log, [row])
    line = (tmp_path / "x.jsonl").read_bytes()
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert b": " not in line
    assert json.loads(line) == {**row, "latency_s": None}


@given(text=st.text(st.characters()))  # lone surrogates included
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("log") / "x.jsonl"
    row = make_row(response=text, problem_id=text)
    with SampleLog(path) as log:
        append(log, [row])
    with SampleLog(path) as log:
        assert list(log.rows()) == [row]


def test_folders_are_made(tmp_path: Path) -> None:
    with SampleLog(tmp_path / "a" / "b" / "x.jsonl") as log:
        append(log, [make_row()])
    assert (tmp_path / "a" / "b" / "x.jsonl").is_file()


def test_many_tasks_append_at_once(tmp_path: Path) -> None:
    async def run(log: SampleLog) -> None:
        await asyncio.gather(
            *(log.append([make_row(2 * i), make_row(2 * i + 1)]) for i in range(500))
        )

    with SampleLog(tmp_path / "x.jsonl") as log:
        asyncio.run(run(log))
        assert sorted(row["sample_index"] for row in log.rows()) == list(range(1000))
        assert len(Recorded(log.rows())) == 1000


def test_appends_during_a_sync_share_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = threading.Event()
    syncs: list[int] = []
    fsync = os.fsync

    def gated(fd: int) -> None:
        assert queued.wait(60)
        syncs.append(fd)
        fsync(fd)

    async def run(log: SampleLog) -> None:
        first = asyncio.ensure_future(log.append([make_row(0)]))
        await asyncio.sleep(0)
        others = [asyncio.ensure_future(log.append([make_row(i)])) for i in range(1, 101)]
        await asyncio.sleep(0)
        queued.set()  # the loop ran on while the disk was busy
        await asyncio.gather(first, *others)

    with SampleLog(tmp_path / "x.jsonl") as log:
        monkeypatch.setattr(os, "fsync", gated)
        asyncio.run(run(log))
    assert len(read_recorded(tmp_path / "x.jsonl")) == 101
    assert len(syncs) <= 2


def test_append_is_in_the_file_before_it_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    fsync = os.fsync

    def gated(fd: int) -> None:
        assert looked.wait(60)
        fsync(fd)

    async def run(log: SampleLog) -> None:
        task = asyncio.ensure_future(log.append([make_row(0)]))
        await asyncio.sleep(0)
        assert len(read_recorded(log.path)) == 1  # a kill would not lose it
        assert not task.done()
        looked.set()
        await task

    with SampleLog(tmp_path / "x.jsonl") as log:
        monkeypatch.setattr(os, "fsync", gated)
        asyncio.run(run(log))


def test_cancelled_append_is_still_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled = threading.Event()

    fsync = os.fsync

    def gated(fd: int) -> None:
        assert cancelled.wait(60)
        fsync(fd)

    async def run(log: SampleLog) -> None:
        task = asyncio.ensure_future(log.append([make_row(0)]))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with SampleLog(tmp_path / "x.jsonl") as log:
        monkeypatch.setattr(os, "fsync", gated)
        asyncio.run(run(log))
        cancelled.set()
    assert len(read_recorded(tmp_path / "x.jsonl")) == 1


def test_closed_log_takes_nothing(tmp_path: Path) -> None:
    log = SampleLog(tmp_path / "x.jsonl")
    log.close()
    log.close()
    with pytest.raises(LogError, match="closed"):
        append(log, [make_row()])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sample_index": -1}, "sample_index"),
        ({"sample_index": True}, "sample_index"),
        ({"problem_id": None}, "problem_id"),
        ({"model": 1.5}, "model"),
        ({"params": "hot"}, "params"),
    ],
)
def test_row_that_could_not_be_read_is_not_written(
    tmp_path: Path, fields: dict[str, Any], reason: str
) -> None:
    with SampleLog(tmp_path / "x.jsonl") as log:
        with pytest.raises(LineError, match=reason):
            append(log, [make_row(**fields)])
        assert list(log.rows()) == []


WHOLE = json.dumps(make_row(0)).encode() + b"\n"


@pytest.mark.parametrize(
    "tail",
    [
        b"{",
        b'{"task":"made-up","response":"half of it',
        b'{"task":"made-up","response":"half of it\n',
        b'{"response":"\xe2\x82',
        b'{"response":"cut',
        b"\0\0\0\0",
        b'{"resp\0\0\0\0',
        json.dumps(make_row(1)).encode()[:-1],
    ],
)
@pytest.mark.parametrize("before", [b"", WHOLE])
def test_torn_last_line_is_cut_off(tmp_path: Path, before: bytes, tail: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(before + tail)
    with SampleLog(path) as log:
        assert log.torn_bytes == len(tail)
        assert path.read_bytes() == before
        append(log, [make_row(5)])
    assert [row["sample_index"] for row in reopened(path)] == ([0, 5] if before else [5])


def test_whole_last_line_without_its_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(WHOLE.rstrip(b"\n"))
    with SampleLog(path) as log:
        assert log.torn_bytes == 0
        append(log, [make_row(1)])
    assert [row["sample_index"] for row in reopened(path)] == [0, 1]


def reopened(path: Path) -> list[Any]:
    with SampleLog(path) as log:
        assert log.torn_bytes == 0
        return list(log.rows())


def test_blank_lines_and_byte_order_mark_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE + b"\n  \r\n" + WHOLE)
    with SampleLog(path) as log:
        assert len(list(log.rows())) == 2
        assert len(log.recorded) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WHOLE + b'{"torn\n' + WHOLE, r"x\.jsonl:2: not valid JSON: mend or remove this line"),
        (WHOLE + b'{"torn\n\n', r"x\.jsonl:2: not valid JSON: mend or remove"),
        (b"[" * 100_000 + b"\n" + WHOLE, r"x\.jsonl:1: not valid JSON; is this a sample log"),
        (b'{"a":1}\n', r"x\.jsonl:1: field problem_id is missing"),
        (b'{"a":1}', r"x\.jsonl:1: field problem_id is missing"),
        (b"[1,2]\n", r"x\.jsonl:1: not a JSON object"),
        (b"name,answer\n", r"x\.jsonl:1: not valid JSON; is this a sample log"),
        (b"no line end, no JSON", r"x\.jsonl:1: not valid JSON; is this a sample log"),
        (WHOLE + b"\x89PNG", r"x\.jsonl:2: not valid JSON; is this a sample log"),
        (b"\x1f\x8b\x08\x00rest", r"x\.jsonl: is gzip-compressed: unpack it first"),
        (b"PAR1rest", r"x\.jsonl: is a Parquet file"),
        (b"\xff\xfe{\0", r"x\.jsonl: is UTF-16 text"),
    ],
)
def test_damage_is_one_error_and_the_file_stays(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(LogError, match=message) as caught:
        SampleLog(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content
    path.write_bytes(WHOLE)
    SampleLog(path).close()  # the lock was freed


def test_empty_log_opens(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").touch()
    with SampleLog(tmp_path / "x.jsonl") as log:
        assert len(log.recorded) == 0


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="is a folder"):
        SampleLog(tmp_path)


def test_symlinked_log_is_the_log(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "x.jsonl"
    link.symlink_to(tmp_path / "real" / "y.jsonl")
    with SampleLog(link) as log:
        append(log, [make_row()])
        with pytest.raises(LogError, match="in use"):
            SampleLog(tmp_path / "real" / "y.jsonl")
    assert link.is_symlink()
    assert len(read_recorded(tmp_path / "real" / "y.jsonl")) == 1


def test_symlink_to_itself_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "x.jsonl"
    link.symlink_to(link)
    with pytest.raises(LogError):
        SampleLog(link)


def test_line_without_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slm_mux.store.jsonl.MAX_LINE", 1000)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"{" * 2000)
    with pytest.raises(LogError, match=r"x\.jsonl:1: longer than"):
        SampleLog(path)


def test_rows_stop_where_the_disk_does(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with SampleLog(path) as log:
        append(log, [make_row(0)])
        rows = log.rows()
        with path.open("ab") as stream:  # a write of another batch, half done
            stream.write(b'{"half')
        assert [row["sample_index"] for row in rows] == [0]


def test_looking_at_a_log_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    assert len(read_recorded(path)) == 0
    path.write_bytes(WHOLE + b'{"torn')
    with SampleLog(tmp_path / "other.jsonl"):
        assert len(read_recorded(path)) == 1
    assert path.read_bytes() == WHOLE + b'{"torn'
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "other.jsonl",
        "other.jsonl.lock",
        "x.jsonl",
    ]


def test_failed_row_is_replaced_by_a_success_only(tmp_path: Path) -> None:
    path = write_log(
        tmp_path / "x.jsonl",
        [make_row(0, error=FAILURE), make_row(0), make_row(0, error=FAILURE)],
    )
    recorded = read_recorded(path)
    asking = asking_of(make_row(0))
    assert recorded.state(asking, 0) == "bought"
    assert recorded.state(asking, 1) == "missing"


def test_huge_sample_index_costs_no_memory(tmp_path: Path) -> None:
    path = write_log(tmp_path / "x.jsonl", [make_row(10**18)])
    recorded = read_recorded(path)
    assert recorded.state(asking_of(make_row()), 10**18) == "bought"

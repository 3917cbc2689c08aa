"""The cache of replies: kept across runs and between them, and never somebody else's file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from slm_mux.errors import LogError
from slm_mux.judging.cache import Identity, JudgeCache, Reply

ASKED = Identity("m", "http://127.0.0.1/v1", 1, "math", "1/2", "0.5")
SAID = Reply("Yes", "stop", 64, 20, 1, "2026-01-01T00:00:00+00:00")
CHILD = """
import sys
from slm_mux.judging.cache import Identity, JudgeCache, Reply
with JudgeCache(sys.argv[1]) as cache:
    for n in range(25):
        asked = Identity("m", "e", 1, "math", sys.argv[2], str(n))
        cache.put(asked, Reply("No", "stop", 64, 1, 1, "now"))
"""


def test_a_reply_is_kept_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "judge.sqlite3"
    with JudgeCache(path) as cache:
        assert cache.get(ASKED) is None
        cache.put(ASKED, SAID)
    with JudgeCache(path) as cache:
        assert cache.get(ASKED) == SAID


@pytest.mark.parametrize("field", Identity._fields)
def test_every_part_of_the_identity_counts(tmp_path: Path, field: str) -> None:
    changes: dict[str, Any] = {field: 2 if field == "prompt_version" else "other"}
    other = ASKED._replace(**changes)
    with JudgeCache(tmp_path / "c") as cache:
        cache.put(ASKED, SAID)
        assert cache.get(other) is None


def test_a_later_reply_replaces_the_earlier(tmp_path: Path) -> None:
    with JudgeCache(tmp_path / "c") as cache:
        cache.put(ASKED, SAID)
        cache.put(ASKED, SAID._replace(reply=None))
        assert cache.get(ASKED) == SAID._replace(reply=None)


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c"
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(path), f"r{n}"]) for n in range(4)
    ]
    assert [child.wait(60) for child in children] == [0] * 4
    with JudgeCache(path) as cache:
        for n in range(4):
            for k in range(25):
                assert cache.get(Identity("m", "e", 1, "math", f"r{n}", str(k))) is not None


def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, foreign = tmp_path / "notes.txt", tmp_path / "other.sqlite3"
    text.write_text("my notes, " * 100)
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for path in (text, foreign, tmp_path):
        before = path.read_bytes() if path.is_file() else None
        with pytest.raises(LogError, match="no cache of judge replies"):
            JudgeCache(path)
        assert path.is_dir() or path.read_bytes() == before


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c"
    JudgeCache(path).__exit__()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LogError, match="another version"):
        JudgeCache(path)

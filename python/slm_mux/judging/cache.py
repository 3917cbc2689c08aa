"""The judge's replies, kept across runs in SQLite: none is paid for twice.

Several runs may use one file at a time. Only replies are kept, whatever they say; a call that
failed is asked again.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from filelock import FileLock
from platformdirs import user_cache_path

from slm_mux.errors import LogError

if TYPE_CHECKING:
    import os

_SCHEMA_VERSION = 1
_WAIT_SECONDS = 60.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
    model TEXT NOT NULL, endpoint TEXT NOT NULL, prompt_version INTEGER NOT NULL,
    kind TEXT NOT NULL, reference TEXT NOT NULL, answer TEXT NOT NULL,
    reply TEXT, finish_reason TEXT, max_tokens INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, created TEXT NOT NULL,
    PRIMARY KEY (model, endpoint, prompt_version, kind, reference, answer)
)
"""


class Identity(NamedTuple):
    """What makes two questions one: who is asked, how, and about which keys."""

    model: str
    endpoint: str
    prompt_version: int
    kind: str
    reference: str
    answer: str


class Reply(NamedTuple):
    """What the judge said, and what it used; `max_tokens` is the limit it was given."""

    reply: str | None
    finish_reason: str | None
    max_tokens: int
    prompt_tokens: int
    completion_tokens: int
    created: str


def default_path() -> Path:
    """The cache of this user."""
    return user_cache_path("slm-mux") / "judge.sqlite3"


class JudgeCache:
    """A file of replies. A context manager; may be used from any thread.

    Raises `LogError` where the file cannot be opened, read or written, or is something else.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Runs that make one file at once: SQLite does not wait while its mode is changed.
            with FileLock(f"{self._path}.lock"):
                self._open()
        except (OSError, sqlite3.Error) as error:
            raise self._refused(error) from error

    def _open(self) -> None:
        self._connection = sqlite3.connect(
            self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._check_version()
            # A reader never waits for a writer; a reply is on disk when its write returns.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(_SCHEMA)
        except BaseException:
            self._connection.close()
            raise

    def _check_version(self) -> None:
        """A file of another version, or of another program, is left alone."""
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        tables = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
        if version == 0 and not tables - {"replies", "sqlite_autoindex_replies_1"}:
            self._connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        elif version != _SCHEMA_VERSION:
            raise sqlite3.DatabaseError("it belongs to another version or program")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._connection.close()

    def get(self, identity: Identity) -> Reply | None:
        """The reply to a question, None where there is none yet."""
        where = " AND ".join(f"{name} = ?" for name in Identity._fields)
        query = f"SELECT {', '.join(Reply._fields)} FROM replies WHERE {where}"  # noqa: S608  # our own names
        try:
            with self._lock, closing(self._connection.execute(query, identity)) as found:
                row = found.fetchone()
        except sqlite3.Error as error:
            raise self._refused(error) from error
        return None if row is None else Reply(*row)

    def put(self, identity: Identity, reply: Reply) -> None:
        """Keep a reply; it is on disk when this returns."""
        names = (*Identity._fields, *Reply._fields)
        marks = ", ".join("?" * len(names))
        query = f"INSERT OR REPLACE INTO replies ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # our own names
        try:
            with self._lock:
                self._connection.execute(query, (*identity, *reply))
        except sqlite3.Error as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> LogError:
        return LogError(f"{self._path}: no cache of judge replies: {error}: choose another file")

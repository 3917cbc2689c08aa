"""The rows of both sides in a temporary SQLite file, and their joins.

SQLite keeps 64 MB of each join in memory and the rest on disk, in a file that it removes itself.
Problems, models and grounds are numbers here; what they stand for is known to the `Side`s.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from slm_mux.errors import SlmMuxError
from slm_mux.scoring.comparing.outcomes import CORRECT, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Letter = Literal["a", "b"]
Table = Literal["sample", "decision"]

_CACHE_KIB = 65_536
_COLUMNS: dict[Table, int] = {"sample": 7, "decision": 6}
_SCHEMA = """
CREATE TABLE sample_{0} (unit INT, model INT, idx INT, outcome INT, ground INT, answer TEXT,
    instead INT, PRIMARY KEY (unit, model, idx)) WITHOUT ROWID;
CREATE TABLE decision_{0} (unit INTEGER PRIMARY KEY, outcome INT, ground INT, model INT, idx INT,
    answer TEXT);
CREATE TABLE {0}_units (own INTEGER PRIMARY KEY, other INT);
CREATE TABLE {0}_models (own INTEGER PRIMARY KEY, other INT);
"""
# CROSS JOIN fixes the order of the loops: rows come in the order of the first side, unsorted.
_JOIN = """
FROM sample_{0} s CROSS JOIN {0}_units u ON u.own = s.unit
CROSS JOIN {0}_models m ON m.own = s.model
{how} JOIN sample_{1} o ON o.unit = u.other AND o.model = m.other AND o.idx = s.idx
"""


class Pair(NamedTuple):
    """One sample on both sides: A's place, and outcome and ground of A and of B."""

    unit: int
    model: int
    idx: int
    outcome: int
    other_outcome: int
    ground: int
    other_ground: int
    answer: str | None
    other_answer: str | None


class DecisionPair(NamedTuple):
    """One decision on both sides."""

    unit: int
    outcome: int
    other_outcome: int
    ground: int
    other_ground: int
    model: int | None
    other_model: int | None
    answer: str | None
    other_answer: str | None


class Store:
    """A context manager. Raises `SlmMuxError` where there is no room for the rows."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # temporary, on disk
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            self._db.execute(f"PRAGMA {pragma}")
        for letter in ("a", "b"):
            self._db.executescript(_SCHEMA.format(letter))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._db.close()

    def add(self, letter: Letter, table: Table, rows: list[tuple[Any, ...]]) -> int:
        """Add rows; the first of one identity stays. How many of them were there already."""
        marks = ", ".join("?" * _COLUMNS[table])
        query = f"INSERT OR IGNORE INTO {table}_{letter} VALUES ({marks})"  # noqa: S608  # our own names
        return len(rows) - self._add_all(query, rows)

    def ground_decisions(self, letter: Letter) -> None:
        """Give decisions that name no ground that of the sample they rest on."""
        self._do(
            f"""UPDATE decision_{letter} AS d SET ground = coalesce((SELECT s.ground
            FROM sample_{letter} s WHERE s.unit = d.unit AND s.model = d.model AND s.idx = d.idx),
            0) WHERE d.ground = 0"""  # noqa: S608
        )

    def take_back(self, letter: Letter) -> None:
        """Give samples whose outcome was inferred the one that their file says."""
        self._do(f"UPDATE sample_{letter} SET outcome = instead WHERE instead NOT NULL")  # noqa: S608

    def pair(self, units: Iterable[tuple[int, int]], models: Iterable[tuple[int, int]]) -> None:
        """Say which units and models of A and B are the same."""
        for what, pairs in (("units", list(units)), ("models", list(models))):
            self._add_all(f"INSERT INTO a_{what} VALUES (?, ?)", pairs)  # noqa: S608
            self._add_all(f"INSERT INTO b_{what} (other, own) VALUES (?, ?)", pairs)  # noqa: S608

    def pairs(self) -> Iterator[Pair]:
        """The samples that both sides have, in A's order."""
        columns = (
            "s.unit, s.model, s.idx, s.outcome, o.outcome, s.ground, o.ground, s.answer, o.answer"
        )
        return map(Pair._make, self._run(f"SELECT {columns}" + _JOIN.format("a", "b", how="CROSS")))

    def only(self, letter: Letter) -> Iterator[tuple[int, int, int]]:
        """(unit, model, index) of samples that the other side lacks of a cell it could have."""
        letters = ("a", "b") if letter == "a" else ("b", "a")
        join = _JOIN.format(*letters, how="LEFT") + " WHERE o.unit IS NULL"
        return self._run("SELECT s.unit, s.model, s.idx" + join)

    def undecided_by(self, letter: Letter) -> Iterator[int]:
        """Units of a side that both have, but on which only it has a decision."""
        other = "b" if letter == "a" else "a"
        rows = self._run(
            f"""SELECT s.unit FROM decision_{letter} s CROSS JOIN {letter}_units u
            ON u.own = s.unit LEFT JOIN decision_{other} o ON o.unit = u.other
            WHERE o.unit IS NULL"""  # noqa: S608
        )
        return (unit for (unit,) in rows)

    def decisions(self) -> Iterator[DecisionPair]:
        """The decisions that both sides have, in A's order."""
        rows = self._run(
            """SELECT s.unit, s.outcome, o.outcome, s.ground, o.ground, s.model, o.model,
            s.answer, o.answer FROM decision_a s CROSS JOIN a_units u ON u.own = s.unit
            CROSS JOIN decision_b o ON o.unit = u.other"""
        )
        return map(DecisionPair._make, rows)

    def count(self, letter: Letter, table: Table) -> int:
        """How many rows of a side there are."""
        return int(next(self._run(f"SELECT count(*) FROM {table}_{letter}"))[0])  # noqa: S608

    def unlabelled(self, letter: Letter) -> bool:
        """Whether there are undecided rows, and none that is known to be right or wrong."""
        seen = {
            outcome
            for table in _COLUMNS
            for (outcome,) in self._run(f"SELECT DISTINCT outcome FROM {table}_{letter}")  # noqa: S608
        }
        known = {CORRECT, OUTCOMES.index("incorrect")}
        return OUTCOMES.index("undecided") in seen and not seen & known

    def _run(self, query: str) -> Iterator[Any]:
        with _room(), closing(self._db.execute(query)) as found:
            yield from found

    def _do(self, statement: str) -> None:
        with _room():
            self._db.execute(statement)

    def _add_all(self, query: str, rows: list[tuple[Any, ...]] | list[tuple[int, int]]) -> int:
        with _room(), self._db:
            self._db.execute("BEGIN")
            return self._db.executemany(query, rows).rowcount


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SlmMuxError(
            f"the temporary tables of both sides cannot be kept ({error}): make room in the "
            "folder of temporary files, or name another in SQLITE_TMPDIR"
        ) from error

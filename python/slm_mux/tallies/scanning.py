"""A scan: what is read is kept as tallies, and merged, decided and counted at the end."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.arrow import reader_of
from slm_mux.errors import InputError
from slm_mux.parts import made_in, mark_of, read_marks, telling, told, with_marks
from slm_mux.provenance import (
    BY_ROW,
    filter_after,
    filter_in,
    filter_shown,
    filter_told,
    provenance,
)
from slm_mux.tallies.choice import Choice
from slm_mux.tallies.machine import machine_memory, machine_threads
from slm_mux.tallies.rules import Rules, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from arro3.core import Table

    from slm_mux.arrow import ArrowTable


class Piece(NamedTuple):
    """A file to read, or a part of it.

    `number` is its place among all files in the order of their names: samples without an index
    are numbered in that order. `part` is a range of bytes for plain lines, of row groups or
    record batches for columns (see `columns.describe`).
    """

    path: str
    number: int = 0
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Tallied:
    """The end of a scan.

    `tallies` has a row for each task, problem, member, state, key and verdict, with the sample
    indexes as a portable Roaring bitmap; None where it was written to a file. `decisions` has a
    row for each task and problem. `figures` counts by task; `orders` is each task's pool order.
    """

    tallies: Table | None
    decisions: Table
    figures: Mapping[str, Any]
    orders: Mapping[str, Sequence[str]]


class Scan:
    """What was read so far: tallies in the making."""

    __slots__ = ("_by_row", "_inner", "_rules", "_settings", "_where")

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._settings = settings_of(self._rules)
        self._inner = _core.Scanning()
        self._by_row = False  # whether what was added had been numbered by file and row
        self._where: Mapping[str, Any] | None = None  # the filter of tallies that were added

    @property
    def rules(self) -> Rules:
        """How rows are read."""
        return self._rules

    def read(  # noqa: PLR0913  the options are keyword-only
        self,
        files: Iterable[Piece | str | os.PathLike[str]] | Piece | str | os.PathLike[str],
        *,
        threads: int | None = None,
        memory: int | None = None,
        spill: str | os.PathLike[str] | None = None,
        samples: Path | None = None,
        metadata: Mapping[str, Any] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Scan:
        """Read files, or one, told apart by content: JSONL plain, gzip, zstd, Parquet, Arrow IPC.

        `-` is standard input. `threads` by default as many as `RAYON_NUM_THREADS` or the
        machine has. Tallies beyond `memory` bytes (default half the machine's) go to the folder
        `spill` (default the system's) and are merged at the end. `samples` is a Parquet file to
        write single samples to. `progress` is called with the bytes and rows done so far.

        Raises `InputError` where a file cannot be read or nothing tells its answer kind; an
        interruption stops within a fraction of a second.
        """
        if isinstance(files, str | os.PathLike | Piece):
            files = [files]
        pieces = [
            f if isinstance(f, Piece) else Piece(os.fspath(f), n) for n, f in enumerate(files)
        ]
        self._inner.read(
            [(piece.path, piece.number, piece.part) for piece in pieces],
            self._settings,
            threads=threads or machine_threads(),
            memory=memory or machine_memory() // 2,
            folder=spill or tempfile.gettempdir(),
            samples=samples,
            metadata=json.dumps(metadata or {}, sort_keys=True),
            tell=progress,
        )
        return self

    def read_lines(self, lines: bytes, *, name: str, number: int = 0, offset: int = 0) -> Scan:
        """Read lines that lie in memory, from byte `offset` of a file on."""
        self._inner.read_lines(name, number, lines, self._settings, offset=offset)
        return self

    def read_rows(self, rows: ArrowTable, *, name: str, number: int = 0, first: int = 0) -> Scan:
        """Read rows of Arrow batches, the first of which is row `first` of its file."""
        self._inner.read_rows(name, number, rows, self._settings, first=first)
        return self

    def add(
        self,
        records: ArrowTable,
        notes: str | None = None,
        *,
        memory: int | None = None,
        spill: str | os.PathLike[str] | None = None,
    ) -> Scan:
        """Add what another scan gave out by `records` and `notes`.

        What goes beyond `memory` bytes is put in order in the folder `spill`, as in `read`.
        Raises `InputError` where it was made by other rules, `TypeError` for what is not Arrow.
        """
        for batches, marks in with_marks(reader_of(records)):
            self._by_row |= read_marks(marks, self._rules.profile)
            self._inner.add_records(
                batches,
                memory=memory or machine_memory() // 2,
                folder=spill or tempfile.gettempdir(),
            )
        if notes is not None:
            self._inner.add_notes(notes)
        return self

    def add_tallies(self, tallies: ArrowTable) -> Scan:
        """Add the rows of a tallies file: samples that are there already count once.

        Raises `InputError` for tallies that say that they are of another profile, or of samples
        chosen by another filter than those before.
        """
        reader = reader_of(tallies)
        text = told(reader.schema)
        if text is not None:
            self._add_made(made_in(text, "tallies"))
        self._inner.add_tallies(reader)
        return self

    def _add_made(self, made: Mapping[str, Any]) -> None:
        """Take in by what rules tallies were made."""
        if made.get("profile", self._rules.profile) != self._rules.profile:
            raise InputError(
                f"tallies of another profile ({made['profile']}, here {self._rules.profile}): "
                "score the samples anew, by one set of rules"
            )
        where = filter_in(made)
        if self._where is not None and where != self._where:
            raise InputError(
                f"tallies of samples chosen by {filter_shown(where)} beside those chosen by "
                f"{filter_shown(self._where)}: score all of them anew by the same choice"
            )
        self._where = where
        self._by_row |= made.get("numbering") == BY_ROW

    def notes(self) -> str:
        """What was noticed, for `add`."""
        return self._inner.notes()

    def records(self) -> Table:
        """Give out what was read, for `add`; the scan is empty then."""
        mark = mark_of(self._rules.profile, unnumbered=self._numbered_by_row)
        table: Table = self._inner.records()
        return telling(table, mark)

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return self._inner.rows()[0]

    @property
    def other_tasks(self) -> int:
        """How many rows were of other tasks."""
        return self._inner.rows()[2]

    @property
    def unnumbered(self) -> int:
        """How many of the rows had no sample index, and were numbered by file and row."""
        return self._inner.rows()[1]

    @property
    def _numbered_by_row(self) -> bool:
        return self._by_row or self.unnumbered > 0

    def bad(self) -> dict[str, Any]:
        """The rows that could not be used: `reasons` with counts, the first hundred `listed`.

        A listed one may stand for `rows` that follow each other. `broken` counts the rows that are
        lost where files end before their rows do, one for each whose number is not known.
        """
        found: dict[str, Any] = json.loads(self._inner.bad())
        return found

    def finish(
        self,
        choice: Choice | None = None,
        *,
        path: Path | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Tallied:
        """Merge, decide and count; the scan is used up. Tallies are written to `path`, if any.

        They tell the rules they were made by, so that `slm-mux rescore` takes them as input;
        `metadata` goes before that.

        Raises `InputError` where rows contradict each other on a reference or an answer kind,
        where samples were asked in several ways and none is chosen, and for members that are
        not there.
        """
        choice = choice or Choice()
        made = json.dumps({**self._made(choice), **(metadata or {})}, sort_keys=True)
        done = _core.Finished(
            self._inner,
            self._settings,
            selector=choice.selector,
            order=None if choice.order is None else list(choice.order),
            first=list(choice.first),
            validation_accuracy=list(choice.validation_accuracy.items()),
            abstain=choice.abstain,
            tie=choice.tie,
            seed=choice.seed,
            weights=list(choice.weights.items()),
            asked=choice.samples,
            problems=list(choice.problems),
            params=json.dumps(dict(choice.params)),
            api_model=choice.api_model,
            prompts=list(choice.prompts),
            threads=machine_threads(),
            path=path,
            metadata=made,
        )
        tallies: Table | None = done.tallies()
        return Tallied(
            tallies and telling(tallies, made),
            done.decisions(),
            json.loads(done.figures()),
            dict(done.orders()),
        )

    def _made(self, choice: Choice) -> dict[str, Any]:
        where = filter_told(choice.params, choice.api_model, choice.prompts)
        if self._where is not None:
            where = filter_after(self._where, where)
        return provenance(self._rules.profile, unnumbered=self._numbered_by_row, where=where)


def scan(
    paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
    rules: Rules | None = None,
    **options: Any,
) -> Scan:
    """Read sample files, or one, in bulk; see `Scan.read` for the options.

    >>> import json, pathlib, tempfile
    >>> log = pathlib.Path(tempfile.mkdtemp(), "log.jsonl")
    >>> row = {"problem_id": "1", "model": "a", "reference_answer": "7", "response": "It is 7."}
    >>> _ = log.write_text(json.dumps(row))
    >>> scan(log, Rules(kind="math")).finish().figures["tasks"]["unnamed"]["outcomes"]["correct"]
    1
    """
    return Scan(rules).read(paths, **options)

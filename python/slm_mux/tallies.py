"""Samples in bulk → tallies: files, Arrow batches and tallies of others in, tables out.

Texts are read where they lie; what stays in memory are tallies, not samples. The same code
runs on one machine, in the tasks of a cluster, and in anything that passes Arrow batches
through Python (Spark's `mapInArrow`, Daft, Ray Data).
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.errors import InputError
from slm_mux.parts import (
    is_arrow,
    made_in,
    mark_of,
    marked,
    read_marks,
    reader_of,
    signed,
    telling,
    told,
    with_marks,
)
from slm_mux.provenance import (
    BY_ROW,
    filter_after,
    filter_in,
    filter_shown,
    filter_told,
    provenance,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from arro3.core import Table

    from slm_mux.types import Abstain, Kind, Profile, Tie
    from slm_mux.voting import ArrowTable

FIELDS: tuple[str, ...] = tuple(_core.FIELDS)
"""What a field of a sample can say: the names a mapping starts from."""


class KnownProblem(NamedTuple):
    """What is known of a problem beside its rows; `task` None means that of any task."""

    task: str | None
    problem_id: str
    reference_answer: str | None = None
    choices: Sequence[str] | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How rows are read; may be pickled.

    `kind` overrides the rows' answer kind; `task` is the only task that counts and that of rows
    that name none; `model` overrides the rows' member. `fields` maps what a field says (one of
    `FIELDS`) to what it is called, where that is none of the names that are known; a name with
    dots that no field has is the way to one inside of others, such as
    `choices.0.message.content`. The references of `known` go before those of the rows.
    """

    profile: Profile = "canonical"
    kind: Kind | None = None
    task: str | None = None
    model: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    known: Sequence[KnownProblem] = ()

    def __post_init__(self) -> None:
        """Raises `ValueError` for a profile or kind that is none, `InputError` for a field."""
        _core.ScanSettings(profile=self.profile, kind=self.kind, fields=list(self.fields.items()))


def _settings(rules: Rules) -> _core.ScanSettings:
    return _core.ScanSettings(
        profile=rules.profile,
        kind=rules.kind,
        task=rules.task,
        model=rules.model,
        fields=list(rules.fields.items()),
        known=[
            (*problem[:3], problem.choices and list(problem.choices), problem.kind)
            for problem in rules.known
        ],
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """How answers are selected, and which samples count.

    See `AnswerTable.select` for the selection. `order` is the pool; by default all members, those
    of `first` before the others, which are in the recorded order. Accuracies of members that are
    not there do not matter. `samples` is the number asked of each member on
    each problem (None: the most recorded). `params`, `api_model` and `prompts` choose among
    several ways in which samples were asked. `problems` are (task, problem_id) that count
    though nobody answered them.
    """

    selector: str = "mux"
    order: Sequence[str] | None = None
    first: Sequence[str] = ()
    validation_accuracy: Mapping[str, float] = field(default_factory=dict)
    abstain: Abstain = "count"
    tie: Tie = "accuracy"
    seed: int = 0
    weights: Mapping[str, int] = field(default_factory=dict)
    samples: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    api_model: str | None = None
    prompts: Sequence[str] = ()
    problems: Sequence[tuple[str, str]] = ()


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
        self._settings = _settings(self._rules)
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
            threads=threads or _threads(),
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
            threads=_threads(),
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


def tally(
    rows: ArrowTable, rules: Rules | None = None, *, file: int = 0, first: int | None = None
) -> Table:
    """Tally the rows of an Arrow batch, as far as that goes for a part: records to be merged.

    Rows need a `sample_index`, or the batch a place: `first` is the number of its first row in
    its file, `file` the number of that file among all (see `Piece`), and samples are numbered in
    that order. Integers are signed, which every engine knows. Rows that cannot be used are left
    out; a `Scan` also tells of them (`notes`).

    Raises `InputError` for rows without an index where `first` is not given.
    """
    scan = Scan(rules).read_rows(rows, name="", number=file, first=first or 0)
    if scan.unnumbered and first is None:
        raise InputError(
            f"{scan.unnumbered:,} rows without a sample_index, and a batch does not say where it "
            "stands: give sample_index, or tally(…, file=NUMBER, first=ROW)"
        )
    return signed(marked(scan.records()))


def merge(records: Iterable[ArrowTable], rules: Rules | None = None) -> Scan:
    """Put the records of many parts together: `merge(parts).finish()`.

    Raises `InputError` for parts that were made by other rules.
    """
    if is_arrow(records):
        raise TypeError("merge takes parts, not one of them: write merge([part], rules)")
    whole = Scan(rules)
    for part in records:
        whole.add(part)
    return whole


def machine_memory() -> int:
    """The bytes of memory this machine has; 8 GiB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 << 30


def _threads() -> int:
    wanted = os.environ.get("RAYON_NUM_THREADS", "")
    return int(wanted) if wanted.isdecimal() and int(wanted) else os.cpu_count() or 1

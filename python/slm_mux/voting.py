"""The answer table: recorded answers of several members, ready to be voted on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.selection import DEFAULT_SELECTOR, Decisions, Outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slm_mux.types import Abstain, Tie


@runtime_checkable
class ArrowTable(Protocol):
    """What gives its rows as Arrow: tables and streams of pyarrow, polars, duckdb, arro3."""

    def __arrow_c_stream__(self, requested_schema: object | None = None, /) -> object:
        """Return a PyCapsule of an Arrow stream."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of one member on one problem.

    `counts` maps each key to its votes, the most first, equal ones in the order seen.
    `exemplar_index` is the smallest sample index of the top key. `n` counts the responses:
    `votes` of them have a key, `unparsed` and `truncated` have none; `failed` calls are not in
    n. `confidence` is the top key's share of n, or of the votes under `abstain="drop"`.
    `correct_top` is the verdict on the exemplar: None where undecided or where there is none.
    """

    counts: dict[str, int]
    exemplar_index: int | None
    n: int
    votes: int
    unparsed: int
    truncated: int
    failed: int
    confidence: Fraction | None
    correct_top: bool | None

    @property
    def top(self) -> str | None:
        """The key with the most votes, ties to the one seen first."""
        return next(iter(self.counts), None)


@dataclass(frozen=True, slots=True)
class MemberSummary:
    """How one member did on the whole table.

    `samples` counts its responses; `correct`, `incorrect`, `undecided`, `no_answer` (unparsed)
    and `truncated` add up to it; `failed` calls come on top. `self_consistency` counts its top
    keys, one per problem of the table.
    """

    member: str
    samples: int
    correct: int
    incorrect: int
    undecided: int
    no_answer: int
    truncated: int
    failed: int
    self_consistency: Outcomes


class AnswerTable:
    """Recorded answers, every text interned to a small integer; immutable.

    Texts cross into the table once; votes, selections and summaries are then methods of it,
    run with the interpreter released, and may be called from any number of threads. Lone
    surrogates in ids, names and keys read as U+FFFD.

    >>> table = AnswerTable.from_samples(
    ...     [
    ...         {"problem_id": "1", "model": "a", "sample_index": 0, "key": "7"},
    ...         {"problem_id": "1", "model": "a", "sample_index": 1, "key": "8"},
    ...         {"problem_id": "1", "model": "b", "sample_index": 0, "key": "8"},
    ...         {"problem_id": "1", "model": "b", "sample_index": 1, "key": "8"},
    ...     ],
    ...     references={"1": "8"},
    ... )
    >>> decision = table.select()[0]
    >>> decision.key, decision.model, decision.confidence, decision.correct
    ('8', 'b', Fraction(1, 1), True)
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.AnswerTable) -> None:
        self._core = core

    @classmethod
    def from_samples(
        cls,
        rows: Iterable[Mapping[str, object]] | ArrowTable,
        *,
        references: Mapping[str, str | None] | None = None,
        problems: Iterable[str] | None = None,
        members: Iterable[str] | None = None,
    ) -> AnswerTable:
        """Build a table of samples in any order.

        A row has `problem_id: str`, `model: str` (the member's name), `sample_index: int` from 0
        to 2³²-1, `key: str | None`, and may have

        - `state`: `ok` (needs a key), `unparsed`, `truncated` or `failed`; by default `ok` with a
          key and `unparsed` without. Only `ok` samples vote; the key of another is not read.
        - `correct`: the grader's verdict, None for undecided. It overrides `references`, the
          reference keys by problem, with which keys are compared as strings.

        Reports on one sample (problem, model, index) count once: a key goes before no key, that
        before a failure, and of two keys the smaller string stands. A sample with two keys, two
        states or two verdicts is listed in `conflicts`; contradicting verdicts are undecided.

        `problems` and `members` come first in the table, in that order, whether they have
        samples or not; the others follow as first seen. Arrow columns may be of any string,
        integer and boolean type and are read in place.

        Raises `InputError` naming the row, counted from 1, and the field.
        """
        known = (
            [(problem, key) for problem, key in (references or {}).items() if key is not None],
            list(problems or ()),
            list(members or ()),
        )
        if isinstance(rows, ArrowTable):
            return cls(_core.AnswerTable.from_arrow(rows, *known))
        return cls(_core.AnswerTable.from_rows(rows, *known))

    @classmethod
    def from_tallies(
        cls,
        tallies: ArrowTable,
        task: str,
        *,
        problems: Iterable[str] = (),
        members: Iterable[str] = (),
    ) -> AnswerTable:
        """Build the table of one task of a tallies file (see `slm_mux.tallies.Tallied`).

        Every sample stands under its index with the verdict that it was given. `problems` and
        `members` come first in the table, in that order, whether they have samples or not.

        Raises `InputError` where a column is missing or holds something else.
        """
        core = _core.AnswerTable.from_tallies(tallies, task, list(problems), list(members))
        return cls(core)

    def merge(self, other: AnswerTable) -> AnswerTable:
        """Return the union of both tables: a sample in both counts once.

        What is in the table does not depend on the order or number of merges. Only the order of
        problems and members does: this table's come first.
        """
        return AnswerTable(self._core.merge(other._core))

    def __or__(self, other: AnswerTable) -> AnswerTable:
        return self.merge(other)

    @property
    def problem_ids(self) -> list[str]:
        """The problems, in table order."""
        return self._core.problem_ids

    @property
    def members(self) -> list[str]:
        """The members, in table order: the default pool order."""
        return self._core.members

    @property
    def conflicts(self) -> list[tuple[str, str, int]]:
        """The samples whose reports contradict each other: (problem, model, sample index)."""
        return self._core.conflicts

    def tally(self, problem_id: str, model: str, *, abstain: Abstain = "count") -> Tally:
        """Return the votes of one member on one problem; an empty tally if it has no samples.

        Raises `InputError` when the table knows no such problem or member.
        """
        fields = self._core.tally(problem_id, model, abstain)
        votes, unparsed, truncated, failed, counts, exemplar, correct, size = fields
        return Tally(
            counts=dict(counts),
            exemplar_index=exemplar,
            n=votes + unparsed + truncated,
            votes=votes,
            unparsed=unparsed,
            truncated=truncated,
            failed=failed,
            confidence=Fraction(counts[0][1], size) if counts else None,
            correct_top=correct,
        )

    def members_summary(self) -> list[MemberSummary]:
        """Summarise each member over all samples and problems, in table order."""
        return [
            MemberSummary(
                member=member,
                samples=sum(count for name, count in samples if name != "failed"),
                **dict(samples),
                self_consistency=Outcomes(**dict(problems)),
            )
            for member, samples, problems in self._core.members_summary()
        ]

    def oracle(self, members: Sequence[str] | None = None) -> int:
        """Count the problems on which the top key of some member is correct.

        An upper bound for every selector that returns a member's top key. `members` limits it
        to a pool; by default all. Raises `InputError` for a member the table does not know.
        """
        return self._core.oracle(None if members is None else list(members))

    def select(  # noqa: PLR0913  the options of a selection, keyword-only
        self,
        selector: str = DEFAULT_SELECTOR,
        *,
        order: Sequence[str] | None = None,
        validation_accuracy: Mapping[str, float | None] | None = None,
        abstain: Abstain = "count",
        tie: Tie = "accuracy",
        seed: int = 0,
    ) -> Decisions:
        """Decide every problem of the table.

        `selector`:

        - `mux`: the top key of the member whose top key has the largest share of its responses,
          shares compared as fractions (SLM-MUX, arXiv 2510.05077);
        - `majority`: one plurality over the samples of all members, shown as its best supporter
          gave it: by `tie`, then by more votes, pool order, smallest index;
        - `single:NAME`: self-consistency of one member.

        `order` is the pool: the members that take part, in pool order; by default all of the
        table. `abstain`: whether unparsed and truncated samples stay in the denominator
        (`count`, the paper's rule) or not (`drop`). `tie`: `accuracy` goes by
        `validation_accuracy` (shares from 0 to 1; a member without one after all with one) and
        then by pool order, `order` by pool order alone, `random` by the members' SHA-256 of
        `seed`, problem and member, joined with NUL.

        Raises `InputError` for an unknown selector, member or policy, naming the choices.
        """
        accuracies = (validation_accuracy or {}).items()
        decisions = self._core.select(
            selector,
            None if order is None else list(order),
            [(member, accuracy) for member, accuracy in accuracies if accuracy is not None],
            abstain,
            tie,
            seed,
        )
        return Decisions(decisions)

    def __repr__(self) -> str:
        return (
            f"<AnswerTable: {len(self.problem_ids)} problems, {len(self.members)} members, "
            f"{self._core.sample_count} samples>"
        )

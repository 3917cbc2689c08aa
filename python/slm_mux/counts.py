"""Counts of an answer table: the votes of a member on a problem, and how members did on all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.selection import Outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.types import Abstain


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
class Candidate:
    """A distinct key of a problem: what a calibration is fitted on.

    `votes` are, for each member, its samples that gave the key and all its samples.
    `correct` is whether some exemplar of the key is; None where none was judged.
    """

    votes: Sequence[tuple[int, int]]
    correct: bool | None


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


def tally(table: _core.AnswerTable, problem_id: str, model: str, abstain: Abstain) -> Tally:
    """Count what `AnswerTable.tally` says."""
    fields = table.tally(problem_id, model, abstain)
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


def members_summary(table: _core.AnswerTable) -> list[MemberSummary]:
    """Count what `AnswerTable.members_summary` says."""
    return [
        MemberSummary(
            member=member,
            samples=sum(count for name, count in samples if name != "failed"),
            **dict(samples),
            self_consistency=Outcomes(**dict(problems)),
        )
        for member, samples, problems in table.members_summary()
    ]


def candidates(
    table: _core.AnswerTable, members: Sequence[str], abstain: Abstain
) -> list[list[Candidate]]:
    """List what `AnswerTable.candidates` says."""
    found = _core.candidates(table, list(members), abstain)
    return [[Candidate(votes, correct) for votes, correct in problem] for problem in found]

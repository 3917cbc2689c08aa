"""What a selection means: options, ties and the decision; the rules are in `selectors`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from reference.voting import Tally, outcome_of, outcome_without_answer, tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from reference.voting import Table


@dataclass(frozen=True)
class Decision:
    """What was decided on one problem."""

    key: str | None
    model: str | None
    sample_index: int | None
    confidence: Fraction | None
    reason: str
    tied: int
    outcome: str


@dataclass(frozen=True)
class Options:
    """How to select; `order` is the pool."""

    selector: str = "mux"
    order: Sequence[str] | None = None
    validation_accuracy: Mapping[str, float] = field(default_factory=dict)
    abstain: str = "count"
    tie: str = "accuracy"
    seed: int = 0
    choices: int | None = None
    weights: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One problem, with the tallies of the pool in pool order and what a rule may look up."""

    problem: str
    tallies: Mapping[str, Tally]
    options: Options
    verdicts: Mapping[tuple[str, int], bool | None]
    smallest: Mapping[str, int]

    def rank(self, member: str) -> Any:
        """Where the tie policy puts a member; the smaller goes first."""
        return RANKS[self.options.tie](self.options, self.problem, member)

    def place(self, member: str) -> int:
        """The member's place in the pool."""
        return list(self.tallies).index(member)


class Candidate(NamedTuple):
    """An answer and its strength; among equals the smallest claim goes first.

    A claim is (rank by the tie policy, votes of the member for the key, place in the pool,
    smallest index).
    """

    claim: tuple[Any, int, int, int]
    key: str
    member: str
    strength: Any
    confidence: Fraction
    sample: int


class Settled(NamedTuple):
    """A decision that needs no comparison."""

    key: str
    member: str
    sample: int
    confidence: Fraction
    reason: str
    tied: int = 1


def pool_of(table: Table, options: Options) -> list[str]:
    """Name the members that take part, in pool order; refuse what is not there."""
    pool = list(table.members if options.order is None else options.order)
    unknown = {*pool, *options.validation_accuracy} - set(table.members)
    if unknown or len(set(pool)) < len(pool):
        raise ValueError("order, validation_accuracy")
    if not all(0 <= accuracy <= 1 for accuracy in options.validation_accuracy.values()):
        raise ValueError("validation_accuracy")
    if options.abstain not in ("count", "drop") or options.tie not in (*RANKS,):
        raise ValueError("abstain, tie")
    if options.selector.startswith("single:"):
        name = options.selector.removeprefix("single:")
        if name not in pool:
            raise ValueError("selector")
        return [name]
    return pool


def by_accuracy(options: Options, problem: str, member: str) -> float:
    """Put the higher validation accuracy first, a member without one after all with one."""
    del problem
    return -options.validation_accuracy.get(member, -1.0)


def by_order(options: Options, problem: str, member: str) -> int:
    """Tell nobody apart: pool order comes later."""
    del options, problem, member
    return 0


def by_chance(options: Options, problem: str, member: str) -> str:
    """Permute the members of each problem by a seed."""
    return hashlib.sha256(f"{options.seed}\0{problem}\0{member}".encode()).hexdigest()


RANKS = {"accuracy": by_accuracy, "order": by_order, "random": by_chance}


def question_of(table: Table, problem: str, pool: list[str], options: Options) -> Question:
    """Gather what a rule may look at."""
    cells = {member: table.cell(problem, member) for member in pool}
    return Question(
        problem,
        {member: tally(table, problem, member) for member in pool},
        options,
        {(m, i): sample.verdict for m, cell in cells.items() for i, sample in cell.items()},
        {member: min(cell) for member, cell in cells.items() if cell},
    )


def strongest(question: Question, candidates: list[Candidate], alone: str) -> Decision:
    """Take the best candidate; the reason is where the claims of the two first ones differ."""
    if not candidates:
        outcome = outcome_without_answer(question.tallies.values())
        return Decision(None, None, None, None, "abstained", 0, outcome)
    most = max(one.strength for one in candidates)
    best = sorted((one for one in candidates if one.strength == most), key=lambda one: one.claim)
    first, reason = best[0], alone
    if len(best) > 1:
        parts = (question.options.tie, "count", "order", "index")
        claims = zip(parts, first.claim, best[1].claim, strict=True)
        reason = next(part for part, a, b in claims if a != b)
    settled = Settled(first.key, first.member, first.sample, first.confidence, reason, len(best))
    return decided(question, settled)


def decided(question: Question, settled: Settled) -> Decision:
    """Write the decision down, with its verdict."""
    return Decision(
        key=settled.key,
        model=settled.member,
        sample_index=settled.sample,
        confidence=settled.confidence,
        reason=settled.reason,
        tied=settled.tied,
        outcome=outcome_of(question.verdicts[settled.member, settled.sample]),
    )

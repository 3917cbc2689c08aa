"""Decisions: which answer stands for the pool, whose it is, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, cast, overload

from slm_mux import _core  # noqa: TID251  part of the facade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slm_mux.types import Abstain, Tie

Reason = Literal[
    "confidence",
    "majority",
    "single",
    "accuracy",
    "count",
    "order",
    "random",
    "index",
    "abstained",
    "weighted",
    "unanimous",
    "oracle",
    "calibrated",
]
Outcome = Literal["correct", "incorrect", "undecided", "no_answer", "truncated", "failed"]

SELECTORS: Final = tuple(_core.SELECTORS)
DEFAULT_SELECTOR: Final = "mux"


def options_of(  # noqa: PLR0913  the options of a selection, keyword-only
    selector: str = DEFAULT_SELECTOR,
    *,
    order: Sequence[str] | None = None,
    validation_accuracy: Mapping[str, float | None] | None = None,
    weights: Mapping[str, int] | None = None,
    abstain: Abstain = "count",
    tie: Tie = "accuracy",
    seed: int = 0,
    choices: int | None = None,
) -> dict[str, Any]:
    """The options of a selection as the core takes them; see `AnswerTable.select`."""
    known = (validation_accuracy or {}).items()
    return {
        "selector": selector,
        "order": None if order is None else list(order),
        "validation_accuracy": [(name, share) for name, share in known if share is not None],
        "weights": list((weights or {}).items()),
        "abstain": abstain,
        "tie": tie,
        "seed": seed,
        "choices": choices,
    }


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many came out how; nothing is counted twice, nothing is left out.

    `undecided`: there is an answer, but nobody could tell whether it is right. `no_answer`:
    there is none; where that is because every response was cut off or every call failed, it
    is counted under `truncated` or `failed` instead.
    """

    correct: int
    incorrect: int
    undecided: int
    no_answer: int
    truncated: int
    failed: int

    @property
    def total(self) -> int:
        """All of them: the denominator of an accuracy."""
        answered = self.correct + self.incorrect + self.undecided
        return answered + self.no_answer + self.truncated + self.failed


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one problem.

    `sample_index` is the exemplar: the first sample of `model` that gave `key`; the answer to
    show is its span. `confidence` is exact: the share of the member's responses that gave the
    key, for pooled selectors of all responses. `reason` says what made the answer win:

    - `confidence`, `majority`, `weighted`, `calibrated`: it was the best alone; `single`: one
      member was asked;
    - `unanimous`: all samples that the rule looks at agree; `oracle`: its verdict was looked at,
      and `tied` members have a correct one;
    - ties between the `tied` best: `accuracy` (validation accuracy), `count` (more votes of one
      member), `order` (pool order), `random` (seed), `index` (the key seen first);
    - `abstained`: nobody had an answer; then key, model, index and confidence are None.
    """

    problem_id: str
    key: str | None
    model: str | None
    sample_index: int | None
    confidence: Fraction | None
    reason: Reason
    tied: int
    outcome: Outcome

    @property
    def correct(self) -> bool | None:
        """The verdict on the exemplar; None where undecided or abstained (see `outcome`)."""
        return {"correct": True, "incorrect": False}.get(self.outcome)


class Decisions(Sequence[Decision]):
    """One decision per problem of a table, in its order; each is made when it is read."""

    __slots__ = ("_core",)

    def __init__(self, core: _core.Decisions) -> None:
        self._core = core

    def __len__(self) -> int:
        return len(self._core)

    @overload
    def __getitem__(self, at: int) -> Decision: ...

    @overload
    def __getitem__(self, at: slice) -> list[Decision]: ...

    def __getitem__(self, at: int | slice) -> Decision | list[Decision]:
        """Return one decision, or a list of them for a slice."""
        if isinstance(at, slice):
            return [self._decision(i) for i in range(*at.indices(len(self)))]
        index = at + len(self) if at < 0 else at
        if not 0 <= index < len(self):
            raise IndexError("decision index out of range")
        return self._decision(index)

    def __iter__(self) -> Iterator[Decision]:
        return map(self._decision, range(len(self)))

    def _decision(self, at: int) -> Decision:
        problem, key, model, index, votes, of, reason, tied, outcome = self._core.get(at)
        return Decision(
            problem_id=problem,
            key=key,
            model=model,
            sample_index=index,
            confidence=Fraction(votes, of) if key is not None else None,
            reason=cast("Reason", reason),
            tied=tied,
            outcome=cast("Outcome", outcome),
        )

    @property
    def problem_ids(self) -> list[str]:
        """The problems, one per decision."""
        return self._core.problem_ids

    @property
    def keys(self) -> list[str | None]:
        """The decided keys; None where nobody had an answer."""
        return self._core.keys

    @property
    def models(self) -> list[str | None]:
        """The members whose answers were taken."""
        return self._core.models

    @property
    def correct(self) -> list[bool | None]:
        """The verdicts; None where undecided or abstained."""
        return self._core.correct

    def counts_by_reason(self) -> dict[Reason, int]:
        """Count the decisions each reason made; reasons that made none are left out."""
        return cast("dict[Reason, int]", dict(self._core.counts_by_reason()))

    def outcomes(self) -> Outcomes:
        """Count how the decisions came out; the total is the number of problems."""
        return Outcomes(**dict(self._core.outcomes()))

    def __repr__(self) -> str:
        return f"<Decisions on {len(self)} problems>"

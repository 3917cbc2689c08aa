"""Stopping early without changing answers: what to ask next, and what that saves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from slm_mux import _core  # noqa: TID251  part of the facade
from slm_mux.selection import DEFAULT_SELECTOR, options_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slm_mux.types import Abstain, Tie

STOPPING_SELECTORS: Final = ("mux", "majority", "weighted", "single:NAME")
"""The selectors whose decisions can be known before all samples have come."""

TRIALS: Final = 100
"""Draws of a replay."""


class StoppingRule:
    """Tells, problem by problem, which samples can still change the decision of a selector.

    A problem is settled once no outcome of the samples to come (any key, unparsed, truncated, a
    failed call) can change the decided key and member; the confidence may still move. The
    conditions are necessary and sufficient: no rule that never changes an answer stops earlier.
    `members` are the pool in pool order; the options are those of `AnswerTable.select`.

    Raises `InputError` for a selector or a policy that is none, for a selector that cannot stop
    early (see `STOPPING_SELECTORS`), and for an accuracy that is missing.

    >>> rule = StoppingRule(["1"], ["a", "b"])
    >>> rule.next("1", {}, {"a": [0, 1, 2], "b": [0, 1, 2]}, most=9)
    {'a': [0, 1, 2]}
    >>> rule.next("1", {"a": [(0, "7"), (1, "7"), (2, "7")]}, {"b": [0, 1, 2]})
    {}
    """

    __slots__ = ("_members", "_options", "_table")

    def __init__(  # noqa: PLR0913  the options of a selection, keyword-only
        self,
        problems: Iterable[str],
        members: Sequence[str],
        *,
        selector: str = DEFAULT_SELECTOR,
        validation_accuracy: Mapping[str, float | None] | None = None,
        abstain: Abstain = "count",
        tie: Tie = "accuracy",
        seed: int = 0,
    ) -> None:
        self._members = list(members)
        self._table = _core.AnswerTable.from_rows([], [], list(problems), self._members)
        self._options = options_of(
            selector,
            order=self._members,
            validation_accuracy=validation_accuracy,
            abstain=abstain,
            tie=tie,
            seed=seed,
        )
        _core.settled(self._table, self._options, 1)  # wrong options are told here

    def next(
        self,
        problem_id: str,
        drawn: Mapping[str, Sequence[tuple[int, str | None]]],
        open_: Mapping[str, Sequence[int]],
        *,
        most: int = 1,
    ) -> dict[str, list[int]]:
        """Choose which samples to ask now, at most `most`; none once the problem is settled.

        `drawn` are index and key (None: a response without one) of the samples that have come,
        by member; `open_` the indexes that may still come; a sample that is in neither has
        failed for good. With `most` 1 it is the sample that may settle the problem soonest. With
        more it is a round: the fewest samples that settle the problem if all goes well. Returns
        ascending indexes by member. Raises `InputError` for an unknown problem.
        """
        asks = _core.next_samples(
            self._table,
            self._options,
            problem_id,
            [list(drawn.get(name, ())) for name in self._members],
            [list(open_.get(name, ())) for name in self._members],
            most,
        )
        found: dict[str, list[int]] = {}
        for member, index in sorted(asks):
            found.setdefault(self._members[member], []).append(index)
        return found


@dataclass(frozen=True, slots=True)
class Calls:
    """How much was asked of how much, summed over the trials of a replay.

    `requests` counts one for all samples of a member that are asked at once, as an endpoint
    bills that can give several responses to one prompt; `all_requests` is one for each member
    of each problem.
    """

    asked: int
    all: int
    requests: int
    all_requests: int

    @property
    def saved(self) -> float:
        """The share of the samples that need not be asked; 0 where there are none."""
        return 1 - self.asked / self.all if self.all else 0.0


@dataclass(frozen=True, slots=True)
class Replay:
    """What stopping early would have saved, over `decisions` decisions: problems times trials.

    `equal` is how many decided the key and member that all samples decide; less than all would
    be a bug. `rounds` is the mean number of replies waited for one after the other.
    """

    decisions: int
    equal: int
    rounds: float
    members: Mapping[str, Calls]
    problems: Sequence[Calls] = field(repr=False)

    @property
    def total(self) -> Calls:
        """The calls of all members."""
        each = self.members.values()
        return Calls(
            sum(calls.asked for calls in each),
            sum(calls.all for calls in each),
            sum(calls.requests for calls in each),
            sum(calls.all_requests for calls in each),
        )


def settled(table: _core.AnswerTable, options: Mapping[str, Any], samples: int) -> list[bool]:
    """Tell what `AnswerTable.settled` says."""
    return _core.settled(table, dict(options), samples)


def replay(
    table: _core.AnswerTable, options: Mapping[str, Any], samples: int, trials: int, most: int
) -> Replay:
    """Replay what `AnswerTable.replay_stopping` says; the order of `options` names the pool."""
    decisions, equal, rounds, by_member, by_problem = _core.replay(
        table, dict(options), samples, trials, most
    )
    alone = str(options["selector"]).partition(":")[2]
    members = [alone] if alone else options["order"]
    return Replay(
        decisions=decisions,
        equal=equal,
        rounds=rounds / decisions if decisions else 0.0,
        members={name: Calls(*calls) for name, calls in zip(members, by_member, strict=True)},
        problems=[Calls(*calls) for calls in by_problem],
    )

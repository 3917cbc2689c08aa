"""What lossless stopping would have saved, from recorded samples asked again in random orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slm_mux.expectation import limits
from slm_mux.scoring.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.expectation import Policies
    from slm_mux.stopping import Calls, Replay
    from slm_mux.study.recorded import MemberUse, Recorded
    from slm_mux.types import Latency, Price

ROUND = 64
"""At most so many samples in a round."""
ALIKE = 1.001
"""Ways whose expense differs by less are told apart by the replies to wait for."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """How samples are asked again: `trials` random draws, and `latency` as in a run."""

    trials: int
    latency: Latency = "auto"


@dataclass(frozen=True, slots=True)
class Stopped:
    """One pool that stops early: means over problems and trials.

    `calls` are samples asked, `requests` the prompts billed where an endpoint gives several
    responses to one prompt, of `all_requests` for all samples; `rounds` are replies waited for
    one after the other. `saved` is the share of the samples that is not asked, with a bootstrap
    over problems. `equal` of `decisions` decisions were those of all samples. `tokens` and `cost`
    (US dollars) are None where they are not known of every member.
    """

    latency: Latency
    calls: float
    requests: float
    all_requests: float
    rounds: float
    saved: Interval
    equal: int
    decisions: int
    tokens: float | None
    cost: float | None

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {"saved": self.saved.as_dict()}


def stopped(  # noqa: PLR0913, PLR0917  # what a pool spends depends on all of it
    recorded: Recorded,
    selector: str,
    members: Sequence[str],
    samples: int,
    policies: Policies,
    prices: Mapping[str, Price],
    stopping: Stopping,
) -> Stopped:
    """Replay one pool; with `auto` latency the way that costs less.

    Raises `InputError` for a selector that cannot stop early.
    """
    widths = {"high": [1], "low": [ROUND], "auto": [1, ROUND]}[stopping.latency]
    found = []
    for most in widths:
        replay = recorded.table.replay_stopping(
            members,
            samples,
            selector=selector,
            validation_accuracy=policies.validation_accuracy,
            abstain=policies.abstain,
            tie=policies.tie,
            seed=policies.seed,
            trials=stopping.trials,
            most=most,
        )
        found.append(_weighed(replay, most, recorded.use, prices, policies.seed))
    least = min(map(_expense, found))
    return min((one for one in found if _expense(one) <= ALIKE * least), key=_rounds)


def _expense(one: Stopped) -> float:
    """What tells the cheaper way, as far as it is known."""
    return next(known for known in (one.cost, one.tokens, one.calls) if known is not None)


def _rounds(one: Stopped) -> float:
    return one.rounds


def _weighed(
    replay: Replay,
    most: int,
    use: Mapping[str, MemberUse],
    prices: Mapping[str, Price],
    seed: int,
) -> Stopped:
    in_all = replay.total
    rates = [calls.saved for calls in replay.problems]
    [(low, high)] = limits([rates], seed)
    per = replay.decisions or 1
    members = replay.members.items()
    tokens = total([_tokens(use[name], calls) for name, calls in members])
    cost = total([_cost(use[name], calls, prices.get(name)) for name, calls in members])
    return Stopped(
        latency="high" if most == 1 else "low",
        calls=in_all.asked / per,
        requests=in_all.requests / per,
        all_requests=in_all.all_requests / per,
        rounds=replay.rounds,
        saved=Interval(in_all.saved, min(low, in_all.saved), max(high, in_all.saved), len(rates)),
        equal=replay.equal,
        decisions=replay.decisions,
        tokens=None if tokens is None else tokens / per,
        cost=None if cost is None else cost / per,
    )


def total(each: Sequence[float | None]) -> float | None:
    """The sum; None where a part of it is not known."""
    known = [one for one in each if one is not None]
    return sum(known) if len(known) == len(each) else None


def _tokens(use: MemberUse, calls: Calls) -> float | None:
    spent = use.tokens(calls.asked, calls.requests)
    return None if spent is None else sum(spent)


def _cost(use: MemberUse, calls: Calls, price: Price | None) -> float | None:
    return use.cost(calls.asked, calls.requests, price)

"""What a row says of the rule that may have stopped its sampling early (field `stop`).

`none` (or nothing), `unanimous`, or for lossless stopping the decision that samples support:
`lossless samples=5 abstain=count tie=accuracy selector=mux`. One text, so that it goes through
logs, tallies and other tools' files as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from slm_mux.errors import InputError
from slm_mux.store.jsonl import LineError
from slm_mux.types import Abstain, Stop, Tie

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LOSSLESS: Stop = "lossless"


@dataclass(frozen=True, slots=True)
class Supports:
    """The decisions that samples support which were stopped by lossless stopping.

    They are those of `samples` samples a member and problem.
    """

    samples: int
    abstain: Abstain
    tie: Tie
    selector: str

    @property
    def mark(self) -> str:
        """As rows say it."""
        return f"{_LOSSLESS} samples={self.samples} {self.decision}"

    @property
    def decision(self) -> str:
        """How it is decided."""
        return decision_of(self.abstain, self.tie, self.selector)


def decision_of(abstain: str, tie: str, selector: str) -> str:
    """What decides, in words that a mark has."""
    return f"abstain={abstain} tie={tie} selector={selector}"


def stop_of(mark: object) -> Stop:
    """The policy that a mark names. Raises LineError for what is no mark."""
    stop = mark.partition(" ")[0] if isinstance(mark, str) else mark
    if stop not in get_args(Stop):
        raise LineError(f"field stop is none of {', '.join(get_args(Stop))}")
    return cast("Stop", stop)


def policy_of(marks: Sequence[str]) -> Stop:
    """The policy that some samples were left out by, from all marks of a set.

    Raises `InputError` for one that this version does not know.
    """
    if not marks:
        return "none"
    try:
        return stop_of(marks[0])
    except LineError as error:
        raise InputError(f"samples that say {marks[0]!r}: {error}") from None


def supported(marks: Iterable[str], decision: str) -> int | None:
    """Of how many samples a member the decision is supported; None where nothing is said of it.

    Raises `InputError` where samples that were stopped early support other decisions alone. One
    mark that supports it is enough: whoever sampled under it asked for what was missing.
    """
    known = [found for mark in marks if (found := _read(mark)) is not None]
    samples = [found.samples for found in known if found.decision == decision]
    if known and not samples:
        raise InputError(
            f"sampled with --stop lossless for {known[0].decision}: samples that were not drawn "
            f"could change what {decision} decides: score it as it was sampled, or run again with "
            "these policies, which asks what is missing"
        )
    return max(samples, default=None)


def _read(mark: str) -> Supports | None:
    """What a mark says; None for other marks than those of `lossless`."""
    stop, *words = mark.split(" ", 4)
    values = dict(word.partition("=")[::2] for word in words)
    if stop != _LOSSLESS or list(values) != ["samples", "abstain", "tie", "selector"]:
        return None
    samples, abstain, tie, selector = values.values()
    if not samples.isdecimal():
        return None
    return Supports(int(samples), cast("Abstain", abstain), cast("Tie", tie), selector)

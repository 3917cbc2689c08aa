"""What can have become of a sample or a decision, whichever words a file has for it."""

from __future__ import annotations

from typing import Final, NamedTuple, get_args

from slm_mux.selection import Outcome
from slm_mux.store.jsonl import LineError

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
CODES: Final[dict[Outcome, int]] = {outcome: code for code, outcome in enumerate(OUTCOMES)}
CORRECT: Final = CODES["correct"]

SHOWN = 200
"""How much of an answer or a reference is kept to be shown."""

_INDEXES: Final = 2**32

_WORDS: Final[dict[str, Outcome]] = {
    **{outcome: outcome for outcome in OUTCOMES},
    "unparsed": "no_answer",
    "true": "correct",
    "yes": "correct",
    "c": "correct",
    "false": "incorrect",
    "no": "incorrect",
    "wrong": "incorrect",
    "i": "incorrect",
    "n": "no_answer",
}


class Ground(NamedTuple):
    """What a verdict rests on: the stage that graded, and the rule that found the answer."""

    stage: str | None = None
    rule: str | None = None


def outcome_of(verdict: object) -> Outcome:
    """A stored verdict in our words: of a truth value, 0 or 1, or a word for one.

    None is undecided. Raises LineError at anything else, a partial score above all.
    """
    if verdict is None:
        return "undecided"
    if isinstance(verdict, str):
        if known := _WORDS.get(verdict) or _WORDS.get(verdict.strip().lower()):
            return known
    elif isinstance(verdict, bool | int | float) and verdict in (0, 1):
        return "correct" if verdict else "incorrect"
    shown = repr(verdict)[:40] if isinstance(verdict, str | int | float) else "no single value"
    raise LineError(f"the verdict is {shown}: neither true nor false, 0 nor 1")


def outcome_in_state(state: str, verdict: object) -> Outcome:
    """What became of a sample of ours, from its state and, where it votes, its verdict."""
    return outcome_of(verdict if state == "ok" else state)


def index_of(value: object, field: str) -> int:
    """The sample index in a field. Raises LineError where it is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _INDEXES:
        return value
    raise LineError(f"{field} is not a whole number from 0 on")


def kept(value: object) -> str | None:
    """An answer or a reference as it is kept to be shown; cut, and of characters that encode.

    A list of one is that one; of other lists and objects only their kind is kept.
    """
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or value in ([], {}):
        return None
    text = value if isinstance(value, str) else _scalar(value)
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()


def _scalar(value: object) -> str:
    if isinstance(value, list | dict):  # not written out: it may be nested without end
        return "[…]" if isinstance(value, list) else "{…}"
    return str(value)

"""What samples and decisions are both counted by: transitions, grounds, accuracies, examples."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from slm_mux.scoring.comparing.outcomes import CORRECT, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.scoring.comparing.pairing import Pairing
    from slm_mux.scoring.comparing.side import Side
    from slm_mux.scoring.comparing.store import DecisionPair, Pair
    from slm_mux.scoring.intervals import Interval

NAMED = 20
"""How many of what only one side has are named; all are counted."""

_Key = tuple[int, int, int, int]  # outcome of A and of B, ground of A and of B


class Transitions:
    """How many pairs went from which outcome to which, and on what grounds."""

    def __init__(self, sides: tuple[Side, Side]) -> None:
        self._sides = sides
        self._counts: Counter[_Key] = Counter()

    def add(self, pair: Pair | DecisionPair) -> bool:
        """Count a pair; whether its outcome changed."""
        self._counts[pair.outcome, pair.other_outcome, pair.ground, pair.other_ground] += 1
        return pair.outcome != pair.other_outcome

    @property
    def total(self) -> int:
        """All pairs."""
        return self._counts.total()

    @property
    def changed(self) -> int:
        """The pairs with another outcome."""
        return sum(n for (a, b, _, _), n in self._counts.items() if a != b)

    def discordant(self) -> tuple[int, int]:
        """How many are correct in A alone, and in B alone."""
        lost = sum(n for (a, b, _, _), n in self._counts.items() if a == CORRECT != b)
        gained = sum(n for (a, b, _, _), n in self._counts.items() if a != CORRECT == b)
        return lost, gained

    def outcomes(self, at: int) -> dict[str, int]:
        """How many came out how, on side 0 or 1."""
        counts: Counter[int] = Counter()
        for key, n in self._counts.items():
            counts[key[at]] += n
        return {outcome: counts[code] for code, outcome in enumerate(OUTCOMES)}

    def as_table(self) -> dict[str, dict[str, int]]:
        """Outcome in A → outcome in B → how many; what never occurs is left out."""
        counts: Counter[tuple[int, int]] = Counter()
        for (a, b, _, _), n in self._counts.items():
            counts[a, b] += n
        table: dict[str, dict[str, int]] = {}
        for (a, b), n in sorted(counts.items()):
            table.setdefault(OUTCOMES[a], {})[OUTCOMES[b]] = n
        return table

    def changed_by(self) -> list[dict[str, Any]]:
        """The changed ones by outcome, stage and rule of each side, the most first."""
        changed = [(key, n) for key, n in self._counts.items() if key[0] != key[1]]
        changed.sort(key=lambda item: (-item[1], item[0][:2], str(self._grounds(item[0]))))
        return [
            {"a": self._said(0, key), "b": self._said(1, key), "count": n} for key, n in changed
        ]

    def _grounds(self, key: _Key) -> list[Any]:
        return [self._sides[at].grounds[key[2 + at]] for at in (0, 1)]

    def _said(self, at: int, key: _Key) -> dict[str, Any]:
        return {"outcome": OUTCOMES[key[at]], **self._sides[at].grounds[key[2 + at]]._asdict()}


def example(pairing: Pairing, pair: Pair | DecisionPair, where: dict[str, Any]) -> dict[str, Any]:
    """One changed pair with its problem, its reference and both answers."""
    a, b = pairing.sides
    unit = a.units[pair.unit]
    return {
        "task": unit.task,
        "problem_id": unit.shown,
        **where,
        "reference": pairing.reference(pair.unit),
        "a": _answer(a, pair.outcome, pair.ground, pair.answer),
        "b": _answer(b, pair.other_outcome, pair.other_ground, pair.other_answer),
    }


def _answer(side: Side, outcome: int, ground: int, answer: str | None) -> dict[str, Any]:
    return {"outcome": OUTCOMES[outcome], "answer": answer, **side.grounds[ground]._asdict()}


def figure(interval: Interval | None) -> dict[str, Any] | None:
    """An interval as plain data."""
    return None if interval is None else interval.as_dict()


def only(count: int, named: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What only one side has: how many, and the first of them."""
    return {"count": count, "named": list(named)}

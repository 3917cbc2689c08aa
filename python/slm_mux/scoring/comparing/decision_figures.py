"""Decisions of both sides: one per problem."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from slm_mux.scoring.comparing.counts import NAMED, Transitions, example, figure, only
from slm_mux.scoring.comparing.outcomes import CORRECT
from slm_mux.scoring.comparing.pairing import shown
from slm_mux.scoring.intervals import mcnemar_exact, paired_difference, wilson

if TYPE_CHECKING:
    from slm_mux.scoring.comparing.pairing import Pairing
    from slm_mux.scoring.comparing.side import Side
    from slm_mux.scoring.comparing.store import DecisionPair, Store


def decision_figures(
    store: Store, pairing: Pairing, examples: int, notes: list[str]
) -> dict[str, Any] | None:
    """How the decisions that both have came out; None where there are none."""
    recorded = [store.count(side.letter, "decision") for side in pairing.sides]
    for side, n in zip(pairing.sides, recorded, strict=True):
        if not n:
            notes.append(f"{side.shown} holds no decisions: there are none to compare")
    seen = _Decisions(store, pairing, examples)
    n = seen.transitions.total
    if not n:
        return None
    lost, gained = seen.transitions.discordant()
    return {
        "n": n,
        "changed": seen.transitions.changed,
        "other_answer": seen.other_answer,
        "other_model": seen.other_model,
        "transitions": seen.transitions.as_table(),
        "changed_by": seen.transitions.changed_by(),
        "accuracy": {
            "a": _accuracy(seen, 0),
            "b": _accuracy(seen, 1),
            "difference": figure(paired_difference(*seen.rates)),
        },
        "mcnemar": {"only_a": lost, "only_b": gained, "p": mcnemar_exact(lost, gained)},
        "only_a": _only(store, pairing.sides[0], recorded[0] - n),
        "only_b": _only(store, pairing.sides[1], recorded[1] - n),
        "examples": seen.examples,
    }


class _Decisions:
    """The decisions that both have, seen once."""

    def __init__(self, store: Store, pairing: Pairing, examples: int) -> None:
        self.transitions = Transitions(pairing.sides)
        self.other_answer = self.other_model = 0
        self.rates: tuple[list[float], list[float]] = [], []
        self.examples: list[dict[str, Any]] = []
        for pair in store.decisions():
            self._count(pair, pairing)
            if self.transitions.add(pair) and len(self.examples) < examples:
                self.examples.append(example(pairing, pair, _selected(pairing, pair)))

    def _count(self, pair: DecisionPair, pairing: Pairing) -> None:
        self.rates[0].append(float(pair.outcome == CORRECT))
        self.rates[1].append(float(pair.other_outcome == CORRECT))
        self.other_answer += pair.answer != pair.other_answer
        if pair.model is not None and pair.other_model is not None:
            self.other_model += pairing.models.get(pair.model) != pair.other_model


def _selected(pairing: Pairing, pair: DecisionPair) -> dict[str, Any]:
    numbers = zip(pairing.sides, (pair.model, pair.other_model), strict=True)
    return {
        f"model_{side.letter}": None if number is None else shown(side.models[number])
        for side, number in numbers
    }


def _accuracy(seen: _Decisions, at: int) -> dict[str, Any]:
    outcomes = seen.transitions.outcomes(at)
    share = wilson(outcomes["correct"], seen.transitions.total)
    return {**(figure(share) or {}), "outcomes": outcomes}


def _only(store: Store, side: Side, count: int) -> dict[str, Any]:
    """Named are those on problems that both have; the others are among the problems."""
    units = islice(store.undecided_by(side.letter), NAMED if count else 0)
    return only(count, [{"problem_id": side.units[unit].shown} for unit in units])

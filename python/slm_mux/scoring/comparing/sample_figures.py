"""Samples of both sides, joined one by one."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from slm_mux.scoring.comparing.cells import Cells
from slm_mux.scoring.comparing.counts import NAMED, Transitions, example, only
from slm_mux.scoring.comparing.outcomes import CORRECT
from slm_mux.scoring.comparing.pairing import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slm_mux.scoring.comparing.pairing import Pairing
    from slm_mux.scoring.comparing.side import Side
    from slm_mux.scoring.comparing.store import Pair, Store


def sample_figures(
    store: Store, pairing: Pairing, examples: int, notes: list[str]
) -> dict[str, Any] | None:
    """How the samples that both have came out; None where there are none."""
    notes += [
        f"{side.shown} stopped sampling early: accuracies of its samples would be biased, "
        "so there are none"
        for side in pairing.sides
        if side.biased
    ]
    recorded = [store.count(side.letter, "sample") for side in pairing.sides]
    notes += [
        f"{side.shown} holds no verdicts on samples: there are none to compare"
        for side, count in zip(pairing.sides, recorded, strict=True)
        if not count
    ]
    return _joined(store, pairing, recorded, examples) if all(recorded) else None


def _joined(
    store: Store, pairing: Pairing, recorded: list[int], examples: int
) -> dict[str, Any] | None:
    seen = _Samples(store.pairs(), pairing, examples)
    n = seen.transitions.total
    if not n:
        return None
    biased = any(side.biased for side in pairing.sides)
    return {
        "n": n,
        "changed": seen.transitions.changed,
        "transitions": seen.transitions.as_table(),
        "outcomes": {"a": seen.transitions.outcomes(0), "b": seen.transitions.outcomes(1)},
        "changed_by": seen.transitions.changed_by(),
        **seen.cells.figures(pairing, biased=biased),
        "only_a": _only(store, pairing.sides[0], recorded[0] - n),
        "only_b": _only(store, pairing.sides[1], recorded[1] - n),
        "examples": seen.examples,
    }


class _Samples:
    """The samples that both have, seen once, in the order of A's problems and models."""

    def __init__(self, pairs: Iterator[Pair], pairing: Pairing, examples: int) -> None:
        self.transitions = Transitions(pairing.sides)
        self.cells = Cells()
        self.examples: list[dict[str, Any]] = []
        for (unit, model), cell in groupby(pairs, key=lambda pair: pair[:2]):
            n = correct = other = changed = 0
            for pair in cell:
                n += 1
                correct += pair.outcome == CORRECT
                other += pair.other_outcome == CORRECT
                if self.transitions.add(pair):
                    changed += 1
                    if len(self.examples) < examples:
                        self.examples.append(_example(pairing, pair))
            self.cells.add(unit, model, n, (correct, other), changed)


def _example(pairing: Pairing, pair: Pair) -> dict[str, Any]:
    model = shown(pairing.sides[0].models[pair.model])
    return example(pairing, pair, {"model": model, "sample_index": pair.idx})


def _only(store: Store, side: Side, count: int) -> dict[str, Any]:
    """Named are those that the other side could have: it has the problem and the model."""
    places = islice(store.only(side.letter), NAMED if count else 0)
    return only(
        count,
        [
            {
                "problem_id": side.units[unit].shown,
                "model": shown(side.models[model]),
                "sample_index": idx,
            }
            for unit, model, idx in places
        ],
    )

"""Rates of correct samples, per problem and per model, and the accuracies that they make."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from slm_mux.scoring.comparing.counts import figure
from slm_mux.scoring.comparing.pairing import shown
from slm_mux.scoring.intervals import mcnemar_exact, over_problems, paired_difference

if TYPE_CHECKING:
    from slm_mux.scoring.comparing.pairing import Pairing

Counts = tuple[int, int]  # samples, and the correct ones among them


class Cells:
    """Takes in one model's samples on one problem after the other, all of a problem in a row."""

    def __init__(self) -> None:
        self._problems = _Rates()
        self._models: dict[int, _Rates] = {}
        self._unit: int | None = None
        self._own = self._other = (0, 0)

    def add(self, unit: int, model: int, own: Counts, other: Counts, changed: int | None) -> None:
        """A cell's counts in A and in B; `changed` is None where that is not known."""
        if unit != self._unit:
            self._close()
            self._unit = unit
        self._own = (self._own[0] + own[0], self._own[1] + own[1])
        self._other = (self._other[0] + other[0], self._other[1] + other[1])
        self._models.setdefault(model, _Rates()).add(own, other, changed)

    def figures(self, pairing: Pairing, *, biased: bool) -> dict[str, Any]:
        """Accuracies over problems, in all and per model; none where early stopping biased them."""
        self._close()
        return {
            "accuracy": None if biased else self._problems.accuracy(),
            "mcnemar": self._problems.mcnemar(),
            "models": [
                {
                    "model": shown(pairing.sides[0].models[number]),
                    "n": rates.samples,
                    "changed": rates.changed,
                    "accuracy": None if biased else rates.accuracy(),
                }
                for number, rates in sorted(self._models.items())
            ],
        }

    def _close(self) -> None:
        if self._unit is not None:
            self._problems.add(self._own, self._other, None)
        self._unit, self._own, self._other = None, (0, 0), (0, 0)


class _Rates:
    """The share of correct samples per problem, in A and in B."""

    def __init__(self) -> None:
        self.samples = 0
        self.changed: int | None = None
        self._a, self._b = array("d"), array("d")
        self._single = True

    def add(self, own: Counts, other: Counts, changed: int | None) -> None:
        self.samples += own[0]
        self._a.append(own[1] / own[0])
        self._b.append(other[1] / other[0])
        self._single &= own[0] == other[0] == 1
        if changed is not None:
            self.changed = (self.changed or 0) + changed

    def accuracy(self) -> dict[str, Any]:
        """The mean rate of each and the difference, with intervals over problems."""
        return {
            "a": figure(over_problems(self._a)),
            "b": figure(over_problems(self._b)),
            "difference": figure(paired_difference(self._a, self._b)),
        }

    def mcnemar(self) -> dict[str, Any] | None:
        """Where problems have one sample each; more of one problem are not independent."""
        if not self._single:
            return None
        lost = sum(a > b for a, b in zip(self._a, self._b, strict=True))
        gained = sum(a < b for a, b in zip(self._a, self._b, strict=True))
        return {"only_a": lost, "only_b": gained, "p": mcnemar_exact(lost, gained)}

"""Rates of correct samples, per problem and per model, and the accuracies that they make."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from slm_mux.scoring.comparing.counts import figure
from slm_mux.scoring.comparing.pairing import shown
from slm_mux.scoring.intervals import mcnemar_exact, over_problems, paired_difference

if TYPE_CHECKING:
    from slm_mux.scoring.comparing.pairing import Pairing


class Cells:
    """Takes in one model's samples on one problem after the other, all of a problem in a row."""

    def __init__(self) -> None:
        self._problems = _Rates()
        self._models: dict[int, _Rates] = {}
        self._unit: int | None = None
        self._sums = (0, 0, 0)

    def add(
        self, unit: int, model: int, samples: int, correct: tuple[int, int], changed: int
    ) -> None:
        """A cell's samples, how many of them are correct in A and in B, how many changed."""
        if unit != self._unit:
            self._close()
            self._unit = unit
        all_, own, other = self._sums
        self._sums = (all_ + samples, own + correct[0], other + correct[1])
        self._models.setdefault(model, _Rates()).add(samples, correct, changed)

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
            samples, own, other = self._sums
            self._problems.add(samples, (own, other))
        self._unit, self._sums = None, (0, 0, 0)


class _Rates:
    """The share of correct samples per problem, in A and in B."""

    def __init__(self) -> None:
        self.samples = self.changed = 0
        self._a, self._b = array("d"), array("d")
        self._single = True

    def add(self, samples: int, correct: tuple[int, int], changed: int = 0) -> None:
        self.samples += samples
        self.changed += changed
        self._a.append(correct[0] / samples)
        self._b.append(correct[1] / samples)
        self._single &= samples == 1

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

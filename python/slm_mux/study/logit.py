"""A conditional logit with a Gaussian prior, fitted by Newton's method. Standard library.

Each choice set has options with features; its log-likelihood is that one of the right options is
chosen with probability proportional to exp(w · features) (McFadden, "Conditional logit analysis
of qualitative choice behavior", 1974). With the prior the objective is concave but for choice
sets with several right options; steps are halved until it rises.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STEPS = 50
HALVINGS = 30
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice set: features, one a weight, and whether it is right."""

    features: tuple[float, ...]
    right: bool


ChoiceSet = tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent Gaussians: means and standard deviations of the weights."""

    means: Sequence[float]
    deviations: Sequence[float]


def fit(sets: Mapping[ChoiceSet, int], prior: Prior) -> list[float]:
    """Find the weights of the largest posterior; `sets` counts how often each choice set came.

    Every choice set needs a right option. Without any the weights are the prior's means.
    """
    weights = list(prior.means)
    value = _objective(sets, prior, weights)
    for _ in range(STEPS):
        step = _solve(*_derivatives(sets, prior, weights))
        moved, better = weights, value
        for halved in range(HALVINGS):
            trial = [w + s / 2**halved for w, s in zip(weights, step, strict=True)]
            if (there := _objective(sets, prior, trial)) > value:
                moved, better = trial, there
                break
        if better - value < CLOSE:
            return moved
        weights, value = moved, better
    return weights


def probabilities(options: ChoiceSet, weights: Sequence[float]) -> list[float]:
    """The probability of each option."""
    scores = [sum(w * x for w, x in zip(weights, o.features, strict=True)) for o in options]
    most = max(scores)
    parts = [exp(score - most) for score in scores]
    total = sum(parts)
    return [part / total for part in parts]


def _objective(sets: Mapping[ChoiceSet, int], prior: Prior, weights: Sequence[float]) -> float:
    value = 0.0
    for w, mean, deviation in zip(weights, prior.means, prior.deviations, strict=True):
        value -= ((w - mean) / deviation) ** 2 / 2
    for options, times in sets.items():
        chances = zip(options, probabilities(options, weights), strict=True)
        # The smallest normal number stands for a chance that is too small to be one.
        value += times * log(max(sum(p for o, p in chances if o.right), 2.3e-308))
    return value


def _derivatives(
    sets: Mapping[ChoiceSet, int], prior: Prior, weights: Sequence[float]
) -> tuple[list[list[float]], list[float]]:
    """The information matrix, without the part that several right options take off, and slope."""
    size = range(len(weights))
    slope = [
        (mean - w) / deviation**2
        for w, mean, deviation in zip(weights, prior.means, prior.deviations, strict=True)
    ]
    matrix = [[(i == j) / prior.deviations[i] ** 2 for j in size] for i in size]
    for options, times in sets.items():
        chances = probabilities(options, weights)
        right = sum(p for o, p in zip(options, chances, strict=True) if o.right) or 1.0
        mean = [0.0] * len(weights)
        for option, p in zip(options, chances, strict=True):
            pull = (p / right if option.right else 0.0) - p
            for i in size:
                x = option.features[i]
                mean[i] += p * x
                slope[i] += times * pull * x
                for j in size:
                    matrix[i][j] += times * p * x * option.features[j]
        for i in size:
            for j in size:
                matrix[i][j] -= times * mean[i] * mean[j]
    return matrix, slope


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivoting; the prior makes the matrix positive definite."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            for column in range(at, size + 1):
                rows[below][column] -= factor * rows[at][column]
    solved = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][column] * solved[column] for column in range(at + 1, size))
        solved[at] = (rows[at][size] - known) / rows[at][at]
    return solved

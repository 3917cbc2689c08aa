"""A conditional logit with a Gaussian prior, fitted by Newton's method. Standard library.

Each choice set has options with features; its log-likelihood is that one of the right options is
chosen with probability proportional to exp(w · features) (McFadden, "Conditional logit analysis
of qualitative choice behavior", 1974). With the prior the objective is concave but for choice
sets with several right options: where these make its curvature indefinite, the information matrix
takes its place in part. Steps are halved until the objective rises.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STEPS = 50
HALVINGS = 30
CLOSE = 1e-9
PARTS = (0, 1 / 64, 1 / 16, 1 / 4, 1 / 2)


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
        curvature, information, slope = _derivatives(sets, prior, weights)
        step = _solve(_definite(curvature, information), slope)
        moved, better = _risen(sets, prior, weights, value, step)
        if better - value < CLOSE:
            return moved
        weights, value = moved, better
    return weights


def deviations(
    sets: Mapping[ChoiceSet, int], prior: Prior, weights: Sequence[float]
) -> list[float]:
    """The posterior's standard deviations at its `weights`, by Laplace's approximation."""
    curvature, information, _ = _derivatives(sets, prior, weights)
    matrix = _definite(curvature, information)
    size = range(len(matrix))
    return [sqrt(_solve(matrix, [float(i == at) for i in size])[at]) for at in size]


def _risen(
    sets: Mapping[ChoiceSet, int],
    prior: Prior,
    weights: list[float],
    value: float,
    step: Sequence[float],
) -> tuple[list[float], float]:
    """The longest of the step and its halves that rises, and how high; else where it was."""
    for halved in range(HALVINGS):
        trial = [w + s / 2**halved for w, s in zip(weights, step, strict=True)]
        if (there := _objective(sets, prior, trial)) > value:
            return trial, there
    return weights, value


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
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    """The curvature, the information matrix, and the slope.

    The curvature is the information less the covariance among the right options, which is nothing
    where there is one.
    """
    size = range(len(weights))
    slope = [
        (mean - w) / deviation**2
        for w, mean, deviation in zip(weights, prior.means, prior.deviations, strict=True)
    ]
    information = [[(i == j) / prior.deviations[i] ** 2 for j in size] for i in size]
    curvature = [list(row) for row in information]
    for options, times in sets.items():
        chances = probabilities(options, weights)
        right = sum(p for o, p in zip(options, chances, strict=True) if o.right) or 1.0
        given = [p / right if o.right else 0.0 for o, p in zip(options, chances, strict=True)]
        for option, p, q in zip(options, chances, given, strict=True):
            for i in size:
                slope[i] += times * (q - p) * option.features[i]
        spread, taken = _covariance(options, chances), _covariance(options, given)
        for i in size:
            for j in size:
                information[i][j] += times * spread[i][j]
                curvature[i][j] += times * (spread[i][j] - taken[i][j])
    return curvature, information, slope


def _covariance(options: ChoiceSet, chances: Sequence[float]) -> list[list[float]]:
    """The covariance of the features of an option that is drawn with these chances."""
    size = range(len(options[0].features))
    mean = [sum(p * o.features[i] for o, p in zip(options, chances, strict=True)) for i in size]
    return [
        [
            sum(p * o.features[i] * o.features[j] for o, p in zip(options, chances, strict=True))
            - mean[i] * mean[j]
            for j in size
        ]
        for i in size
    ]


def _definite(curvature: list[list[float]], information: list[list[float]]) -> list[list[float]]:
    """The curvature, with as little of the information in its place as makes it definite."""
    for part in PARTS:
        mixed = [
            [(1 - part) * c + part * i for c, i in zip(*rows, strict=True)]
            for rows in zip(curvature, information, strict=True)
        ]
        if _is_definite(mixed):
            return mixed
    return information


def _is_definite(matrix: list[list[float]]) -> bool:
    """Whether a symmetric matrix is positive definite: elimination finds positive pivots alone."""
    rows = [list(row) for row in matrix]
    for at, row in enumerate(rows):
        if row[at] <= 0.0:
            return False
        for below in rows[at + 1 :]:
            factor = below[at] / row[at]
            for column in range(at, len(rows)):
                below[column] -= factor * row[column]
    return True


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivoting, of a positive definite matrix."""
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

"""The conditional logit: the weights it finds are where the posterior is largest."""

from __future__ import annotations

from math import exp, log

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slm_mux.study.logit import ChoiceSet, Option, Prior, deviations, fit, probabilities

SHARES = st.sampled_from([0.0, 1 / 6, 1 / 3, 1.0])


@st.composite
def choice_set(draw: st.DrawFn) -> ChoiceSet:
    """Return two to four options of two features, at least one of them right."""
    features = draw(st.lists(st.tuples(SHARES, SHARES), min_size=2, max_size=4))
    right = draw(st.integers(0, len(features) - 1))
    more = draw(st.booleans())
    return tuple(Option(f, at == right or (more and at == 0)) for at, f in enumerate(features))


def posterior(sets: dict[ChoiceSet, int], prior: Prior, weights: list[float]) -> float:
    """The definition, written out."""
    value = 0.0
    for options, times in sets.items():
        parts = [exp(sum(w * x for w, x in zip(weights, o.features, strict=True))) for o in options]
        right = sum(part for o, part in zip(options, parts, strict=True) if o.right)
        value += times * log(right / sum(parts))
    for w, mean, deviation in zip(weights, prior.means, prior.deviations, strict=True):
        value -= (w - mean) ** 2 / (2 * deviation**2)
    return value


# Most sets have two right options: the information matrix alone takes hundreds of steps.
SEVERAL_RIGHT: dict[ChoiceSet, int] = {
    (Option((0.0, 0.0), True), Option((0.0, 0.0), False)): 1,
    (Option((1 / 6, 1.0), True), Option((1.0, 0.0), True), Option((0.0, 0.0), False)): 27,
}


@example(SEVERAL_RIGHT)
@given(st.dictionaries(choice_set(), st.integers(1, 50), max_size=6))
def test_no_weights_near_the_fitted_ones_are_better(sets: dict[ChoiceSet, int]) -> None:
    prior = Prior([2.0, 1.0], [1.0, 1.0])
    found = fit(sets, prior)
    best = posterior(sets, prior, found)
    for at in range(2):
        for step in (-1e-2, 1e-2):
            moved = [w + step * (i == at) for i, w in enumerate(found)]
            assert posterior(sets, prior, moved) <= best + 1e-9


def test_without_data_the_prior_stands() -> None:
    assert fit({}, Prior([1.5, 0.5], [1.0, 2.0])) == [1.5, 0.5]


def test_probabilities_of_far_scores_do_not_overflow() -> None:
    options = (Option((1000.0,), True), Option((-1000.0,), False))
    assert probabilities(options, [5.0]) == [1.0, 0.0]


def test_one_feature_has_its_closed_form() -> None:
    """A coin: options 1 and 0, right 3 of 4 times; without shrinkage w is ln 3.

    Its variance is that of a logit, 1 / (n p q).
    """
    heads, tails = ((Option((1.0,), right), Option((0.0,), not right)) for right in (True, False))
    sets: dict[ChoiceSet, int] = {heads: 3000, tails: 1000}
    prior = Prior([0.0], [1e6])
    [weight] = fit(sets, prior)
    assert weight == pytest.approx(log(3), abs=1e-6)
    [deviation] = deviations(sets, prior, [weight])
    assert deviation**-2 == pytest.approx(4000 * 3 / 16, rel=1e-6)

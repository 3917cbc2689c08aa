"""A search as plain data: the best pool of each size, how sure that is, and how it did."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from slm_mux import __version__
from slm_mux.study.held_out import Tester
from slm_mux.study.searching import expected_interval, search, sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from slm_mux.study.held_out import Trial
    from slm_mux.study.recorded import Recorded
    from slm_mux.study.searching import Question
    from slm_mux.subsets import Stability, Subset, SubsetScore

SCHEMA_VERSION = 1
WITH_INTERVAL = 200
"""So many of a ranking by expected accuracy have their interval: milliseconds each."""


def found_by(
    validation: Recorded,
    question: Question,
    test: Recorded | None = None,
    lambdas: Sequence[Fraction] = (),
) -> dict[str, Any]:
    """Search, try what was found on `test`, and sweep over `lambdas`.

    Raises `InputError` as `searching.search` and `held_out.Tester`.
    """
    best = search(validation, question)
    tester = None if test is None else Tester(validation, test, question)
    trials = {
        size: None if tester is None else tester.trial(one.members) for size, one in best.items()
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "slm_mux_version": __version__,
        "task": validation.task,
        "models": validation.table.members,
        "validation_problems": len(validation.table.problem_ids),
        "test_problems": None if test is None else len(test.table.problem_ids),
        "settings": _settings(question),
        "sizes": [
            _size(size, one, trials[size], lambda members: _interval(validation, question, members))
            for size, one in best.items()
        ],
        "sweep": [
            {
                "lambda": float(at),
                "sizes": [{"size": s, **_subset(one), "tied": one.tied} for s, one in rows.items()],
            }
            for at, rows in sweep(validation, question, lambdas)
        ],
    }


def _settings(question: Question) -> dict[str, Any]:
    settings = asdict(question)
    settings["lambda"] = float(settings.pop("lambda_"))
    settings["sizes"] = list(question.sizes)
    return settings


def _interval(
    validation: Recorded, question: Question, members: Sequence[str]
) -> dict[str, Any] | None:
    interval = expected_interval(validation, question, members)
    return None if interval is None else interval.as_dict()


def _subset(subset: Subset) -> dict[str, Any]:
    return {
        "members": list(subset.members),
        "score": subset.score,
        "union": subset.union,
        "contradictions": subset.contradictions,
    }


def _size(
    size: int,
    best: SubsetScore,
    trial: Trial | None,
    interval: Callable[[Sequence[str]], dict[str, Any] | None],
) -> dict[str, Any]:
    return {
        "size": size,
        "subsets": best.subsets,
        **_subset(best),
        "interval": interval(best.members),
        "tied": best.tied,
        "ties": [list(tie.members) for tie in best.ties],
        "ranking": [
            _subset(one) | ({"interval": interval(one.members)} if at < WITH_INTERVAL else {})
            for at, one in enumerate(best.ranking)
        ],
        "stability": best.stability and _stability(best.stability),
        "test": trial and _trial(trial),
    }


def _stability(stability: Stability) -> dict[str, Any]:
    return {
        "resamples": stability.resamples,
        "kept": stability.kept,
        "other_won": stability.other_won,
        "rivals": [{"members": list(who), "times": times} for who, times in stability.rivals],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "accuracy": trial.accuracy.as_dict(),
        "random": {
            "subsets": trial.random.subsets,
            "standard_error": trial.random.standard_error,
            "accuracy": trial.random.accuracy.as_dict(),
            "gain": trial.random.gain.as_dict(),
        },
        "difference_to_best_single": trial.best_single and trial.best_single.as_dict(),
    }

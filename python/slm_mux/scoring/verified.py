"""A results file with what the ladder says: per problem the rung, in sum accuracy after each."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from slm_mux import __version__
from slm_mux.scoring.intervals import wilson
from slm_mux.scoring.ladder import STAGES, Standing, climb_of
from slm_mux.scoring.results import accuracy_dict
from slm_mux.scoring.score import Accuracy
from slm_mux.selection import Outcome, Outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.grades import Stage
    from slm_mux.scoring.ladder import Ladder
    from slm_mux.scoring.recorded_results import (
        RecordedAnswer,
        RecordedResult,
        RecordedResults,
    )

VERIFICATION = "verification"
_CORRECT: Mapping[Outcome, bool] = {"correct": True, "incorrect": False}


def verified(
    recorded: RecordedResults,
    ladder: Ladder,
    stages: Sequence[Stage],
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """The input with a `verification` beside each entry and one in sum.

    `is_correct`, `accuracy` and the models' `self_consistency` hold the verified figures in the
    shape they had; what they were stands in `verification`. `stages` are the rungs that were
    asked; `about` is added to the sum.
    """
    data = dict(recorded.data)
    view = _View(recorded, ladder)
    data["results"] = [
        _entry(entry, result, view)
        for entry, result in zip(recorded.data["results"], recorded.results, strict=True)
    ]
    summary = _summary(recorded, view, stages) | dict(about)
    if "accuracy" in data:
        data["accuracy"] = _in_shape(data["accuracy"], summary["accuracy"][-1])
    if isinstance(data.get("models"), list):
        data["models"] = [_model(model, summary["models"]) for model in data["models"]]
    return data | {VERIFICATION: summary}


class _View:
    """Recorded answers as the ladder sees them."""

    def __init__(self, recorded: RecordedResults, ladder: Ladder) -> None:
        self.results = recorded.results
        self.ladder = ladder

    def standing(self, result: RecordedResult, answer: RecordedAnswer) -> Standing:
        climb = climb_of(result, answer)
        if climb is not None:
            return self.ladder.of(climb)
        return Standing((), "no_reference" if answer.text is not None else None)

    def outcome(
        self, result: RecordedResult, answer: RecordedAnswer, stage: Stage | None = None
    ) -> Outcome:
        """What is known of an answer, at the end or once `stage` has been asked."""
        if answer.text is None:
            return answer.missing
        standing = self.standing(result, answer)
        return standing.verdict if stage is None else standing.after(stage)

    def accuracy(self, name: str | None, stage: Stage) -> dict[str, Any]:
        """After `stage`: of the selected answers, or of those of one model."""
        counts = Counter(
            self.outcome(result, answer, stage)
            for result in self.results
            if (answer := result.final if name is None else result.models.get(name)) is not None
        )
        outcomes = Outcomes(**{f.name: counts[f.name] for f in fields(Outcomes)})  # type: ignore[index]  # its names are the outcomes
        labelled = any(result.reference is not None for result in self.results)
        share = wilson(outcomes.correct, outcomes.total) if labelled else None
        return {"stage": stage, **accuracy_dict(Accuracy(share, outcomes))}


def _entry(entry: Mapping[str, Any], result: RecordedResult, view: _View) -> dict[str, Any]:
    said = {
        **_said(result, result.final, view),
        "was_correct": entry.get("is_correct"),
        "models": {name: _said(result, answer, view) for name, answer in result.models.items()},
    }
    now = dict(entry)
    if result.final.text is not None:
        now["is_correct"] = _CORRECT.get(said["verdict"])
    return now | {VERIFICATION: said}


def _said(result: RecordedResult, answer: RecordedAnswer, view: _View) -> dict[str, Any]:
    """The verdict on one answer, the rung that gave it, and the limit that kept one from it."""
    standing = view.standing(result, answer)
    return {
        "verdict": view.outcome(result, answer),
        "stage": standing.stage,
        "rule": answer.rule,
        "limit": standing.limit,
    }


def _summary(recorded: RecordedResults, view: _View, stages: Sequence[Stage]) -> dict[str, Any]:
    decided: Counter[str] = Counter(
        view.standing(result, result.final).stage or "nobody"
        for result in recorded.results
        if result.final.text is not None
    )
    return {
        "slm_mux_version": __version__,
        "kind": recorded.kind,
        "stages": list(stages),
        "accuracy": [view.accuracy(None, stage) for stage in stages],
        "models": {
            name: [view.accuracy(name, stage) for stage in stages] for name in recorded.members
        },
        "decided_by": {stage: decided[stage] for stage in (*STAGES, "nobody") if decided[stage]},
        "limits": view.ladder.limits(),
        "accuracy_before": recorded.data.get("accuracy"),
    }


def _in_shape(before: Any, now: Mapping[str, Any]) -> Any:
    """The verified figure where a plain number or an object of ours stood."""
    if isinstance(before, dict):
        return before | {name: value for name, value in now.items() if name != "stage"}
    return now["value"]


def _model(model: Any, verified_models: Mapping[str, Sequence[Mapping[str, Any]]]) -> Any:
    """One of the models' figures; those of a log with an early exit stay without."""
    if not isinstance(model, dict) or not isinstance(model.get("self_consistency"), dict):
        return model
    if model.get("name") not in verified_models:
        return model
    now = verified_models[model["name"]][-1]
    return model | {"self_consistency": _in_shape(model["self_consistency"], now)}

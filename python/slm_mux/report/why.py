"""Why a decision fell as it did, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.counts import Tally
    from slm_mux.report.model import Verdict

_TIES = {
    "accuracy": "the higher validation accuracy",
    "order": "pool order",
    "random": "the seeded draw",
    "count": "the largest number of votes from one model",
    "index": "the answer seen first",
}


def why(verdict: Verdict, tallies: Mapping[str, Tally], selector: str) -> str:
    """How the votes led to the decision; `tallies` are those of the pool, in its order."""
    if verdict.key is None or verdict.model is None:
        return "No model has an answer, so there is none to select."
    if selector.startswith("single:"):
        return f"Only {verdict.model} was asked: {_votes(tallies[verdict.model])}."
    if selector == "mux":
        return _surest(verdict, verdict.model, tallies)
    if selector == "majority":
        return _most(verdict, verdict.key, tallies)
    return _OTHERS.get(selector, _unknown)(verdict, verdict.key, tallies)


def _votes(tally: Tally) -> str:
    if tally.top is None:
        return "no answer"
    share = f", {100 * float(tally.confidence):.0f} %" if tally.confidence is not None else ""
    return f"{tally.counts[tally.top]} of {tally.n} responses agree{share}"


def _surest(verdict: Verdict, model: str, tallies: Mapping[str, Tally]) -> str:
    own = tallies[model]
    others = [
        (name, t) for name, t in tallies.items() if name != model and t.confidence is not None
    ]
    equal = [name for name, t in others if t.confidence == own.confidence]
    if equal and verdict.reason in _TIES:
        named = _listed([model, *equal])
        decides = _TIES[verdict.reason]
        return f"{named} are equally sure ({_votes(own)}); {decides} decides for {model}."
    said = f"{model} is the surest: {_votes(own)}"
    if not others:
        return f"{said}; no other model has an answer."
    name, next_best = max(others, key=lambda other: other[1].confidence or 0)
    return f"{said}; next is {name}, where {_votes(next_best)}."


def _most(verdict: Verdict, key: str, tallies: Mapping[str, Tally]) -> str:
    votes = sum(tally.counts.get(key, 0) for tally in tallies.values())
    of = sum(tally.votes for tally in tallies.values())
    said = f"The answer has the most votes of all models together: {votes} of {of}"
    if verdict.reason in _TIES:
        said += f", as many as another; {_TIES[verdict.reason]} decides"
    return f"{said}."


def _weighed(verdict: Verdict, key: str, tallies: Mapping[str, Tally]) -> str:
    return _summed("votes weighted by validation accuracy", verdict, key, tallies)


def _calibrated(verdict: Verdict, key: str, tallies: Mapping[str, Tally]) -> str:
    return _summed("votes as the calibration values them", verdict, key, tallies)


def _summed(what: str, verdict: Verdict, key: str, tallies: Mapping[str, Tally]) -> str:
    said = f"The answer has the largest sum of {what}: {_supporters(key, tallies)}"
    if verdict.reason in _TIES:
        said += f", as much as another; {_TIES[verdict.reason]} decides"
    return f"{said}."


def _unanimous(verdict: Verdict, _key: str, tallies: Mapping[str, Tally]) -> str:
    if verdict.reason == "unanimous":
        return "The first samples of all models agree."
    return f"The first samples differ. {_surest(verdict, verdict.model or '', tallies)}"


def _switched(verdict: Verdict, key: str, tallies: Mapping[str, Tally]) -> str:
    own = tallies[verdict.model or ""]
    if own.counts.get(key) == own.n:
        return f"{verdict.model} is the first model, in tie order, whose samples all agree."
    votes = "votes weighted by consistency and accuracy, as no model agrees with itself entirely"
    return _summed(votes, verdict, key, tallies)


def _bound(verdict: Verdict, _key: str, tallies: Mapping[str, Tally]) -> str:
    if verdict.reason == "oracle":
        return f"An upper bound, which knows the answers: that of {verdict.model} is correct."
    return f"No model's first answer is correct. {_surest(verdict, verdict.model or '', tallies)}"


def _unknown(verdict: Verdict, _key: str, _tallies: Mapping[str, Tally]) -> str:
    return f"Selected by {verdict.model}: {verdict.reason or 'no reason is recorded'}."


_OTHERS = {
    "weighted": _weighed,
    "calibrated": _calibrated,
    "unanimous": _unanimous,
    "switch": _switched,
    "oracle": _bound,
}


def _supporters(key: str, tallies: Mapping[str, Tally]) -> str:
    """Who gave the answer how often."""
    given = [
        f"{name} {tally.counts[key]} of {tally.n}"
        for name, tally in tallies.items()
        if tally.counts.get(key)
    ]
    return ", ".join(given)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]])

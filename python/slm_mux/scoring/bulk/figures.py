"""What a bulk scoring tells of each task: the figures of a results file, from counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slm_mux import __version__
from slm_mux.answers import KEY_VERSION
from slm_mux.scoring.difference import best_single, from_counts
from slm_mux.scoring.intervals import over_problems, wilson
from slm_mux.scoring.results import SCHEMA_VERSION, accuracy_dict
from slm_mux.scoring.score import Accuracy, samples_spent
from slm_mux.selection import Outcomes
from slm_mux.store.stops import policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.scoring.difference import Difference
    from slm_mux.scoring.intervals import Interval
    from slm_mux.tallies import Choice, Rules, Tallied
    from slm_mux.types import Price


def figures_of(
    tallied: Tallied,
    rules: Rules,
    choice: Choice,
    prices: Mapping[str, Price],
) -> list[dict[str, Any]]:
    """The figures of every task, by name, in the layout of a results file without its entries."""
    tasks = tallied.figures["tasks"]
    return [
        _task(name, tasks[name], list(tallied.orders.get(name, ())), rules, choice, prices)
        for name in sorted(tasks)
    ]


def _task(  # noqa: PLR0913, PLR0917  internal
    name: str,
    counts: Mapping[str, Any],
    order: Sequence[str],
    rules: Rules,
    choice: Choice,
    prices: Mapping[str, Price],
) -> dict[str, Any]:
    labelled, stop = counts["labelled"] > 0, policy_of(counts["stops"])
    unbiased = stop == "none"
    members = [
        _member(m, counts["members"].get(m) or _nothing(counts), counts, prices.get(m), stop)
        for m in order
    ]
    costs = [m["cost"] for m in members]
    outcomes = Outcomes(**counts["outcomes"])
    share = wilson(outcomes.correct, outcomes.total) if labelled else None
    oracle = wilson(counts["oracle"], counts["problems"]) if labelled and unbiased else None
    any_correct = (
        wilson(counts["any_correct"], counts["problems"]) if labelled and unbiased else None
    )
    difference = _difference(counts, order, choice) if labelled and unbiased else None
    return {
        "schema_version": SCHEMA_VERSION,
        "task": name,
        "settings": {
            "slm_mux_version": __version__,
            "key_version": KEY_VERSION,
            "kind": rules.kind or counts["kind"],
            "profile": rules.profile,
            "selector": choice.selector,
            "abstain": choice.abstain,
            "tie": choice.tie,
            "stop": stop,
            "seed": choice.seed,
            "samples": counts["asked"],
            "pool_order": list(order),
            "validation_accuracy": dict(choice.validation_accuracy) or None,
            "weights": {m: choice.weights[m] for m in order if m in choice.weights} or None,
        },
        "models": members,
        "token_usage": _usage([m["token_usage"] for m in members]),
        "cost": None if None in costs else sum(costs),
        "accuracy": accuracy_dict(Accuracy(share, outcomes)),
        "oracle": oracle and oracle.as_dict(),
        "any_correct": any_correct and any_correct.as_dict(),
        "difference": difference and difference.as_dict(),
        "decided_by": dict(counts["reasons"]),
        "short": {m: counts["members"][m]["short"] for m in order if _short(counts, m)}
        if unbiased
        else {},
    }


def _nothing(counts: Mapping[str, Any]) -> dict[str, Any]:
    """A member of the pool without a sample."""
    none = dict.fromkeys(counts["outcomes"], 0)
    return {
        "api_model": None,
        "params": None,
        "samples": none,
        "problems": none | {"no_answer": counts["problems"]},
        "correct": [0] * counts["problems"],
        "drawn": [0] * counts["problems"],
        "both": 0,
        "tokens": [0, 0],
        "short": counts["problems"],
    }


def _difference(
    counts: Mapping[str, Any], order: Sequence[str], choice: Choice
) -> Difference | None:
    """To the best single member, from how often both are right; None for a pool of one."""
    if len(order) == 1:
        return None
    members = {m: counts["members"].get(m) or _nothing(counts) for m in order}
    right = {m: member["problems"]["correct"] for m, member in members.items()}
    drawn = {m: max(member["drawn"], default=0) for m, member in members.items()}
    baseline = best_single(right, choice.validation_accuracy)
    both = members[baseline.name]["both"]
    return from_counts(
        baseline,
        gained=counts["outcomes"]["correct"] - both,
        lost=right[baseline.name] - both,
        n=counts["problems"],
        samples=drawn[baseline.name],
        spent=samples_spent(choice.selector, drawn),
    )


def _short(counts: Mapping[str, Any], member: str) -> bool:
    return member in counts["members"] and counts["members"][member]["short"] > 0


def _member(
    name: str,
    member: Mapping[str, Any],
    counts: Mapping[str, Any],
    price: Price | None,
    stop: str,
) -> dict[str, Any]:
    labelled, unbiased = counts["labelled"] > 0, stop == "none"
    samples = member["samples"]
    usage = _tokens(member["tokens"])
    problems = Outcomes(**member["problems"])
    share = wilson(problems.correct, problems.total) if labelled and unbiased else None
    single = _single(member["correct"], member["drawn"]) if labelled and unbiased else None
    return {
        "name": name,
        "model": member["api_model"] or name,
        "params": json.loads(member["params"]) if member["params"] else {},
        "single_sample": single and single.as_dict(),
        "self_consistency": accuracy_dict(Accuracy(share, problems)) if unbiased else None,
        "samples": {
            "ok": samples["correct"] + samples["incorrect"] + samples["undecided"],
            **{k: samples[k] for k in ("correct", "incorrect", "undecided")},
            "unparsed": samples["no_answer"],
            "truncated": samples["truncated"],
            "failed": samples["failed"],
        },
        "token_usage": usage,
        "cost": _cost(usage, price),
        "mean_latency_s": None,
    }


def _single(correct: Sequence[int], drawn: Sequence[int]) -> Interval | None:
    """The mean share of right samples over problems; none where there is no sample."""
    rates = [right / max(1, count) for right, count in zip(correct, drawn, strict=True)]
    return over_problems(rates)


def _tokens(tokens: Sequence[int] | None) -> dict[str, int] | None:
    if tokens is None:
        return None
    prompt, completion = tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _usage(usages: Sequence[dict[str, int] | None]) -> dict[str, int] | None:
    known = [usage for usage in usages if usage is not None]
    if len(known) < len(usages):
        return None
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    return {name: sum(usage[name] for usage in known) for name in names}


def _cost(usage: Mapping[str, int] | None, price: Price | None) -> float | None:
    if usage is None or price is None:
        return None
    return price.cost(usage["prompt_tokens"], usage["completion_tokens"])

"""Scored samples → the results file: the published layout with the figures beside it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux import __version__
from slm_mux.errors import InputError
from slm_mux.store.usage import sum_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.counts import MemberSummary, Tally
    from slm_mux.scoring.grading import GradedSample
    from slm_mux.scoring.score import Accuracy, MemberScore, Scored
    from slm_mux.selection import Decision
    from slm_mux.types import Price, Problem

SCHEMA_VERSION = 1


def results(scored: Scored, *, prices: Mapping[str, Price] | None = None) -> dict[str, Any]:
    """The results as plain data (design: `schema_version, task, settings, …, results`)."""
    prices = prices or {}
    members = [_member(m, prices.get(m.name)) for m in scored.members]
    short = {problem_id for problem_id, _ in scored.short}
    costs = [m["cost"] for m in members]
    return {
        "schema_version": SCHEMA_VERSION,
        "task": scored.task,
        "settings": _settings(scored),
        "models": members,
        "token_usage": sum_of(m.token_usage for m in scored.members),
        "cost": None if None in costs else sum(costs),
        "accuracy": accuracy_dict(scored.accuracy),
        "oracle": scored.oracle and scored.oracle.as_dict(),
        "any_correct": scored.any_correct and scored.any_correct.as_dict(),
        "difference": scored.difference and scored.difference.as_dict(),
        "decided_by": dict(scored.decided_by),
        "short": [{"problem_id": p, "model": m} for p, m in scored.short],
        "results": [
            _entry(scored, problem, decision, short=problem.problem_id in short)
            for problem, decision in zip(scored.problems, scored.decisions, strict=True)
        ],
    }


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Writes `data` whole or not at all, making missing folders.

    Raises `InputError` where the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, _encode(data))
    except OSError as e:
        raise InputError(
            f"{path}: the results cannot be written ({e.strerror}): choose another --output"
        ) from e


def _encode(data: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(data, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:  # a lone surrogate in a response: JSON can only escape it
        return json.dumps(data, indent=1).encode()


def _replace(path: Path, body: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(body + b"\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def accuracy_dict(accuracy: Accuracy) -> dict[str, float | int | None]:
    """`value, low, high, n` and the count of every state; null without references."""
    share = accuracy.share
    return {
        "value": share and share.value,
        "low": share and share.low,
        "high": share and share.high,
        "n": accuracy.outcomes.total,
        **asdict(accuracy.outcomes),
    }


def cost_of(member: MemberScore, price: Price | None) -> float | None:
    """US dollars for all of a member's samples; None where price or tokens are not known."""
    usage = member.token_usage
    if price is None or usage is None:
        return None
    return price.cost(usage["prompt_tokens"], usage["completion_tokens"])


def _settings(scored: Scored) -> dict[str, Any]:
    p = scored.policies
    return {
        "slm_mux_version": __version__,
        "kind": scored.kind,
        "profile": p.profile,
        "selector": p.selector,
        "abstain": p.abstain,
        "tie": p.tie,
        "stop": p.stop,
        "seed": p.seed,
        "samples": scored.asked,
        "pool_order": list(p.order),
        "validation_accuracy": dict(p.validation_accuracy) or None,
        "weights": {name: p.weights[name] for name in p.order if name in p.weights} or None,
    }


def _member(member: MemberScore, price: Price | None) -> dict[str, Any]:
    return {
        "name": member.name,
        "model": member.api_model,
        "params": dict(member.params),
        "single_sample": member.single and member.single.as_dict(),
        "self_consistency": member.self_consistency and accuracy_dict(member.self_consistency),
        "samples": _states(member.counts),
        "token_usage": member.token_usage,
        "cost": cost_of(member, price),
        "mean_latency_s": member.mean_latency_s,
    }


def _states(counts: MemberSummary) -> dict[str, int]:
    """All rows by what became of them; they add up to the rows in the log."""
    return {
        "ok": counts.correct + counts.incorrect + counts.undecided,
        "correct": counts.correct,
        "incorrect": counts.incorrect,
        "undecided": counts.undecided,
        "unparsed": counts.no_answer,
        "truncated": counts.truncated,
        "failed": counts.failed,
    }


def _entry(scored: Scored, problem: Problem, decision: Decision, *, short: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "problem_id": problem.problem_id,
        "problem": problem.problem,
        "reference_answer": problem.reference_answer,
    }
    if problem.choices is not None:
        entry["choices"] = list(problem.choices)
    return entry | {
        "models": [_model(scored, problem, name) for name in scored.policies.order],
        "final_answer": _final_answer(scored, decision),
        "final_key": decision.key,
        "selected_model": decision.model,
        "confidence": _share(decision.confidence),
        "reason": decision.reason,
        "short": short,
        "is_correct": decision.correct,
    }


def _final_answer(scored: Scored, decision: Decision) -> str | None:
    """The decided answer as its exemplar wrote it."""
    if decision.model is None:
        return None
    samples = scored.samples[decision.problem_id, decision.model]
    return next(g.span for g in samples if g.sample.sample_index == decision.sample_index)


def _model(scored: Scored, problem: Problem, name: str) -> dict[str, Any]:
    samples = scored.samples.get((problem.problem_id, name), ())
    tally = scored.table.tally(problem.problem_id, name)
    exemplars = _exemplars(samples)
    return {
        "model_name": name,
        "calls": [_call(g) for g in samples],
        "vote_counts": {exemplars[key]: count for key, count in tally.counts.items()},
        "keys": {exemplars[key]: key for key in tally.counts},
        "best_answer": tally.top and exemplars[tally.top],
        "best_key": tally.top,
        "best_count": _best_count(tally),
        "confidence": _share(tally.confidence),
    }


def _best_count(tally: Tally) -> int:
    return 0 if tally.top is None else tally.counts[tally.top]


def _exemplars(samples: Sequence[GradedSample]) -> dict[str, str]:
    """Each key's exemplar: the span at its smallest sample index."""
    exemplars: dict[str, str] = {}
    for g in samples:
        if g.state == "ok" and g.key is not None and g.span is not None:
            exemplars.setdefault(g.key, g.span)
    return exemplars


def _call(g: GradedSample) -> dict[str, Any]:
    return {
        "round": g.sample.sample_index,
        "raw_content": g.sample.response,
        "extracted_answer": g.span if g.state == "ok" else None,
        "token_usage": g.sample.usage,
        "key": g.key,
        "rule": g.rule,
        "state": g.state,
        "verdict": g.verdict,
        "stage": g.stage,
        "finish_reason": g.sample.finish_reason,
        "error": g.sample.error,
    }


def _share(fraction: Any) -> float | None:
    return None if fraction is None else float(fraction)

"""`--dry-run`: what would be asked, and what it would come to, without asking."""

from __future__ import annotations

import json as json_module
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from slm_mux.sampling.plan import Job, Plan
    from slm_mux.types import Stop

CHARACTERS_PER_TOKEN = 4


def print_plan(plan: Plan, log: Path, stop: Stop, *, json: bool) -> None:
    """Prints the first prompt per model, the calls to make, estimated tokens and cost."""
    members = [_member(jobs) for jobs in _by_member(plan.jobs).values()]
    if json:
        _print_json(plan, log, stop, members)
        return
    for m in members:
        sys.stdout.write(f"=== {m['name']} ({m['model']}): the first prompt\n")
        for message in m["first_prompt"]:
            sys.stdout.write(f"[{message['role']}]\n{message['content']}\n")
        sys.stdout.write("\n")
    for m in members:
        cost = "price not known" if m["max_cost"] is None else f"at most ${m['max_cost']:,.4f}"
        sys.stdout.write(
            f"{m['name']}: {m['calls']:,} calls to make, about {m['prompt_tokens']:,} prompt "
            f"tokens and at most {m['max_completion_tokens']:,} completion tokens, {cost}\n"
        )
    most = "" if stop == "none" else f", at most: --stop {stop} asks fewer"
    sys.stdout.write(f"{plan.calls:,} calls to make{most}; {plan.done:,} samples are in {log}\n")


def _print_json(plan: Plan, log: Path, stop: Stop, members: list[dict[str, Any]]) -> None:
    about = {"calls": plan.calls, "done": plan.done, "stop": stop, "log": str(log)}
    figures = about | {"models": members}
    sys.stdout.write(json_module.dumps(figures, indent=1) + "\n")


def _by_member(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.member.name, []).append(job)
    return found


def _member(jobs: list[Job]) -> dict[str, Any]:
    member = jobs[0].member
    calls = sum(len(job.indexes) for job in jobs)
    prompt = sum(len(job.indexes) * _prompt_tokens(job) for job in jobs)
    completion = calls * member.max_tokens
    return {
        "name": member.name,
        "model": member.model,
        "calls": calls,
        "prompt_tokens": prompt,
        "max_completion_tokens": completion,
        "max_cost": None if member.price is None else member.price.cost(prompt, completion),
        "first_prompt": list(jobs[0].prompt.messages),
    }


def _prompt_tokens(job: Job) -> int:
    """About four characters a token, which holds for English and Latin scripts."""
    characters = sum(len(m["content"]) for m in job.prompt.messages)
    return -(-characters // CHARACTERS_PER_TOKEN)

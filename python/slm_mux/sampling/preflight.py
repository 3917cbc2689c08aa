"""One cheap call per endpoint and model, which shows that key and model are right."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from slm_mux.sampling.asked import Asked
from slm_mux.sampling.client import Client
from slm_mux.sampling.outcome import Answer, Failure, Outcome
from slm_mux.sampling.request import request_body
from slm_mux.types import Prompt

# Some models want more tokens than one, or the limit under another name: no fault of the pool.
_ABOUT_THE_LIMIT = re.compile(r"max_?(completion|new|output)?_?tokens", re.IGNORECASE)
HELLO = Prompt(({"role": "user", "content": "Hi"},))
REFUSES_CHOICES = frozenset({400, 422})


@dataclass(frozen=True, slots=True)
class Finding:
    """What the call to one member showed: the answer, if any, and the refusal, if any."""

    asked: Asked
    answer: Answer | None = None
    refusal: str | None = None


async def preflight(
    client: Client, members: Collection[Asked], several: Collection[str], seconds: float
) -> list[Finding]:
    """Ask each endpoint and model once, all at once, each for at most `seconds`.

    Where the plan wants several samples of a member (`several` names them) and it is not known
    whether they can come in one request, two are asked for, which shows that too. Transient
    faults are no finding.
    """
    targets = {asked.target: asked for asked in reversed(list(members))}
    wants = {asked.target for asked in members if asked.member.name in several}
    return list(
        await asyncio.gather(
            *(
                _look(client, asked, seconds, choices=2 if target in wants else 1)
                for target, asked in targets.items()
            )
        )
    )


async def _look(client: Client, asked: Asked, seconds: float, *, choices: int) -> Finding:
    if asked.choice_count.known is not None:
        choices = 1
    outcome = await _say_hello(client, asked, seconds, choices)
    if choices > 1 and isinstance(outcome, Answer):
        asked.choice_count.learn(len(outcome.choices) > 1)
    if choices > 1 and isinstance(outcome, Failure) and outcome.status in REFUSES_CHOICES:
        outcome = await _say_hello(client, asked, seconds, 1)
        if isinstance(outcome, Answer):
            asked.choice_count.learn(False)
    if isinstance(outcome, Answer):
        return Finding(asked, answer=outcome)
    if outcome.retry or _ABOUT_THE_LIMIT.search(outcome.message):
        return Finding(asked)
    return Finding(asked, refusal=refusal(outcome))


async def _say_hello(client: Client, asked: Asked, seconds: float, choices: int) -> Outcome:
    member = replace(asked.member, max_tokens=1)
    body = request_body(member, HELLO, choices=choices, seed=None)
    return await client.post(asked.endpoint, body, seconds)


def refusal(failure: Failure) -> str:
    """A refusal in one line: the status and the server's message."""
    return failure.message if failure.status is None else f"{failure.status}: {failure.message}"

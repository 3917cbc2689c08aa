"""The demo's pool: small models inside this process."""

from __future__ import annotations

from slm_mux.pool.presets import LOCAL, PRESETS
from slm_mux.types import Member, Pool

DEMO_SAMPLES = 5
"""How many answers the demo draws from each member for each problem."""

_TEMPERATURE = 0.6
_MAX_TOKENS = 48


def demo_pool(*, with_gemma: bool = False) -> Pool:
    """SmolLM2 under two prompt styles, and Gemma 3 where it has been pulled.

    To be made usable by `slm_mux.pool.local.LocalServers`.
    """
    local = PRESETS[LOCAL]
    members = [
        _member("smollm2-default", "smollm2", "default"),
        _member("smollm2-few-shot", "smollm2", "few_shot"),
    ]
    if with_gemma:
        members.append(
            Member(
                "gemma3-few-shot",
                "gemma3-270m",
                local,
                temperature=_TEMPERATURE,
                max_tokens=_MAX_TOKENS,
                prompt_style="few_shot",
                api="completions",
            )
        )
    return Pool(tuple(members), "demo")


def _member(name: str, model: str, style: str) -> Member:
    return Member(
        name,
        model,
        PRESETS[LOCAL],
        temperature=_TEMPERATURE,
        max_tokens=_MAX_TOKENS,
        prompt_style=style,
    )

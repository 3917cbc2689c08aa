"""Token counts: of one request that returned several samples, and of many samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.types import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable


def sum_of(usages: Iterable[Usage | None]) -> Usage | None:
    """All of them together; None where one is not known."""
    prompt = completion = 0
    for usage in usages:
        if usage is None:
            return None
        prompt += usage["prompt_tokens"]
        completion += usage["completion_tokens"]
    return Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )


def split_usage(usage: Usage | None, parts: int) -> list[Usage | None]:
    """A usage as `parts` usages whose sums are exact; what does not divide goes to the first."""
    if usage is None or parts == 1:
        return [usage] * parts
    prompts = _shares(usage["prompt_tokens"], parts)
    completions = _shares(usage["completion_tokens"], parts)
    return [
        Usage(prompt_tokens=p, completion_tokens=c, total_tokens=p + c)
        for p, c in zip(prompts, completions, strict=True)
    ]


def _shares(total: int, parts: int) -> list[int]:
    each, rest = divmod(total, parts)
    return [each + (i < rest) for i in range(parts)]

"""What the requests of a member used, as far as servers tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slm_mux.types import SampleRow


@dataclass(slots=True)
class Use:
    """Sums over requests that came with their usage."""

    requests: int = 0
    samples: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, rows: Sequence[SampleRow]) -> None:
        """Take in the rows of one request, which share its prompt."""
        usages = [usage for row in rows if (usage := row["usage"])]
        if not usages:
            return
        self.requests += 1
        self.samples += len(usages)
        self.prompt_tokens += sum(usage["prompt_tokens"] for usage in usages)
        self.completion_tokens += sum(usage["completion_tokens"] for usage in usages)

    @property
    def prompt(self) -> float:
        """Tokens of a prompt, the mean over requests, of which there is one at least."""
        return self.prompt_tokens / self.requests

    @property
    def response(self) -> float:
        """Tokens of a response, the mean over samples, of which there is one at least."""
        return self.completion_tokens / self.samples

"""What a run has bought so far: counts, tokens, cost, and who was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from slm_mux.sampling.settings import Settings
from slm_mux.sampling.use import Use
from slm_mux.types import Member, SampleRow

StoppedBy = Literal["cost", "tokens", "interrupt", "log"]
_CHARACTERS_PER_TOKEN = 4


@dataclass(slots=True)
class SamplingReport:
    """What one run did. Tokens and cost are this run's alone, the preflight calls included.

    `samples` and `failed` count rows on disk without and with an error, `retried` the retries.
    `cost` (US dollars) counts the members that have a price and is None if none has.
    `stopped_models` maps the members that a server refused to its message. `stopped_by` is None
    when the plan was worked off; `log_error` says what the log complained of. `skipped` counts
    samples that a rule which stops early has made unnecessary. `use` is what the requests of each
    member used; `sharing` names those whose endpoint may give several responses to one prompt.
    """

    samples: int = 0
    failed: int = 0
    retried: int = 0
    skipped: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    stopped_models: dict[str, str] = field(default_factory=dict)
    stopped_by: StoppedBy | None = None
    log_error: str | None = None
    use: dict[str, Use] = field(default_factory=dict)
    sharing: set[str] = field(default_factory=set)

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens

    def count_tokens(self, member: Member, prompt: int, completion: int) -> None:
        """Add what one request used."""
        self.prompt_tokens += prompt
        self.completion_tokens += completion
        if member.price is not None:
            self.cost = (self.cost or 0.0) + member.price.cost(prompt, completion)

    def count_rows(self, rows: Sequence[SampleRow]) -> None:
        """Add the rows of one request, which are on disk."""
        self.use.setdefault(rows[0]["model"], Use()).add(rows)
        failed = sum(row["error"] is not None for row in rows)
        self.failed += failed
        self.samples += len(rows) - failed

    def exhausted(self, settings: Settings) -> StoppedBy | None:
        """The limit on spending that has been reached, if any."""
        if settings.max_cost is not None and self._cost_with(settings) >= settings.max_cost:
            return "cost"
        limit = settings.max_tokens_total
        if limit is not None and settings.spent_tokens + self.tokens >= limit:
            return "tokens"
        return None

    def _cost_with(self, settings: Settings) -> float:
        return settings.spent_cost + (self.cost or 0.0)


def estimated_tokens(characters: int) -> int:
    """About how many tokens a text has; for servers that report no usage."""
    return characters // _CHARACTERS_PER_TOKEN

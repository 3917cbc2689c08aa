"""What a prompt costs beside a response, by member: whether to ask one by one or in rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from slm_mux.sampling.use import Use
from slm_mux.types import Member, SampleRow

ROUNDS_FROM = 0.15
"""A round bills one prompt where single calls bill one each, but asks more samples than they
would. From this price of a prompt, in responses, rounds are cheaper (docs/stopping.md)."""


@dataclass(slots=True)
class Balance:
    """Prices over the requests of a run."""

    _use: defaultdict[str, Use] = field(default_factory=lambda: defaultdict(Use))

    def add(self, member: Member, rows: Sequence[SampleRow]) -> None:
        """Take in the rows of one request."""
        self._use[member.name].add(rows)

    def favours_rounds(self, member: Member) -> bool:
        """Whether several samples at once cost less; not before anything is known."""
        use = self._use[member.name]
        if not use.requests:
            return False
        prompt, response = use.prompt, use.response
        if member.price is not None:
            prompt *= member.price.prompt
            response *= member.price.completion
        return prompt >= ROUNDS_FROM * response

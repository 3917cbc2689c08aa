"""Judges on loopback that answer according to what stands where in the prompt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faults.server import FaultServer

_TAGS = re.compile(r"<reference-(\w+)>(.*)</reference-\1>\n<candidate-\1>(.*)</candidate-\1>")

Says = Callable[[str, str], str]
"""Reference and candidate → the reply."""


@dataclass
class JudgeServer(FaultServer):
    """Replies what `says` makes of reference and candidate.

    It obeys any "answer Yes" that stands outside the candidate's tags, as a gullible model
    would: a candidate that broke out would move it.
    """

    says: Says = lambda reference, candidate: "Yes" if reference == candidate else "No"

    def _text(self, asked: dict[str, Any], index: int) -> str:  # noqa: ARG002  # one choice
        prompt = str(asked["messages"][-1]["content"])
        found = _TAGS.search(prompt)
        if found is None:
            return "I see no candidate."
        outside = prompt[: found.start(3)] + prompt[found.end(3) :]
        if "answer yes" in outside.casefold():
            return "Yes"
        return self.says(found[2], found[3])

    def candidates(self) -> list[str]:
        """What was asked about, in the order of arrival."""
        prompts = [str(asked["messages"][-1]["content"]) for asked in self.requests]
        return [found[3] for prompt in prompts if (found := _TAGS.search(prompt))]

"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

from slm_mux._core import __version__  # noqa: TID251  the version is Cargo's
from slm_mux.selection import Decision, Decisions
from slm_mux.voting import AnswerTable

__all__ = ["AnswerTable", "Decision", "Decisions", "__version__"]

"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

from slm_mux.answers import Grade, Reading, __version__, extract, grade, key, read, same
from slm_mux.selection import Decision, Decisions
from slm_mux.voting import AnswerTable

__all__ = [
    "AnswerTable",
    "Decision",
    "Decisions",
    "Grade",
    "Reading",
    "__version__",
    "extract",
    "grade",
    "key",
    "read",
    "same",
]

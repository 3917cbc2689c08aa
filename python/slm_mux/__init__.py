"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.answers import Grade, Reading, __version__, extract, grade, key, read, same
from slm_mux.selection import Decision, Decisions
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    from slm_mux.sampling.ask import ask

__all__ = [
    "AnswerTable",
    "Decision",
    "Decisions",
    "Grade",
    "Reading",
    "__version__",
    "ask",
    "extract",
    "grade",
    "key",
    "read",
    "same",
]


def __getattr__(name: str) -> Any:
    """`ask` brings HTTP and pool files along, so it is imported when it is first used."""
    if name == "ask":
        from slm_mux.sampling.ask import ask  # noqa: PLC0415

        return ask
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

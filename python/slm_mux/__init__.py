"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from slm_mux.answers import Grade, Reading, __version__, extract, grade, key, read, same
from slm_mux.selection import Decision, Decisions
from slm_mux.stopping import StoppingRule
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    from slm_mux.sampling.ask import ask
    from slm_mux.tallies import Rules, merge, scan, tally

__all__ = [
    "AnswerTable",
    "Decision",
    "Decisions",
    "Grade",
    "Reading",
    "Rules",
    "StoppingRule",
    "__version__",
    "ask",
    "extract",
    "grade",
    "key",
    "merge",
    "read",
    "same",
    "scan",
    "tally",
]

_LATER = {
    "Rules": "slm_mux.tallies",
    "ask": "slm_mux.sampling.ask",  # brings HTTP and pool files along
    "merge": "slm_mux.tallies",
    "scan": "slm_mux.tallies",
    "tally": "slm_mux.tallies",
}


def __getattr__(name: str) -> Any:
    """What not everybody needs is imported when it is first used."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is not imported for it: the command line starts here

if TYPE_CHECKING:
    from typing import Any

    from slm_mux.answers import Reading, __version__, extract, key, read, same
    from slm_mux.grades import Grade, grade
    from slm_mux.sampling.ask import ask
    from slm_mux.selection import Decision, Decisions
    from slm_mux.stopping import StoppingRule
    from slm_mux.tallies import Rules, merge, scan, tally
    from slm_mux.voting import AnswerTable

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

_ROOMS = {
    "answers": ("Reading", "__version__", "extract", "key", "read", "same"),
    "grades": ("Grade", "grade"),
    "selection": ("Decision", "Decisions"),
    "stopping": ("StoppingRule",),
    "voting": ("AnswerTable",),
    "tallies": ("Rules", "merge", "scan", "tally"),
    "sampling.ask": ("ask",),  # brings HTTP and pool files along
    "errors": (),
    "types": (),
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """All is imported when it is first used: nobody waits for what is not."""
    from importlib import import_module  # noqa: PLC0415

    if name in _WHERE:
        return getattr(import_module(f"slm_mux.{_WHERE[name]}"), name)
    if name in _ROOMS:
        return import_module(f"slm_mux.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

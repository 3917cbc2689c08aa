"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

from slm_mux.answers import Grade, Reading, __version__, extract, grade, key, read, same

__all__ = ["Grade", "Reading", "__version__", "extract", "grade", "key", "read", "same"]

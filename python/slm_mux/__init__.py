"""Sample a pool of small language models, vote with SLM-MUX, grade and score."""

from __future__ import annotations

from slm_mux._core import __version__

__all__ = ["__version__"]

"""The SymPy stage: trees of answers, compared in worker processes that are killed at a limit.

It knows trees (JSON) and nothing else of answers; SymPy is imported in the workers alone.
"""

from __future__ import annotations

from slm_mux.symbolic.workers import Limits, Pair, Settled, Workers, shared

__all__ = ["Limits", "Pair", "Settled", "Workers", "shared"]

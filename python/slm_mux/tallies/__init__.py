"""Samples in bulk → tallies: files, Arrow batches and tallies of others in, tables out.

Texts are read where they lie; what stays in memory are tallies, not samples. The same code
runs on one machine, in the tasks of a cluster, and in anything that passes Arrow batches
through Python (Spark's `mapInArrow`, Daft, Ray Data).
"""

from __future__ import annotations

from slm_mux._core import sample_indexes  # noqa: TID251  part of the facade
from slm_mux.tallies.choice import Choice
from slm_mux.tallies.merging import merge, tally
from slm_mux.tallies.rules import FIELDS, KnownProblem, Rules
from slm_mux.tallies.scanning import Piece, Scan, Tallied, scan

__all__ = [
    "FIELDS",
    "Choice",
    "KnownProblem",
    "Piece",
    "Rules",
    "Scan",
    "Tallied",
    "merge",
    "sample_indexes",
    "scan",
    "tally",
]

"""Two scorings of the same samples side by side: what changed, and what it does to accuracy.

Each input is read by `reading` into a `Side`, whose rows `store` keeps and joins on disk;
`pairing` says which problems and models of the two are the same, `figures` counts. Problems and
models are held in memory (about 300 bytes each), samples are not: ten million of them take about
a gigabyte of temporary disk. Only a JSON results file is read whole.
"""

from __future__ import annotations

from slm_mux.scoring.comparing.compare import Comparing, Comparison, compare
from slm_mux.scoring.comparing.fields import FieldMap

__all__ = ["Comparing", "Comparison", "FieldMap", "compare"]

"""The garbage collector during a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_ALLOCATIONS = 50_000


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for reference cycles rarely.

    A run makes many objects and hardly a cycle, while the plan it works off is large: searching
    it at the usual rate costs a tenth of the throughput. Settings that are higher already, such
    as those of a run around this one, stay as they are.
    """
    before = gc.get_threshold()
    if not 0 < before[0] < _ALLOCATIONS:
        yield
        return
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)

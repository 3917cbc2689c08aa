"""The local engine: all cores of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slm_mux.tallies import Piece, Scan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from slm_mux.scoring.bulk.inputs import Inputs
    from slm_mux.tallies import Rules


@dataclass(frozen=True, slots=True)
class Work:
    """How files are read; nothing here changes the outcome.

    `memory` is the most bytes that tallies may take before they spill to `spill`; `samples` a
    Parquet file for single samples, with `metadata`; `progress` is called with bytes and rows.
    """

    memory: int | None = None
    spill: Path | None = None
    samples: Path | None = None
    metadata: Mapping[str, Any] | None = None
    progress: Callable[[int, int], None] | None = None


def pieces(names: Sequence[str]) -> list[Piece]:
    """Number files in the order of their names."""
    return [Piece(name, number) for number, name in enumerate(names)]


def read_local(inputs: Inputs, rules: Rules, work: Work) -> Scan:
    """Read all sample files. Raises as `Scan.read`."""
    return Scan(rules).read(
        pieces(inputs.samples),
        memory=work.memory,
        spill=work.spill,
        samples=work.samples,
        metadata=work.metadata,
        progress=work.progress,
    )

"""Asking in steps: what a rule that may stop early tells the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from slm_mux.sampling.ports import JobLike
from slm_mux.sampling.queue import Unit
from slm_mux.types import Member, SampleRow

Shares = Callable[[Member], bool]
"""Whether a member's endpoint may give several responses to one prompt."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from what came: units to ask now, samples not to be asked, problems done."""

    units: Sequence[Unit] = ()
    skipped: int = 0
    decided: int = 0


class EarlyStop(Protocol):
    """A rule that holds samples back until it knows whether they are needed.

    `mark` is what rows drawn under it say of it. All it hands out comes back, by `arrived` or by
    `lost`, unless the run ends before.
    """

    @property
    def mark(self) -> str: ...  # noqa: D102

    def asks_several(self, job: JobLike) -> bool:
        """Whether several samples of this job may be asked at once."""

    def start(self, shares: Shares) -> Step:
        """The first units; all problems that are not `decided` here are held open."""

    def arrived(self, job: JobLike, rows: Sequence[SampleRow]) -> Step:
        """Take in the rows of one request, failed calls among them."""

    def lost(self, job: JobLike, indexes: Sequence[int]) -> Step:
        """These samples will not come in this run."""

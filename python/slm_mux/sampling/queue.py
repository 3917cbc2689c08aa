"""The work of a run, handed out provider by provider."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from slm_mux.sampling.ports import JobLike
from slm_mux.types import Provider


@dataclass(frozen=True, slots=True)
class Unit:
    """Samples to ask of one member on one problem, in as few requests as can be.

    `singles`: one request each, whatever the endpoint can do.
    """

    job: JobLike
    indexes: tuple[int, ...]
    singles: bool = False


@dataclass(slots=True)
class Lane:
    """The units of one provider."""

    units: deque[Unit] = field(default_factory=deque)
    in_hand: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class WorkQueue:
    """Lanes of units, one per provider.

    A lane ends when it is empty and nothing in hand can add to it: neither a unit of its own
    nor a problem that is `undecided` (whose units are held back until an earlier one is done).
    """

    def __init__(self, units: Iterable[Unit], providers: Iterable[Provider]) -> None:
        self._lanes = {provider: Lane() for provider in providers}
        for unit in units:
            self._lanes[unit.job.member.provider].units.append(unit)
        self._undecided = 0

    def waiting(self, provider: Provider) -> int:
        """How many samples the lane holds."""
        return sum(len(unit.indexes) for unit in self._lanes[provider].units)

    async def take(self, provider: Provider) -> Unit | None:
        """The next unit of a provider, None when there will be none. Give it back by `done`."""
        lane = self._lanes[provider]
        while not lane.units:
            if not lane.in_hand and not self._undecided:
                return None
            await lane.changed.wait()
        lane.in_hand += 1
        return lane.units.popleft()

    def done(self, unit: Unit) -> None:
        """A unit that was taken is finished, with or without rows."""
        lane = self._lanes[unit.job.member.provider]
        lane.in_hand -= 1
        if not lane.in_hand:
            self._wake(lane)

    def push(self, unit: Unit) -> None:
        """Add a unit, ahead of all others: what was begun is finished first."""
        lane = self._lanes[unit.job.member.provider]
        lane.units.appendleft(unit)
        self._wake(lane)

    def hold(self, problems: int) -> None:
        """Keep the lanes open until so many problems more are decided."""
        self._undecided += problems

    def decide(self) -> None:
        """One problem less is undecided."""
        self._undecided = max(0, self._undecided - 1)  # it is 0 once cleared
        if not self._undecided:
            for lane in self._lanes.values():
                self._wake(lane)

    def clear(self) -> None:
        """Hand out nothing more."""
        self._undecided = 0
        for lane in self._lanes.values():
            lane.units.clear()
            self._wake(lane)

    def _wake(self, lane: Lane) -> None:
        lane.changed.set()
        lane.changed = asyncio.Event()

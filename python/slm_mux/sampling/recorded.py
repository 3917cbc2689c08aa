"""What a sample log holds, as an index of identities: small enough for millions of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from slm_mux.store.rows import Asking, asking_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slm_mux.types import SampleRow

State = Literal["missing", "bought", "failed"]

# Sample indexes share a cell in blocks of this many. Not one bit set per cell: a row with an
# index of a billion would then cost a hundred megabytes.
_BLOCK = 32

_Cell = tuple[int, str, str | None, int]  # member, problem, prompt, block


class Recorded:
    """The identities of the rows of a log, each bought or failed.

    A row without error is bought for good. A row with an error has failed until a row without
    one comes, whatever the order of the two.
    """

    __slots__ = ("_cells", "_members", "_prompts")

    def __init__(self, rows: Iterable[SampleRow] = ()) -> None:
        self._members: dict[tuple[object, ...], int] = {}
        self._prompts: dict[str, str] = {}  # one string object per prompt, not per row
        self._cells: dict[_Cell, int] = {}  # low bits: bought, high bits: failed
        for row in rows:
            self.add(row)

    def add(self, row: SampleRow) -> None:
        """Take in a checked row."""
        asking = asking_of(row)
        member = self._members.setdefault(_who(asking), len(self._members))
        prompt = asking.prompt_sha256
        if prompt is not None:
            prompt = self._prompts.setdefault(prompt, prompt)
        block, bit = divmod(row["sample_index"], _BLOCK)
        if row.get("error") is not None:
            bit += _BLOCK
        cell = (member, asking.problem_id, prompt, block)
        self._cells[cell] = self._cells.get(cell, 0) | 1 << bit

    def state(self, asking: Asking, index: int) -> State:
        """Whether sample `index` of this asking is bought, has failed, or is missing."""
        block, bit = divmod(index, _BLOCK)
        member = self._members.get(_who(asking), -1)
        bits = self._cells.get((member, asking.problem_id, asking.prompt_sha256, block), 0)
        if bits >> bit & 1:
            return "bought"
        return "failed" if bits >> bit + _BLOCK & 1 else "missing"

    def __len__(self) -> int:
        """Count the samples bought."""
        low = (1 << _BLOCK) - 1
        return sum((bits & low).bit_count() for bits in self._cells.values())


def _who(asking: Asking) -> tuple[object, ...]:
    return asking.task, asking.model, asking.api_model, asking.params

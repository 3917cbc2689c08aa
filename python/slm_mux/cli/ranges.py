"""Whole numbers as people write them: `3`, `2..5`, `1,3,5`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 10_000


def whole_numbers(flag: str, given: Sequence[str], *, last: int | None = None) -> list[int]:
    """Read numbers from 1 and ranges, each once, in ascending order.

    `..` without an end goes to `last`, where that is known. Raises `InputError`.
    """
    found: set[int] = set()
    for part in given:
        match = re.fullmatch(r"(\d{1,5})(?:(\.\.)(\d{1,5})?)?", part.strip())
        low = int(match[1]) if match else 0
        high = low if match is None or not match[2] else int(match[3] or last or 0)
        if not 1 <= low <= high <= MOST:
            raise InputError(f"{flag} {part}: write numbers from 1, such as 3, 2..5 or 1,3,5")
        found.update(range(low, high + 1))
    return sorted(found)

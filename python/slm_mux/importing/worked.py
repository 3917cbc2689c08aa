"""References that are worked solutions, as GSM8K has them: the answer stands behind `####`."""

from __future__ import annotations

from typing import Any

_MARK = "####"


def final_answer(reference: Any) -> str | None:
    """What follows the last `####` of a text that ends so; None where it does not."""
    if not isinstance(reference, str):
        return None
    _, mark, answer = reference.rpartition(_MARK)
    answer = answer.strip()
    return answer if mark and answer and "\n" not in answer else None

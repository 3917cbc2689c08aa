"""The answer kind of a benchmark by its name, where no file says it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slm_mux.types import Kind

_KNOWN: tuple[tuple[Kind, str], ...] = (
    ("number", r"m?gsm|gsm_?8k|svamp|asdiv|multiarith|addsub|singleeq"),
    ("choice", r"gpqa|mmlu|arc_|arc-|hellaswag|commonsense|csqa|openbook|medqa|ceval|cmmlu"),
    ("math", r"math|aime|amc|olympiad|hmmt|brumo|minerva"),
)


@lru_cache(maxsize=256)
def kind_of_task(task: str) -> Kind | None:
    """`number`, `choice` or `math` for a benchmark whose name is known; None for others."""
    return next((kind for kind, name in _KNOWN if re.search(name, task.lower())), None)

"""Trees of the tests: the cases of `pairs.json`, and some that no machine can work off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from slm_mux.symbolic import Pair

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "pairs.json").read_text(encoding="utf-8")
)
ONE = ["number", "1"]


def number(value: int) -> list[Any]:
    """A number node."""
    return ["number", str(value)]


def power(*parts: list[Any]) -> list[Any]:
    """A tower of powers."""
    *lower, top = parts
    for part in reversed(lower):
        top = ["power", part, top]
    return top


def pair(answer: Any, reference: Any = ONE) -> Pair:
    """The trees as they are handed over."""
    return Pair(json.dumps(answer), json.dumps(reference))


def nested(depth: int) -> str:
    """A tree so deep that Python's own JSON writer could not write it."""
    return '["negate",' * depth + '["number","1"]' + "]" * depth


ENDLESS = {
    "tower": power(*[number(9)] * 4),
    "factorial": ["apply", "factorial", power(number(10), number(9))],
    "binomial": ["apply", "binomial", power(number(10), number(9)), power(number(10), number(8))],
    "factorials": ["multiply", *(["apply", "factorial", number(10**6 + k)] for k in range(400))],
}
HUGE = {
    "power": power(number(2), number(4 * 10**9)),
    "product": ["multiply", number(10), power(number(2), number(4 * 10**9))],
}

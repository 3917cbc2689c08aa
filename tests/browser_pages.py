"""Waiting for a page whose policy forbids that text is run as a program."""

from __future__ import annotations

from typing import Any

STEPS, MILLISECONDS = 200, 25


def wait_for(page: Any, condition: str) -> None:
    """Wait until a JavaScript expression holds; as `wait_for_function`, which needs `eval`."""
    for _ in range(STEPS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(MILLISECONDS)
    raise AssertionError(f"never came true: {condition}")

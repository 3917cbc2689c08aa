"""Math-Verify behind a pipe: runs in the venv of the peers, one JSON line in, one out.

In: `{"gold", "response"}`. Out: `{"verdict", "error", "gold_parsed", "parsed", "seconds"}`, the
seconds being CPU time of parsing both sides and verifying. The reference goes between dollar
signs, because the peer does not read bare LaTeX.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from math_verify import parse, verify

SECONDS_EACH = 5
"""What the peer's own time limit is set to, which is its default."""


def graded(gold: str, response: str) -> dict[str, Any]:
    """The peer's verdict on one response."""
    start = time.process_time()
    error = None
    wanted: list[Any] = []
    found: list[Any] = []
    verdict = False
    try:
        wanted = parse(f"${gold}$", parsing_timeout=SECONDS_EACH)
        found = parse(response, parsing_timeout=SECONDS_EACH)
        verdict = verify(wanted, found, timeout_seconds=SECONDS_EACH)
    except Exception as fault:  # noqa: BLE001 - a fault of the peer is a result of the measurement
        error = f"{type(fault).__name__}: {fault}"[:200]
    seconds = time.process_time() - start
    return {
        "verdict": verdict,
        "error": error,
        "gold_parsed": shown(wanted),
        "parsed": shown(found),
        "seconds": seconds,
    }


def shown(parsed: list[Any]) -> list[str]:
    """What was parsed, as bounded text."""
    out = []
    for item in parsed:
        try:
            out.append(str(item)[:300])
        except Exception as fault:  # noqa: BLE001 - printing is the peer's code as well
            out.append(f"<{type(fault).__name__}>")
    return out


def main() -> None:
    """Answer line by line until the input ends."""
    logging.disable(logging.CRITICAL)
    answers, sys.stdout = sys.stdout, sys.stderr  # what the peer prints is no answer
    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(graded(asked["gold"], asked["response"])) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

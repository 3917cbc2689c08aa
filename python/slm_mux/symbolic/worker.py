"""The child: `python -m slm_mux.symbolic.worker MEBIBYTES SECONDS`, one JSON line per pair."""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import IO


def main() -> None:
    """Compare pairs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr  # whatever SymPy prints is no reply
    try:
        from slm_mux.symbolic.decide import decide  # noqa: PLC0415  # SymPy, slow and optional
    except ImportError as error:
        _say(replies, {"error": str(error)})
        return
    _limit_memory(int(sys.argv[1]) << 20)
    _say(replies, {"ready": True})
    for line in sys.stdin.buffer:
        _end_within(float(sys.argv[2]))
        request = json.loads(line)
        _say(replies, decide(request["answer"], request["reference"]))


def _limit_memory(size: int) -> None:
    try:
        import resource  # noqa: PLC0415  # POSIX only
    except ImportError:
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    if most != resource.RLIM_INFINITY:
        size = min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (size, most))


def _end_within(seconds: float) -> None:
    """Where the parent is gone, nobody kills a pair that hangs: the system's alarm does."""
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(seconds) + 1)


def _say(replies: IO[str], reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


if __name__ == "__main__":
    main()

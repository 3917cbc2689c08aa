"""Ctrl-C while something is being bought: what is in flight is finished and kept."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stoppable(Protocol):
    """What can be told to come to an end."""

    def stop(self) -> None:
        """Begin nothing more."""


@contextmanager
def stopping_on_signals(running: Stoppable) -> Iterator[None]:
    """The first interrupt ends the run cleanly, the second at once."""

    def stop(_number: int, _frame: object) -> None:
        for name in handled:
            signal.signal(name, earlier[name])
        sys.stderr.write("\nfinishing what is in flight; once more to stop at once\n")
        running.stop()

    handled = [signal.SIGINT, signal.SIGTERM]
    earlier = {name: signal.signal(name, stop) for name in handled}
    try:
        yield
    finally:
        for name in handled:
            signal.signal(name, earlier[name])

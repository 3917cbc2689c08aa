"""Signals: what is in flight is finished and kept, and what was begun on disk is cleared away."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class TerminatedError(KeyboardInterrupt):
    """SIGTERM, as schedulers send it: what gives way to Ctrl-C gives way to it, too."""

    exit_code = 143


def _end(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise TerminatedError("terminated")


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """The first SIGTERM is raised as `TerminatedError`; others do not disturb the clearing away.

    Nothing is changed where somebody handles or ignores it already, and outside the main thread.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class Stoppable(Protocol):
    """What can be told to come to an end."""

    def stop(self) -> None:
        """Begin nothing more."""


@contextmanager
def stopping_on_signals(running: Stoppable) -> Iterator[None]:
    """The first interrupt ends the run cleanly, the second at once."""

    def stop(_number: int, _frame: object) -> None:
        for name in handled:
            # Samples are on disk once they are there: nothing is to be cleared away.
            signal.signal(name, signal.SIG_DFL if earlier[name] is _end else earlier[name])
        sys.stderr.write("\nfinishing what is in flight; once more to stop at once\n")
        running.stop()

    handled = [signal.SIGINT, signal.SIGTERM]
    earlier = {name: signal.signal(name, stop) for name in handled}
    try:
        yield
    finally:
        for name in handled:
            signal.signal(name, earlier[name])

"""Worker processes that compare trees, each killed when a pair takes too long.

A worker is a child that speaks JSON lines, not a `multiprocessing` process: those run the
caller's main module again, and their pools cannot kill one task without losing the others.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from slm_mux.errors import InputError, SlmMuxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.types import Decided

SECONDS = 5.0
MEGABYTES = 1024
LEAST_MEGABYTES = 256
"""SymPy alone needs about half of it."""
_START_SECONDS = 120.0
# SIGKILL is the system's where memory is short, SIGABRT an allocation that failed; SIGALRM is
# the child's own watch, should ours be late.
_DEATHS = {-9: "sympy_memory", -6: "sympy_memory", -14: "sympy_time"}


class Pair(NamedTuple):
    """The trees (JSON) of an answer and of the reference."""

    answer: str
    reference: str


class Settled(NamedTuple):
    """What SymPy says of a pair; `limit` names what kept it from saying more."""

    verdict: Decided
    limit: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Wall-clock seconds and MiB of address space per pair; memory where the system has it.

    Raises `InputError` for limits that no pair could be compared in.
    """

    seconds: float = SECONDS
    megabytes: int = MEGABYTES

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise InputError(f"a time limit of {self.seconds:g} s: use more than 0")
        if self.megabytes < LEAST_MEGABYTES:
            raise InputError(
                f"a memory limit of {self.megabytes} MiB: use at least {LEAST_MEGABYTES}"
            )


class Workers:
    """At most `count` workers (default: one per core), started when they are needed.

    A context manager. Any number of threads may ask.
    """

    def __init__(self, limits: Limits | None = None, *, count: int | None = None) -> None:
        self._limits = limits or Limits()
        self._workers = [_Worker(self._limits) for _ in range(count or _cores())]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers, also in the middle of a pair."""
        for worker in self._workers:
            worker.close()

    def decide(self, pairs: Iterable[Pair]) -> list[Settled]:
        """What SymPy says of each pair, in their order; equal ones are compared once.

        Raises `SlmMuxError` where SymPy is not installed or no worker can be started.
        """
        wanted = list(pairs)
        different = list(dict.fromkeys(wanted))
        found = dict(zip(different, self._decide_all(different), strict=True))
        return [found[pair] for pair in wanted]

    def _decide_all(self, pairs: Sequence[Pair]) -> list[Settled]:
        if len(pairs) <= 1:
            return [self._decide(pair) for pair in pairs]
        with ThreadPoolExecutor(min(len(pairs), len(self._workers))) as threads:
            try:
                return list(threads.map(self._decide, pairs))
            except BaseException:  # an interruption: nobody waits for what is being compared
                threads.shutdown(wait=False, cancel_futures=True)
                for worker in self._workers:
                    worker.interrupt()
                raise

    def _decide(self, pair: Pair) -> Settled:
        worker = self._idle.get()
        try:
            return worker.ask(pair)
        finally:
            self._idle.put(worker)


class _Worker:
    """One child process; started when first asked, and anew after it has died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def ask(self, pair: Pair) -> Settled:
        """Compare one pair within the limits."""
        request = json.dumps({"answer": pair.answer, "reference": pair.reference})
        try:
            reply, killed = _exchange(self._running(), request, self._limits.seconds)
        except BaseException:  # interrupted: its reply must not be taken for the next pair's
            self._end()
            raise
        if reply is None:
            death = self._cause_of_death()
            return Settled("undecided", "sympy_time" if killed else death)
        if killed or reply["limit"] == "sympy_memory":  # what is left of its memory is not known
            self._end()
        return Settled(reply["verdict"], reply["limit"])

    def interrupt(self) -> None:
        """Kill the child at work, from another thread; whoever waits for it learns that."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Kill the child, if there is one, for good."""
        self._closed = True
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise SlmMuxError("the SymPy workers are closed")
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = _start(self._limits)
        return self._process

    def _cause_of_death(self) -> str:
        """The limit that a child which we have not killed has met, by the signal it died of."""
        code = self._process.wait() if self._process is not None else 0
        self._end()
        return _DEATHS.get(code, "sympy_died")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not sent cannot be sent any more
                    stream and stream.close()


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "slm_mux.symbolic.worker"]
    process = subprocess.Popen(  # noqa: S603  # ourselves
        [*command, str(limits.megabytes), str(limits.seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONHASHSEED": "0"},  # the order of terms is part of the verdict
    )
    ready, _ = _exchange(process, None, _START_SECONDS)
    if ready is None or "error" in ready:
        process.kill()
        process.communicate()
        why = (ready or {}).get("error", "its process ended at once")
        raise SlmMuxError(f"SymPy cannot be used ({why}): run `pip install sympy`")
    return process


def _exchange(
    process: subprocess.Popen[bytes], request: str | None, seconds: float
) -> tuple[dict[str, Any] | None, bool]:
    """The child's next line, and whether it had to be killed for it."""
    watch = _Watch(process, seconds)
    try:
        if request is not None:
            process.stdin.write(request.encode() + b"\n")  # type: ignore[union-attr]  # a pipe
            process.stdin.flush()  # type: ignore[union-attr]
        line = process.stdout.readline()  # type: ignore[union-attr]
    except OSError:  # it has died, or was killed, before it read all of it
        line = b""
    finally:
        killed = watch.end()
    return (json.loads(line) if line.endswith(b"\n") else None), killed


class _Watch:
    """Kills a process (SIGKILL, or what the system has) after so many seconds, unless ended."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._lock = threading.Lock()
        self._over = self._killed = False
        self._process = process
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> bool:
        """Stop watching; whether the process was killed."""
        with self._lock:
            self._over = True
        self._timer.cancel()
        return self._killed

    def _kill(self) -> None:
        with self._lock:
            if not self._over:
                self._killed = True
                self._process.kill()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# --- the workers of calls from Python, which stay for the next call

_shared: dict[int, Workers] = {}
_shared_lock = threading.Lock()


def shared() -> Workers:
    """The workers of this process, with the default limits; a forked child has its own."""
    with _shared_lock:
        if os.getpid() not in _shared:
            _shared.clear()
            _shared[os.getpid()] = Workers()
            atexit.register(partial(_close, os.getpid()))
        return _shared[os.getpid()]


def _close(pid: int) -> None:
    if pid == os.getpid() and pid in _shared:
        _shared[pid].close()

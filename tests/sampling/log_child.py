"""A process with a log of its own, for the tests that kill it; told what to do by its arguments.

append LOG START   appends rows START, START + 1, ... from eight tasks until it is killed;
                   prints each index once its row is on disk
hold LOG           prints `open` or `busy`, then holds the log until its input ends
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sys

from sample_rows import make_row
from slm_mux.errors import LogError
from slm_mux.sampling.log import SampleLog


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def append(log: SampleLog, indexes: itertools.count[int]) -> None:
    for index in indexes:
        # Rows of very different sizes, so that the kill meets the writer at different work.
        size = random.Random(index).choice((1, 1_000, 100_000))
        await log.append([make_row(index, response="x" * size)])
        say(index)


async def append_all(path: str, start: int) -> None:
    indexes = itertools.count(start)
    with SampleLog(path) as log:
        await asyncio.gather(*(append(log, indexes) for _ in range(8)))


def hold(path: str) -> None:
    try:
        log = SampleLog(path)
    except LogError:
        say("busy")
        sys.stdin.read()
        return
    with log:
        say("open")
        sys.stdin.read()


if __name__ == "__main__":
    verb, path, *rest = sys.argv[1:]
    if verb == "append":
        asyncio.run(append_all(path, int(rest[0])))
    else:
        hold(path)

"""Requests per second at 200 in flight: bare aiohttp, the engine, a pool of 200 threads.

    python benches/python/bench_sampling.py [--calls 6000] [--rounds 3]

A loopback server in a process of its own answers each request after 50 ms. The engine's figure
includes everything a run does per sample: building request and row, and a log that is synced to
disk. The three take turns; each ratio is the median of those within a round.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import requests

from slm_mux.sampling.engine import sample
from slm_mux.sampling.log import SampleLog
from slm_mux.sampling.plan import Job
from slm_mux.sampling.settings import Settings
from slm_mux.types import Member, Pool, Problem, Prompt, Provider

LATENCY = 0.05
Way = Callable[[str, int], None]
IN_FLIGHT = 200
PROMPT = "Natalia walks from A to B. " * 20
REPLY = {
    "id": "cmpl-1",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Step by step. " * 50 + "\\boxed{42}"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 150, "completion_tokens": 200, "total_tokens": 350},
}


class Answering(asyncio.Protocol):
    """The least HTTP that serves: whole requests in, the same reply out, after a while."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end].lower()
            at = head.index(b"content-length:") + 15
            size = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
            if len(self._rest) < size:
                return
            self._rest = self._rest[size:]
            asyncio.get_running_loop().call_later(LATENCY, self._transport.write, self._reply)


async def serve() -> None:
    """Serve until killed; print the port."""
    body = json.dumps(REPLY).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    reply = head.encode() + b"\r\n\r\n" + body
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(reply), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def server() -> Iterator[str]:
    """The base URL of a server in its own process."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.kill()


def payload(number: int) -> dict[str, Any]:
    """The request that all three make."""
    return {
        "model": "m",
        "messages": [{"role": "user", "content": PROMPT}],
        "temperature": 0.3,
        "max_tokens": 2048,
        "seed": number,
    }


def bare_aiohttp(url: str, calls: int) -> None:
    """200 coroutines over one session; the replies are parsed and dropped."""

    async def run() -> None:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one(number: int) -> None:
                async with session.post(f"{url}/chat/completions", json=payload(number)) as reply:
                    json.loads(await reply.read())

            await at_once(one, calls)

    asyncio.run(run())


async def at_once(one: Callable[[int], Awaitable[None]], calls: int) -> None:
    """Work `calls` off, so many in flight."""
    numbers = iter(range(calls))

    async def worker() -> None:
        for number in numbers:
            await one(number)

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


@dataclass(frozen=True, slots=True)
class Task:
    """A plan, as the engine reads it."""

    jobs: tuple[Any, ...]
    task: str = "bench"
    kind: Any = "number"


def engine(url: str, calls: int) -> None:
    """The engine with the sample log, one sample a problem."""

    member = Member("m", "m", Provider("bench", url, max_concurrency=IN_FLIGHT))
    prompt = Prompt(({"role": "user", "content": PROMPT},))
    problems = (Problem(f"p{i}", PROMPT, str(i)) for i in range(calls))
    plan = Task(tuple(Job(member, problem, prompt, (0,)) for problem in problems))
    settings = Settings(concurrency=IN_FLIGHT)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        with SampleLog(Path(folder) / "log.jsonl") as log:
            report = asyncio.run(sample(plan, Pool((member,)), settings, log))
        assert report.samples == calls


def threads(url: str, calls: int) -> None:
    """200 threads, each with a `requests` session of its own."""

    own = threading.local()

    def one(number: int) -> None:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        reply = own.session.post(f"{url}/chat/completions", json=payload(number), timeout=60)
        json.loads(reply.content)

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(one, range(calls)))


def rate(way: Way, url: str, calls: int) -> float:
    """Calls per second."""
    began = time.perf_counter()
    way(url, calls)
    return calls / (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    ways = (bare_aiohttp, engine, threads)
    found: list[dict[Way, float]] = []
    with server() as url:
        for way in ways:
            rate(way, url, IN_FLIGHT * 2)  # imports and first connections
        for _ in range(options.rounds):
            rates = {way: rate(way, url, options.calls) for way in ways}
            print("  ".join(f"{way.__name__} {rates[way]:,.0f}/s" for way in ways))
            found.append(rates)
    bare = median(rates[engine] / rates[bare_aiohttp] for rates in found)
    pool = median(rates[engine] / rates[threads] for rates in found)
    print(f"engine / bare aiohttp: {bare:.2f} (goal: 0.75 or more)")
    print(f"engine / 200 threads:  {pool:.2f} (goal: 2.5 or more)")


if __name__ == "__main__":
    main()

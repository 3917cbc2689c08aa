"""An OpenAI-compatible server on loopback that fails on purpose.

In a test: `with FaultServer(rate=0.3, seed=1) as server: … server.url … server.stats()`.
On its own: `python -m faults.server --rate 0.3 --seed 1 --log requests.jsonl` (from `tests/`)
prints its base URL; `GET /stats` tells what it has served.

Faults come from a script (the first requests, in order of arrival) or at random: whether and
how a request fails depends on the seed, the request and how often the same one has been made,
so not on the order in which requests arrive.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Literal, Self

from aiohttp import web

from faults.replies import FAULTS, TRANSIENT, Reply, completion, error, spoilt, whole

Choices = Literal["honour", "reject", "ignore", "short", "extra"]


@dataclass
class FaultServer:
    """The server and how it misbehaves. A context manager that serves from its own thread.

    `rate` of the requests fail in the ways of `mix`; `script` names the fault of the first
    requests ("" for none). `choices` says what becomes of `n`. `key`: without it as bearer, 401
    with the sent key echoed. `models`: others get 404. `answers` maps a part of a prompt to the
    response it gets. Times are in seconds.
    """

    seed: int = 0
    rate: float = 0.0
    mix: Sequence[str] = TRANSIENT
    script: Sequence[str] = ()
    choices: Choices = "honour"
    key: str | None = None
    models: Sequence[str] | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    latency: float = 0.0
    retry_after: float = 0.01
    drip_seconds: float = 0.05
    burst: int = 5
    log: Path | None = None
    port: int = 0
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if unknown := (set(self.mix) | set(self.script)) - {*FAULTS, ""}:
            raise ValueError(f"unknown faults {sorted(unknown)}: use {', '.join(FAULTS)}")
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.served: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.faults: Counter[str] = Counter()
        self.in_flight = self.most_in_flight = 0
        self._script = list(self.script)
        self._visits: Counter[str] = Counter()
        self._burst_left = 0
        self._ready = threading.Event()
        self.arrived = threading.Event()

    @property
    def url(self) -> str:
        """The base URL, once it serves."""
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}/v1"

    def stats(self) -> dict[str, Any]:
        """What was asked and what was delivered: samples per model and prompt."""
        return {
            "requests": len(self.requests),
            "served": {model: dict(prompts) for model, prompts in self.served.items()},
            "samples": sum(prompts.total() for prompts in self.served.values()),
            "faults": dict(self.faults),
            "most_in_flight": self.most_in_flight,
        }

    # --- serving

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=asyncio.run, args=(self.serve(),), daemon=True)
        self._thread.start()
        if not self._ready.wait(20):
            raise RuntimeError("the fault server did not start")
        return self

    def __exit__(self, *_exc: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)

    async def serve(self) -> None:
        """Serve until told to end."""
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/stats", self._stats)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024, ssl_context=self.tls)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._end.wait()
        await runner.cleanup()

    async def wait_ready(self) -> None:
        """Wait until `url` is right."""
        await asyncio.to_thread(self._ready.wait)

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": m} for m in self.models or ["any"]]})

    async def _stats(self, _request: web.Request) -> web.Response:
        return web.json_response(self.stats())

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._answer(request)
        finally:
            self.in_flight -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.requests.append(asked)
        self.arrived.set()
        self.headers.append(dict(request.headers))
        fault, reply = self._decide(asked, request)
        if self.latency:
            await asyncio.sleep(self.latency)
        self.faults[fault or "none"] += 1
        self._note(asked, fault, reply.choices)
        return await self._send(request, reply, asked)

    # --- deciding

    def _decide(self, asked: dict[str, Any], request: web.Request) -> tuple[str, Reply]:
        sent = request.headers.get("Authorization", "")
        if self.key is not None and sent != f"Bearer {self.key}":
            return "401", error(401, f"Incorrect API key provided: {sent}")
        if self.models is not None and asked["model"] not in self.models:
            return "404", error(404, f"The model `{asked['model']}` does not exist")
        fault = self._fault(asked)
        wanted = asked.get("n", 1)
        if wanted > 1 and self.choices == "reject" and not fault:
            return "n", error(400, "Only one completion choice is allowed")
        chat = "messages" in asked
        data = completion(self._texts(asked, wanted), chat=chat, number=len(self.requests))
        return fault, spoilt(fault, data, self.retry_after) if fault else whole(data)

    def _fault(self, asked: dict[str, Any]) -> str:
        if self._script:
            return self._script.pop(0)
        if self._burst_left:
            self._burst_left -= 1
            return "503"
        text = json.dumps(asked, sort_keys=True)
        self._visits[text] += 1
        random = Random(f"{self.seed}/{self._visits[text]}/{text}")
        fault = random.choice(self.mix) if random.random() < self.rate else ""
        if fault == "burst":
            self._burst_left = self.burst - 1
        return fault

    def _texts(self, asked: dict[str, Any], wanted: int) -> list[str]:
        counts = {"ignore": 1, "short": max(1, wanted - 1), "extra": wanted + 2}
        count = counts.get(self.choices, wanted) if wanted > 1 else wanted
        return [self._text(asked, index) for index in range(count)]

    def _text(self, asked: dict[str, Any], index: int) -> str:
        prompt = prompt_of(asked)
        for part, text in self.answers.items():
            if part in prompt:
                return text
        number = Random(f"{asked['model']}/{prompt}/{asked.get('seed')}/{index}").randrange(3)
        letter = "ABC"[number]
        return f"So it is {number}.\nAnswer: {letter}\n#### {number}\n\\boxed{{{number}}}"

    # --- sending

    def _count(self, asked: dict[str, Any], reply: Reply) -> None:
        """Before the last byte of a reply leaves: who has it may look at the count at once."""
        if reply.choices:
            self.served[asked["model"]][prompt_of(asked)] += reply.choices

    async def _send(
        self, request: web.Request, reply: Reply, asked: dict[str, Any]
    ) -> web.StreamResponse:
        if reply.way == "whole":
            self._count(asked, reply)
            return web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_length = len(reply.body) or 1
        if reply.way == "drip":
            await response.prepare(request)
            *early, last = (reply.body[at : at + 32] for at in range(0, len(reply.body), 32))
            for piece in early:
                await response.write(piece)
                await asyncio.sleep(self.drip_seconds * 32 / len(reply.body))
            self._count(asked, reply)
            await response.write(last)
            return response
        if reply.way == "hang":
            await self._end.wait()
        if reply.way == "reset_body":
            await response.prepare(request)
            await response.write(reply.body[: len(reply.body) // 2])
        if request.transport is not None:
            request.transport.abort()
        return response

    def _note(self, asked: dict[str, Any], fault: str, choices: int) -> None:
        if self.log is None:
            return
        about = {"model": asked["model"], "prompt": prompt_of(asked), "seed": asked.get("seed")}
        about |= {"n": asked.get("n", 1), "fault": fault, "choices": choices}
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(about) + "\n")


def prompt_of(asked: Mapping[str, Any]) -> str:
    """The last message of a request, or its prompt; long ones by their hash."""
    text = str(asked["messages"][-1]["content"] if "messages" in asked else asked["prompt"])
    return text if len(text) <= 2000 else sha256(text.encode()).hexdigest()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="faults.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--mix", nargs="+", default=TRANSIENT, choices=FAULTS)
    parser.add_argument("--script", nargs="+", default=())
    parser.add_argument("--choices", default="honour")
    parser.add_argument("--key")
    parser.add_argument("--models", nargs="+")
    parser.add_argument("--answers", type=Path, help="JSON: part of a prompt → response")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--retry-after", type=float, default=0.01)
    parser.add_argument("--log", type=Path, help="one JSON line per request")
    return parser.parse_args()


async def main() -> None:
    """Serve until killed."""
    options = vars(arguments())
    answers = options.pop("answers")
    server = FaultServer(**options, answers=json.loads(answers.read_text()) if answers else {})
    serving = asyncio.create_task(server.serve())
    await server.wait_ready()
    print(server.url, flush=True)  # noqa: T201  # this is how its starter learns the port
    await serving


if __name__ == "__main__":
    asyncio.run(main())

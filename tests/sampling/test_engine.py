"""The engine against a real server on loopback."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from faults.server import FaultServer
from sampling.helpers import QUICK, FileLog, Plan, Watcher, plan, pool, provider
from slm_mux.errors import LogError, PoolError
from slm_mux.sampling.engine import Engine, sample
from slm_mux.sampling.plan import Job
from slm_mux.sampling.report import SamplingReport
from slm_mux.sampling.settings import Settings
from slm_mux.types import Member, Price, Problem, Prompt, SampleRow


class Run:
    """One run and all that came of it."""

    def __init__(self, folder: Path) -> None:
        self.log = FileLog(folder / "log.jsonl")
        self.watcher = Watcher()

    def __call__(
        self, members: Sequence[Member], asked: Plan, settings: Settings = QUICK, **more: Any
    ) -> SamplingReport:
        return asyncio.run(sample(asked, pool(members), settings, self.log, self.watcher, **more))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.log.rows())


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path)
    yield made
    made.log.close()


def member(server: FaultServer, name: str = "m", **changes: Any) -> Member:
    about = {key: changes.pop(key) for key in ("use_n", "max_concurrency") if key in changes}
    return Member(name, f"model-{name}", provider(server.url, **about), **changes)


# --- rows


def test_a_row_says_what_was_asked_and_what_came(run: Run) -> None:
    with FaultServer(answers={"Pick": "Answer: B"}) as server:
        asking = member(server, temperature=0.5, top_p=0.9, max_tokens=99)
        problem = Problem("q1", "Pick", "B", choices=("x", "y"))
        prompt = Prompt(({"role": "user", "content": "Pick"},), stop=("\n\n",))
        run([asking], Plan((Job(asking, problem, prompt, (2,)),), task="mine", kind="choice"))
    (row,) = run.rows
    assert row.pop("created").endswith("+00:00")
    assert row.pop("latency_s") > 0
    assert row.pop("seed") == server.requests[0]["seed"]
    assert row == {
        "task": "mine",
        "kind": "choice",
        "problem_id": "q1",
        "model": "m",
        "sample_index": 2,
        "response": "Answer: B",
        "reasoning": None,
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27},
        "request_id": "cmpl-1",
        "api_model": "model-m",
        "params": {"temperature": 0.5, "top_p": 0.9, "max_tokens": 99},
        "prompt_sha256": prompt.sha256,
        "reference_answer": "B",
        "choices": ["x", "y"],
        "error": None,
        "pool_index": 0,
    }
    sent = server.requests[0]
    assert (sent["stop"], sent["top_p"], sent["max_tokens"]) == (["\n\n"], 0.9, 99)
    assert sent["messages"] == [{"role": "user", "content": "Pick"}]


def test_a_member_of_the_completions_api_is_sent_a_prompt(run: Run) -> None:
    with FaultServer() as server:
        asking = member(server, api="completions")
        run([asking], plan([asking]))
    assert server.requests[0]["prompt"] == "What is 0?"
    assert run.rows[0]["response"].startswith("So it is")


def test_every_sample_is_asked_with_a_seed_of_its_own(run: Run) -> None:
    with FaultServer() as server:
        members = [member(server, "a"), member(server, "b")]
        run(members, plan(members, problems=3, samples=4))
    seeds = [asked["seed"] for asked in server.requests]
    assert len(set(seeds)) == 24
    assert Counter(seeds) == Counter(row["seed"] for row in run.rows)


def test_no_seed_where_the_provider_takes_none(run: Run) -> None:
    with FaultServer() as server:
        asking = Member("m", "model", provider(server.url, send_seed=False))
        run([asking], plan([asking]))
    assert "seed" not in server.requests[0]
    assert run.rows[0]["seed"] is None


# --- several choices in one request


def asked_for(server: FaultServer) -> list[int]:
    return [asked.get("n", 1) for asked in server.requests]


def test_choices_of_one_request_share_its_id_and_split_its_usage(run: Run) -> None:
    with FaultServer(answers={"What": "1234567"}) as server:
        asking = member(server, use_n=None)
        run([asking], plan([asking], samples=3))
    assert asked_for(server) == [3]
    assert [row["sample_index"] for row in run.rows] == [0, 1, 2]
    assert {row["request_id"] for row in run.rows} == {"cmpl-1"}
    assert [row["usage"]["prompt_tokens"] for row in run.rows] == [7, 7, 6]
    assert sum(row["usage"]["total_tokens"] for row in run.rows) == 20 + 3 * 6


@pytest.mark.parametrize("use_n", [None, True])
def test_a_server_that_rejects_n_is_asked_one_by_one_ever_after(
    run: Run, use_n: bool | None
) -> None:
    with FaultServer(choices="reject") as server:
        asking = member(server, use_n=use_n)
        report = run(
            [asking], plan([asking], problems=20, samples=3), replace(QUICK, concurrency=1)
        )
    assert (report.samples, report.stopped_models) == (60, {})
    assert asked_for(server) == [3] + [1] * 60


def test_a_server_that_ignores_n_is_topped_up_and_remembered(run: Run) -> None:
    with FaultServer(choices="ignore") as server:
        asking = member(server, use_n=None)
        report = run([asking], plan([asking], problems=20, samples=3))
    assert report.samples == 60
    assert Counter(asked_for(server)) == {3: 1, 1: 59}


def test_a_server_that_gives_too_few_is_topped_up(run: Run) -> None:
    with FaultServer(choices="short") as server:
        asking = member(server, use_n=None)
        report = run([asking], plan([asking], problems=5, samples=3))
    assert report.samples == 15
    assert Counter(asked_for(server)) == {3: 5, 1: 5}


def test_choices_beyond_those_asked_for_are_not_recorded(run: Run) -> None:
    with FaultServer(choices="extra") as server:
        asking = member(server, use_n=None)
        report = run([asking], plan([asking], samples=3))
    assert (report.samples, [row["sample_index"] for row in run.rows]) == (3, [0, 1, 2])


def test_while_n_is_unknown_only_one_request_tries_it(run: Run) -> None:
    with FaultServer(choices="reject", latency=0.02) as server:
        asking = member(server, use_n=None)
        run([asking], plan([asking], problems=40, samples=2))
    assert Counter(asked_for(server)) == {2: 1, 1: 80}


# --- models that fail


def test_a_refused_model_stops_with_the_servers_message_and_the_others_go_on(run: Run) -> None:
    with FaultServer(models=["model-good"]) as server:
        members = [member(server, "bad"), member(server, "good")]
        report = run(members, plan(members, problems=30), replace(QUICK, concurrency=4))
    message = "404: The model `model-bad` does not exist"
    assert report.stopped_models == run.watcher.stopped == {"bad": message}
    assert {row["model"] for row in run.rows} == {"good"}
    assert (report.samples, report.failed) == (30, 0)
    assert server.faults["404"] <= 4


def test_a_call_whose_retries_run_out_is_a_row_with_its_error(run: Run) -> None:
    with FaultServer(rate=1.0, mix=["503"]) as server:
        asking = member(server)
        report = run([asking], plan([asking]), replace(QUICK, attempts=3))
    (row,) = run.rows
    message = "status 503 on purpose"
    assert row["error"] == {"kind": "http", "status": 503, "message": message}
    assert (row["response"], row["usage"], row["sample_index"]) == (None, None, 0)
    assert (report.samples, report.failed, report.retried) == (0, 1, 2)
    assert [name for name, _, _ in run.watcher.retries] == ["m", "m"]


def test_a_server_that_is_not_there_is_a_row_with_its_error(run: Run) -> None:
    asking = Member("m", "model", provider("http://127.0.0.1:9/v1"))
    run([asking], plan([asking]), replace(QUICK, attempts=2))
    assert run.rows[0]["error"]["kind"] == "connection"


def test_a_provider_that_hangs_does_not_hold_the_places_of_the_others(run: Run) -> None:
    with FaultServer(rate=1.0, mix=["hang"]) as slow, FaultServer() as quick:
        slow_one = Member("slow", "s", replace(provider(slow.url), name="slow"))
        quick_one = Member("quick", "q", replace(provider(quick.url), name="quick"))
        members = [slow_one, quick_one]
        settings = replace(QUICK, concurrency=4, request_seconds=300.0, call_seconds=600.0)
        settings = replace(settings, grace_seconds=0.01)
        asked = plan(members, problems=50)
        report = interrupted(run, members, asked, settings, after=50).report
    assert (report.samples, report.stopped_by) == (50, "interrupt")


# --- numbers in flight


def test_no_more_are_in_flight_than_in_all_and_per_provider(run: Run) -> None:
    with FaultServer(latency=0.01) as one, FaultServer(latency=0.01) as two:
        members = [
            Member("a", "a", replace(provider(one.url), name="one", max_concurrency=3)),
            Member("b", "b", replace(provider(two.url), name="two")),
        ]
        run(members, plan(members, problems=60), replace(QUICK, concurrency=10))
    assert one.most_in_flight == 3
    assert 4 <= two.most_in_flight <= 10


# --- preflight


def test_preflight_finds_a_wrong_model_before_anything_is_spent_on_it(run: Run) -> None:
    with FaultServer(models=["model-good"]) as server:
        members = [member(server, "bad"), member(server, "good")]
        report = run(members, plan(members, problems=9), replace(QUICK, preflight=True))
    assert list(report.stopped_models) == ["bad"]
    assert server.faults["404"] == 1
    assert report.samples == 9
    assert report.prompt_tokens == 20 * 10


def test_preflight_learns_whether_n_is_taken(run: Run) -> None:
    with FaultServer(choices="reject") as server:
        asking = member(server, use_n=None)
        run([asking], plan([asking], samples=3), replace(QUICK, preflight=True))
    assert asked_for(server) == [2, 1, 1, 1, 1]


@pytest.mark.parametrize("fault", ["503", "garbage", "reset"])
def test_preflight_does_not_mind_passing_faults(run: Run, fault: str) -> None:
    with FaultServer(script=[fault]) as server:
        asking = member(server)
        report = run([asking], plan([asking]), replace(QUICK, preflight=True))
    assert (report.samples, report.stopped_models) == (1, {})


# --- limits on spending


def test_a_limit_on_tokens_stops_the_run_with_what_is_in_flight_saved(run: Run) -> None:
    with FaultServer(answers={"What": "1234567"}) as server:  # 26 tokens a sample
        asking = member(server)
        settings = replace(QUICK, concurrency=4, max_tokens_total=260)
        report = run([asking], plan([asking], problems=100), settings)
    assert report.stopped_by == "tokens"
    assert 10 <= report.samples == len(run.rows) == server.stats()["samples"] <= 13
    assert report.tokens == 26 * report.samples


def test_a_limit_on_cost_counts_what_was_spent_before(run: Run) -> None:
    with FaultServer() as server:
        asking = member(server, price=Price(1.0, 1.0))
        settings = replace(QUICK, max_cost=1.0, spent_cost=1.0)
        report = run([asking], plan([asking]), settings)
    assert (report.stopped_by, server.requests) == ("cost", [])


def test_cost_is_that_of_the_prices(run: Run) -> None:
    with FaultServer(answers={"What": "1234567"}) as server:
        asking = member(server, price=Price(1.0, 10.0))
        report = run([asking], plan([asking]))
    assert report.cost == pytest.approx((20 * 1 + 6 * 10) / 1e6)


def test_a_limit_on_cost_without_a_price_is_an_error(run: Run) -> None:
    asking = Member("m", "model", provider("http://127.0.0.1:9/v1"))
    with pytest.raises(PoolError, match=r"pool.yaml.*model 'm'"):
        run([asking], plan([asking]), replace(QUICK, max_cost=1.0))


# --- ends


class Halting(Watcher):
    """Stops the engine after so many rows."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after
        self.engine: Engine | None = None

    def on_rows(self, rows: Sequence[SampleRow]) -> None:
        super().on_rows(rows)
        if len(self.rows) >= self._after and self.engine is not None:
            self.engine.stop()


def interrupted(
    run: Run, members: Sequence[Member], asked: Plan, settings: Settings, *, after: int = 10
) -> Engine:
    watcher = Halting(after)
    engine = Engine(pool(members), settings, run.log, watcher)
    watcher.engine = engine
    asyncio.run(engine.run(asked))
    return engine


def test_an_interruption_saves_what_is_in_flight_and_asks_nothing_more(run: Run) -> None:
    with FaultServer(latency=0.02) as server:
        asking = member(server)
        settings = replace(QUICK, concurrency=8)
        report = interrupted(run, [asking], plan([asking], problems=500), settings).report
    assert report.stopped_by == "interrupt"
    assert report.samples == len(run.rows) == server.stats()["samples"] < 60


def test_an_interruption_waits_no_longer_than_the_grace_period(run: Run) -> None:
    with FaultServer() as quick, FaultServer(rate=1.0, mix=["hang"]) as slow:
        members = [
            Member("quick", "q", replace(provider(quick.url), name="quick")),
            Member("slow", "s", replace(provider(slow.url), name="slow")),
        ]
        settings = replace(QUICK, grace_seconds=0.05, request_seconds=300.0, call_seconds=600.0)
        report = interrupted(run, members, plan(members, problems=20), settings).report
    assert report.stopped_by == "interrupt"
    assert {row["model"] for row in run.rows} == {"quick"}


def test_who_waits_to_try_again_is_sent_home_by_an_interruption(run: Run) -> None:
    with FaultServer() as quick, FaultServer(rate=1.0, mix=["429"], retry_after=500) as slow:
        members = [
            Member("quick", "q", replace(provider(quick.url), name="quick")),
            Member("slow", "s", replace(provider(slow.url), name="slow")),
        ]
        settings = replace(QUICK, call_seconds=1000.0, grace_seconds=100.0)
        interrupted(run, members, plan(members, problems=20), settings)
    assert all(row["error"] is None for row in run.rows)


class FullDisk:
    """A log whose disk is full after so many rows."""

    def __init__(self, room: int) -> None:
        self.saved: list[SampleRow] = []
        self._room = room

    async def append(self, rows: Sequence[SampleRow]) -> None:
        if len(self.saved) + len(rows) > self._room:
            raise LogError("log.jsonl: no space left: make room and run again")
        self.saved += rows


def test_a_full_disk_stops_the_run_with_its_message() -> None:
    with FaultServer() as server:
        asking = member(server)
        settings = replace(QUICK, concurrency=2)
        disk = FullDisk(room=5)
        asked = plan([asking], problems=500)
        report = asyncio.run(sample(asked, pool([asking]), settings, disk))
    assert (report.stopped_by, report.samples) == ("log", len(disk.saved))
    assert report.log_error == "log.jsonl: no space left: make room and run again"
    assert len(server.requests) < 50


class Broken:
    """A log with a bug."""

    async def append(self, rows: Sequence[SampleRow]) -> None:
        raise KeyError(rows[0]["problem_id"])


def test_a_bug_in_the_log_ends_the_run_with_its_error() -> None:
    with FaultServer() as server:
        asking = member(server)
        running = sample(plan([asking], problems=200), pool([asking]), QUICK, Broken())
        with pytest.raises(ExceptionGroup) as caught:
            asyncio.run(running)
    assert caught.group_contains(KeyError)

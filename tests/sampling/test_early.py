"""Rules that stop early, against a real server on loopback."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from faults.server import FaultServer
from sampling.helpers import QUICK, FileLog, Plan, Watcher, plan, pool, provider
from slm_mux.errors import InputError
from slm_mux.sampling.early import Deciding, early_stop
from slm_mux.sampling.engine import sample
from slm_mux.sampling.plan import Job
from slm_mux.sampling.report import SamplingReport
from slm_mux.sampling.settings import Settings
from slm_mux.sampling.votes import vote_of
from slm_mux.types import Latency, Member, Price, Problem
from slm_mux.voting import AnswerTable

ACCURACY = {"a": 0.5, "b": 0.7, "c": 0.5}


def key_of(row: Any, problem: Problem) -> str | None:
    return vote_of(row, problem, "number")[1]


class Run:
    """One run after the other into one log."""

    def __init__(self, path: Path) -> None:
        self.log = FileLog(path)
        self.watcher = Watcher()

    def __call__(
        self,
        members: Sequence[Member],
        asked: Plan,
        settings: Settings = QUICK,
        *,
        logged: Sequence[Any] = (),
        **deciding: Any,
    ) -> SamplingReport:
        who = pool(members)
        rule = early_stop(
            Deciding(**{"samples": 5, "stop": "lossless", **deciding}),
            asked,
            who,
            key_of,
            logged,
            most=settings.concurrency,
        )
        return asyncio.run(sample(asked, who, settings, self.log, self.watcher, early=rule))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.log.rows())


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path / "log.jsonl")
    yield made
    made.log.close()


def member(server: FaultServer, name: str, **changes: Any) -> Member:
    about = {key: changes.pop(key) for key in ("use_n", "max_concurrency") if key in changes}
    return Member(name, f"model-{name}", provider(server.url, **about), **changes)


def decided(
    rows: Sequence[Any], asked: Plan, **options: Any
) -> list[tuple[str | None, str | None]]:
    problems = {job.problem.problem_id: job.problem for job in asked.jobs}
    names = list(dict.fromkeys(job.member.name for job in asked.jobs))
    votes = [
        {
            "problem_id": row["problem_id"],
            "model": row["model"],
            "sample_index": row["sample_index"],
            "key": key_of(row, problems[row["problem_id"]]),
            "state": "failed" if row["error"] else None,
        }
        for row in rows
    ]
    table = AnswerTable.from_samples(votes, problems=list(problems), members=names)
    decisions = table.select(**options)
    return list(zip(decisions.keys, decisions.models, strict=True))


# --- lossless


@pytest.mark.parametrize("latency", ["high", "low", "auto"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"abstain": "drop", "tie": "order"},
        {"tie": "random", "seed": 4},
        {"selector": "majority"},
        {"selector": "weighted"},
        {"selector": "single:b"},
    ],
    ids=lambda options: options.get("selector", "mux") + options.get("tie", ""),
)
def test_what_is_decided_is_what_all_samples_decide(
    tmp_path: Path, latency: Latency, options: dict[str, Any]
) -> None:
    faults = {"rate": 0.3, "seed": 5, "mix": ("null", "length", "500"), "choices": "reject"}
    settings = replace(QUICK, attempts=1)
    found = []
    for stop in ("none", "lossless"):
        run = Run(tmp_path / f"{stop}.jsonl")
        with FaultServer(**faults) as server:  # type: ignore[arg-type]
            asked = plan([member(server, n) for n in "abc"], problems=12, samples=5)
            members = [member(server, name) for name in "abc"]
            how = {"stop": stop, "latency": latency, "validation_accuracy": ACCURACY, **options}
            report = run(members, asked, settings, **how)
        run.log.close()
        assert report.samples + report.failed + report.skipped == 180
        decisions = decided(run.rows, asked, validation_accuracy=ACCURACY, **options)
        found.append((decisions, len(run.rows)))
    (all_of_them, asked_all), (stopped, asked_few) = found
    assert stopped == all_of_them
    assert asked_few < asked_all == 180
    assert any(key is None for key, _ in stopped) is False


def test_a_unanimous_first_member_settles_a_problem_in_one_request(run: Run) -> None:
    with FaultServer(answers={"?": "it is 1"}) as server:
        members = [member(server, "a", use_n=True), member(server, "b", use_n=True)]
        report = run(members, plan(members, problems=3, samples=5), latency="low")
        assert len(server.requests) == 3
    assert Counter(row["model"] for row in run.rows) == {"a": 15}
    assert report.skipped == run.watcher.skipped == 15
    assert {row["stop"] for row in run.rows} == {
        "lossless samples=5 abstain=count tie=accuracy selector=mux"
    }


def test_one_by_one_never_asks_two_of_a_problem_at_once(run: Run) -> None:
    with FaultServer(answers={"?": "it is 1"}, latency=0.01) as server:
        members = [member(server, "a"), member(server, "b")]
        run(members, plan(members, problems=1, samples=5), latency="high")
        assert server.most_in_flight == 1
        assert [asked.get("n", 1) for asked in server.requests] == [1] * 5


@pytest.mark.parametrize(
    ("prompt", "choices", "several"),
    [
        pytest.param(4000, "honour", True, id="long prompts"),
        pytest.param(4000, "reject", False, id="no choices"),
        pytest.param(1, "honour", False, id="short prompts"),
    ],
)
def test_rounds_where_a_prompt_costs_more_than_what_they_waste(
    run: Run, prompt: int, choices: Literal["honour", "reject"], several: bool
) -> None:
    price = Price(prompt=prompt / 1000, completion=1.0)
    with FaultServer(choices=choices) as server:
        members = [member(server, name, price=price, use_n=None) for name in "ab"]
        run(members, plan(members, problems=20, samples=5), replace(QUICK, concurrency=4))
    requests = Counter(row["request_id"] for row in run.rows)
    assert (max(requests.values()) > 1) is several


@pytest.mark.parametrize(
    ("names", "selector"), [("ab", "majority"), ("ab", "single:b"), ("a", "mux")]
)
def test_rounds_where_they_ask_no_more_samples(run: Run, names: str, selector: str) -> None:
    with FaultServer(answers={"?": "it is 1"}) as server:
        members = [member(server, name, use_n=True) for name in names]
        known = {name: ACCURACY[name] for name in names}
        asked = plan(members, problems=3, samples=5)
        run(members, asked, selector=selector, validation_accuracy=known)
        assert len(server.requests) == 3
    assert len(run.rows) < 5 * 3 * len(names)


def test_one_problem_tells_what_prompts_cost_before_the_others_are_asked(run: Run) -> None:
    price = Price(prompt=100.0, completion=1.0)
    with FaultServer(answers={"?": "it is 1"}, latency=0.01) as server:
        members = [member(server, name, price=price, use_n=True) for name in "ab"]
        run(members, plan(members, problems=20, samples=5))
        first, *others = [request.get("n", 1) for request in server.requests]
    assert first == 1
    assert sorted(others)[:2] == [4, 5]  # the rest of the first problem, and all of each other


def test_samples_in_the_log_count_and_are_not_bought_again(run: Run, tmp_path: Path) -> None:
    first = Run(tmp_path / "first.jsonl")
    with FaultServer(choices="reject") as server:
        members = [member(server, name) for name in "ab"]
        asked = plan(members, problems=20, samples=5)
        first(members, asked, stop="none")
        bought = [row for row in first.rows if row["sample_index"] < 3]
        jobs = tuple(replace(job, indexes=(3, 4)) for job in asked.jobs)
        report = run(members, Plan(jobs), logged=bought)
    first.log.close()
    assert decided(bought + run.rows, asked) == decided(first.rows, asked)
    assert 0 < report.samples < 80
    assert report.samples + report.skipped == 80
    assert {row["sample_index"] for row in run.rows} <= {3, 4}


def test_a_refused_member_is_not_waited_for(run: Run) -> None:
    with FaultServer(models=["model-a"]) as server:
        members = [member(server, "b"), member(server, "a")]
        asked = plan(members, problems=5, samples=3)
        report = run(members, asked, samples=3)
    assert "b" in report.stopped_models
    assert {row["model"] for row in run.rows} == {"a"}
    assert all(who == "a" for _, who in decided(run.rows, asked))


@pytest.mark.parametrize("choices", ["short", "ignore", "extra"])
def test_an_endpoint_that_gives_another_number_of_choices(
    run: Run, choices: Literal["short", "ignore", "extra"]
) -> None:
    with FaultServer(answers={"?": "it is 1"}, choices=choices) as server:
        members = [member(server, "a"), member(server, "b")]
        report = run(members, plan(members, problems=4, samples=5), latency="low")
    assert (report.samples, report.skipped) == (20, 20)
    places = Counter((row["problem_id"], row["sample_index"]) for row in run.rows)
    assert set(places.values()) == {1}


def test_a_limit_ends_the_run(run: Run) -> None:
    with FaultServer() as server:
        members = [member(server, "a"), member(server, "b")]
        settings = replace(QUICK, max_tokens_total=200, concurrency=2)
        report = run(members, plan(members, problems=50, samples=5), settings)
    assert report.stopped_by == "tokens"
    assert 0 < len(run.rows) < 50


@pytest.mark.parametrize("selector", ["calibrated", "switch", "unanimous", "oracle", "other"])
def test_a_selector_that_cannot_stop_early_is_told_before_anything_is_asked(selector: str) -> None:
    with FaultServer() as server:
        with pytest.raises(InputError, match="selector"):
            Deciding(samples=3, stop="lossless", selector=selector).check(
                pool([member(server, "a")])
            )
        assert not server.requests


# --- the published early exit


def test_where_the_first_samples_agree_the_rest_is_not_asked(run: Run) -> None:
    with FaultServer(answers={"0?": "it is 1", "1?": ""}) as server:
        members = [member(server, "a"), member(server, "b")]
        report = run(members, plan(members, problems=2, samples=3), stop="unanimous")
    counts = Counter(row["problem_id"] for row in run.rows)
    assert counts == {"p0": 2, "p1": 6}  # p1 has no answers to agree on
    assert report.skipped == run.watcher.skipped == 4
    assert {row["stop"] for row in run.rows} == {"unanimous"}


@contextmanager
def disagreeing() -> Iterator[list[Member]]:
    with FaultServer(answers={"?": "it is 1"}) as one, FaultServer(answers={"?": "2"}) as two:
        yield [
            Member("a", "a", replace(provider(one.url), name="one")),
            Member("b", "b", replace(provider(two.url), name="two")),
        ]


def test_where_they_differ_all_is_asked(run: Run) -> None:
    with disagreeing() as members:
        report = run(members, plan(members, problems=5, samples=3), stop="unanimous")
    assert (report.samples, report.skipped) == (30, 0)


@pytest.mark.parametrize(
    ("change", "samples"),
    [
        pytest.param({}, 0, id="the same"),
        pytest.param({"response": "7"}, 4, id="another answer"),
        pytest.param({"finish_reason": "length"}, 4, id="cut off"),
        pytest.param({"error": {"kind": "http"}}, 4, id="an error"),
    ],
)
def test_first_samples_in_the_log_count(run: Run, change: dict[str, Any], samples: int) -> None:
    with FaultServer(answers={"?": "it is 1"}) as server:
        members = [member(server, "a"), member(server, "b")]
        run(members, plan(members), stop="none")
        before = [run.rows[0], {**run.rows[1], **change}]
        jobs: tuple[Job, ...] = tuple(replace(job, indexes=(1, 2)) for job in plan(members).jobs)
        report = run(members, Plan(jobs), logged=before, stop="unanimous")
    assert report.samples == samples


def test_a_refused_member_agrees_with_nobody(run: Run) -> None:
    with FaultServer(models=["model-a"]) as server:
        members = [member(server, "a"), member(server, "b")]
        report = run(members, plan(members, problems=3, samples=3), stop="unanimous")
    assert (report.samples, report.skipped) == (9, 0)

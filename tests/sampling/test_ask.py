"""One question, live."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from faults.server import FaultServer
from sampling.helpers import pool, provider
from slm_mux.errors import EndpointError, InputError
from slm_mux.sampling.ask import ask
from slm_mux.selection import Decision
from slm_mux.types import Member, Pool, Problem


def members(*servers: FaultServer) -> Pool:
    return pool(Member(f"m{i}", f"model-{i}", provider(s.url)) for i, s in enumerate(servers))


def decide(problem: str | Problem, asked: Pool, **options: Any) -> Decision:
    return asyncio.run(ask(problem, asked, **options))


def test_the_answer_of_the_surest_member_wins() -> None:
    with FaultServer() as wavering, FaultServer(answers={"6": r"\boxed{42}"}) as sure:
        decision = decide("What is 6 times 7?", members(wavering, sure), samples=5)
    assert (decision.key, decision.model, decision.confidence) == ("42", "m1", Fraction(1))


def test_samples_and_settings_are_those_asked_for() -> None:
    with FaultServer() as server:
        decide("1+1?", members(server), samples=4, temperature=0.9, max_tokens=77)
    assert len(server.requests) == 4
    assert {(r["temperature"], r["max_tokens"]) for r in server.requests} == {(0.9, 77)}


def test_what_is_in_the_log_is_not_asked_again(tmp_path: Path) -> None:
    with FaultServer() as server:
        asked = members(server)
        first = decide("1+1?", asked, log=tmp_path / "log.jsonl")
        again = decide("1+1?", asked, log=tmp_path / "log.jsonl")
        decide("1+1?", asked, log=tmp_path / "log.jsonl", samples=4)
    assert first == again
    assert len(server.requests) == 4


def test_rows_of_another_temperature_do_not_vote(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with FaultServer(answers={"?": r"\boxed{1}"}) as server:
        decide("1+1?", members(server), log=log)
        server.answers = {"?": r"\boxed{2}"}
        decision = decide("1+1?", members(server), log=log, temperature=0.9)
    assert (decision.key, decision.confidence) == ("2", Fraction(1))


def test_one_sample_each_is_enough_where_they_agree() -> None:
    with FaultServer(answers={"?": r"\boxed{2}"}) as server:
        decision = decide("1+1?", members(server, server), samples=5, stop="unanimous")
    assert (decision.key, len(server.requests)) == ("2", 2)


def test_multiple_choice() -> None:
    problem = Problem("q", "Which?", choices=("red", "green"))
    with FaultServer(answers={"Which": "Answer: B"}) as server:
        assert decide(problem, members(server), kind="choice").key == "B"


def test_an_answer_that_was_cut_off_does_not_vote() -> None:
    with FaultServer(rate=1.0, mix=["null"]) as server:
        decision = decide("1+1?", members(server))
    assert (decision.key, decision.outcome) == (None, "truncated")


def test_when_all_are_refused_the_servers_message_is_raised() -> None:
    with FaultServer(models=["other"]) as server:
        asked = members(server)
        with pytest.raises(EndpointError, match="m0: 404: The model `model-0` does not exist"):
            decide("1+1?", asked)


@pytest.mark.parametrize("selector", ["oracle", "calibrated", "weighted", "best"])
def test_a_selector_that_cannot_decide_is_told_before_asking(selector: str) -> None:
    with FaultServer() as server, pytest.raises(InputError, match="selector"):
        decide("1+1?", members(server), selector=selector)
    assert not server.requests


def test_fitted_weights_decide() -> None:
    with FaultServer(answers={"?": r"\boxed{1}"}) as one, FaultServer() as other:
        asked = members(other, one)
        weights = {"m0": 1, "m1": 1_000_000}
        decision = decide("1+1?", asked, selector="calibrated", weights=weights)
    assert (decision.key, decision.model, decision.reason) == ("1", "m1", "calibrated")

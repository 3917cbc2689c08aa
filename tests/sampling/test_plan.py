"""The plan asks for exactly what the log does not hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_rows import FAILURE, make_row
from slm_mux.sampling.plan import Plan, askings, make_plan, own_rows
from slm_mux.sampling.recorded import Recorded
from slm_mux.types import Member, Pool, Problem, Prompt, Provider, SampleRow

PROVIDER = Provider("made-up", "http://127.0.0.1:1")
SMALL = Member("small", "made/up-1b", PROVIDER)
TWIN = replace(SMALL, name="twin", temperature=1.0)
POOL = Pool((SMALL, TWIN))
PROBLEMS = tuple(Problem(f"p{i}", f"What is {i} + 1?") for i in range(3))


def prompt_for(problem: Problem, member: Member) -> Prompt:
    return Prompt(({"role": "user", "content": f"{member.prompt_style}: {problem.problem}"},))


def plan(rows: list[SampleRow], *, samples: int = 3, pool: Pool = POOL, **options: Any) -> Plan:
    recorded = Recorded(rows)
    return make_plan(
        "made-up", "math", PROBLEMS, pool, prompt_for, samples=samples, recorded=recorded, **options
    )


def answer(problem: Problem, member: Member, index: int, **fields: Any) -> SampleRow:
    """The row that a call for this sample leaves in the log."""
    asked: dict[str, Any] = {
        "problem_id": problem.problem_id,
        "model": member.name,
        "api_model": member.model,
        "params": dict(member.params),
        "prompt_sha256": prompt_for(problem, member).sha256,
    }
    return make_row(index, **(asked | fields))


def answers(found: Plan, **fields: Any) -> list[SampleRow]:
    return [answer(job.problem, job.member, i, **fields) for job in found.jobs for i in job.indexes]


def test_empty_log_asks_everything_problem_by_problem() -> None:
    found = plan([])
    order = [(job.problem.problem_id, job.member.name) for job in found.jobs]
    assert order == [(p.problem_id, m.name) for p in PROBLEMS for m in POOL.members]
    assert {job.indexes for job in found.jobs} == {(0, 1, 2)}
    assert (found.asked, found.done, found.retries, found.calls) == (18, 0, 0, 18)


def test_full_log_asks_nothing() -> None:
    found = plan(answers(plan([])))
    assert found.jobs == ()
    assert (found.asked, found.done, found.calls) == (18, 18, 0)


def test_more_samples_ask_only_the_new() -> None:
    found = plan(answers(plan([])), samples=5)
    assert {job.indexes for job in found.jobs} == {(3, 4)}
    assert (found.asked, found.done) == (30, 18)


def test_fewer_samples_ask_nothing() -> None:
    assert plan(answers(plan([])), samples=1).jobs == ()


@pytest.mark.parametrize(
    "fields",
    [{"response": None}, {"finish_reason": "length"}, {"response": None, "reasoning": "hm"}],
)
def test_truncated_and_empty_answers_are_bought(fields: dict[str, Any]) -> None:
    assert plan(answers(plan([]), **fields)).jobs == ()


def test_failed_samples_are_asked_again() -> None:
    found = plan(answers(plan([]), error=FAILURE))
    assert (found.calls, found.retries, found.done) == (18, 18, 0)


def test_failed_samples_are_left_on_request() -> None:
    rows = [answer(PROBLEMS[0], SMALL, 0, error=FAILURE)]
    found = plan(rows, retry_failed=False)
    assert found.jobs[0].indexes == (1, 2)
    assert (found.done, found.retries, found.calls) == (1, 0, 17)


@pytest.mark.parametrize(
    "fields",
    [
        {"params": {"max_tokens": 2048, "temperature": 0.3}},
        {"params": {"max_tokens": 2048.0, "temperature": 0.3, "top_p": None, "top_k": None}},
        {"seed": 99},
        {"pool_index": 7},
        {"latency_s": None},
    ],
)
def test_same_identity_in_other_words(fields: dict[str, Any]) -> None:
    assert plan(answers(plan([]), **fields), pool=Pool((SMALL,))).jobs == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"task": "other"},
        {"task": None},
        {"api_model": "made/up-2b"},
        {"prompt_sha256": "00" * 32},
        {"params": {"temperature": 0.4, "max_tokens": 2048}},
        {"params": {"temperature": 0.3, "max_tokens": 2048, "top_p": 0.9}},
        {"params": None},
        {"model": "renamed"},
    ],
)
def test_another_identity_is_not_bought(fields: dict[str, Any]) -> None:
    found = plan(answers(plan([]), **fields), pool=Pool((SMALL,)))
    assert found.calls == 9


def test_rows_of_a_plan_are_told_from_those_of_others() -> None:
    asked = askings("made-up", PROBLEMS, POOL, prompt_for)
    own = answers(plan([]))
    changes: list[dict[str, Any]] = [{"params": {}}, {"prompt_sha256": "x"}, {"task": "other"}]
    others = [answer(PROBLEMS[0], SMALL, 0, **fields) for fields in changes]
    more = answer(PROBLEMS[0], SMALL, 3)
    assert list(own_rows([*others, *own, more], asked, 3)) == own


def test_same_weights_under_two_names_are_two_members() -> None:
    found = plan(answers(plan([], pool=Pool((SMALL,)))))
    assert {job.member for job in found.jobs} == {TWIN}


Cell = tuple[int, int, int]
cells = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 70))
histories = st.lists(st.tuples(cells, st.booleans()), max_size=200)


def to_row(cell: Cell, *, failed: bool) -> SampleRow:
    problem, member, index = cell
    error = FAILURE if failed else None
    return answer(PROBLEMS[problem], POOL.members[member], index, error=error)


@given(history=histories, samples=st.integers(0, 66), retry=st.booleans())
def test_plan_asks_exactly_what_is_missing(
    history: list[tuple[Cell, bool]], samples: int, *, retry: bool
) -> None:
    """After any rows in any order, duplicates and failures among them (the definition, as sets)."""
    bought = {cell for cell, failed in history if not failed}
    failed = {cell for cell, failed in history if failed} - bought
    settled = bought if retry else bought | failed
    every = {(p, m, i) for p in range(3) for m in range(2) for i in range(samples)}

    rows = [to_row(cell, failed=failed) for cell, failed in history]
    found = plan(rows, samples=samples, retry_failed=retry)

    asked = [
        (PROBLEMS.index(job.problem), POOL.members.index(job.member), index)
        for job in found.jobs
        for index in job.indexes
    ]
    assert asked == sorted(every - settled)
    assert found.asked == len(every)
    assert found.done == len(every & settled)
    assert found.retries == (len(every & failed) if retry else 0)
    assert all(job.indexes for job in found.jobs)


@given(history=histories, samples=st.integers(0, 40))
def test_buying_the_plan_leaves_nothing_to_ask(
    history: list[tuple[Cell, bool]], samples: int
) -> None:
    rows = [to_row(cell, failed=failed) for cell, failed in history]
    bought = answers(plan(rows, samples=samples))
    assert plan(rows + bought, samples=samples).jobs == ()
    assert plan(bought + rows, samples=samples).jobs == ()

"""One question, live: ask the pool, vote, decide. What `run` does, from Python."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from slm_mux.errors import EndpointError, InputError, LogError
from slm_mux.pool import load_pool
from slm_mux.pool.local import LocalServers
from slm_mux.sampling.early import Deciding, early_stop
from slm_mux.sampling.engine import sample
from slm_mux.sampling.log import SampleLog
from slm_mux.sampling.plan import Plan, askings, make_plan, own_rows
from slm_mux.sampling.recorded import Recorded
from slm_mux.sampling.report import SamplingReport
from slm_mux.sampling.settings import Settings
from slm_mux.sampling.votes import vote_of
from slm_mux.selection import DEFAULT_SELECTOR, Decision
from slm_mux.tasks import Task, get_task
from slm_mux.types import Kind, Latency, Pool, Problem, SampleRow, Stop
from slm_mux.voting import AnswerTable

_TASKS: dict[Kind, str] = {"math": "math", "number": "gsm8k", "choice": "gpqa"}


async def ask(  # noqa: PLR0913  # the options of a run, keyword-only
    problem: str | Problem,
    pool: Pool | str | os.PathLike[str],
    *,
    kind: Kind = "math",
    samples: int = 3,
    stop: Stop = "none",
    latency: Latency = "auto",
    seed: int = 0,
    temperature: float | None = None,
    max_tokens: int | None = None,
    selector: str = DEFAULT_SELECTOR,
    weights: Mapping[str, int] | None = None,
    log: str | os.PathLike[str] | None = None,
) -> Decision:
    """Ask every member of `pool` for `samples` answers and decide between them.

    `problem` is the question, or a `Problem` where it has options (`kind="choice"`); `pool` a
    pool or a pool file. `temperature` and `max_tokens` override those of the members. `log`
    names a sample log: what it holds is not bought again, what is bought is added; without one
    nothing is kept. Ties between members go by their validation accuracy, then by pool order.

    `stop` may leave samples out: `lossless` those that can no longer change the answer,
    `unanimous` all but the first where these agree (which may change it). `latency` is that of
    `lossless`: `low` asks in rounds, `high` one by one, the fewest samples; `auto` does what
    costs less.

    `weights` are those of a calibration, for `selector="calibrated"`.

    Raises `InputError` for a selector that is none or lacks what it needs, for `oracle`, which
    reads references, and for one that `stop` cannot keep; `PoolError` for a pool that cannot be
    used, `EndpointError` when the servers refuse all its models, `LogError` when the log cannot
    be written. If no member has an answer, the decision abstains (`key` is None).
    """
    if selector == "oracle":
        raise InputError("selector oracle reads the references, so it cannot answer a question")
    asked = problem if isinstance(problem, Problem) else _as_problem(problem)
    task = get_task(_TASKS[kind])
    members = _with_overrides(
        pool if isinstance(pool, Pool) else load_pool(os.fspath(pool)), temperature, max_tokens
    )
    _decide([], asked, members, task.kind, selector, seed, weights)  # told before money is spent
    accuracy = {member.name: member.validation_accuracy for member in members.members}
    deciding = Deciding(
        samples=samples,
        stop=stop,
        latency=latency,
        selector=selector,
        seed=seed,
        validation_accuracy=accuracy,
    )
    deciding.check(members)
    settings = Settings(seed=seed, preflight=False)
    plan_for = _Planner(task, asked, members, samples)
    if log is None:
        memory = _Memory()
        await _fill(plan_for(Recorded()), members, settings, memory, deciding)
        rows: Sequence[SampleRow] = memory.saved
    else:
        with SampleLog(log) as kept:
            before = plan_for.own(kept.rows())
            await _fill(plan_for(kept.recorded), members, settings, kept, deciding, before)
            rows = plan_for.own(kept.rows())
    return _decide(rows, asked, members, task.kind, selector, seed, weights)


class _Memory:
    """A log that keeps its rows in memory."""

    def __init__(self) -> None:
        self.saved: list[SampleRow] = []

    async def append(self, rows: Sequence[SampleRow]) -> None:
        self.saved += rows


class _Planner:
    """What one question asks, and which rows of a log are about it."""

    def __init__(self, task: Task, problem: Problem, pool: Pool, samples: int) -> None:
        self._about = (task.name, [problem], pool, task.prompt)
        self._task, self._problem, self._pool, self._samples = task, problem, pool, samples

    def __call__(self, recorded: Recorded) -> Plan:
        return make_plan(
            self._task.name,
            self._task.kind,
            [self._problem],
            self._pool,
            self._task.prompt,
            samples=self._samples,
            recorded=recorded,
        )

    def own(self, rows: Iterable[SampleRow]) -> list[SampleRow]:
        """The rows that answer this question, asked this way, with an index in its range."""
        return list(own_rows(rows, askings(*self._about), self._samples))


async def _fill(  # noqa: PLR0913, PLR0917  # what a run is made of
    plan: Plan,
    pool: Pool,
    settings: Settings,
    sink: Any,
    deciding: Deciding,
    logged: Sequence[SampleRow] = (),
) -> None:
    """Ask for all that is missing; raises what ended it early."""
    if not plan.jobs:
        return
    with LocalServers(pool) as reachable:
        members = {member.name: member for member in reachable.members}
        jobs = tuple(replace(job, member=members[job.member.name]) for job in plan.jobs)
        located = replace(plan, jobs=jobs)
        early = early_stop(
            deciding,
            located,
            reachable,
            lambda row, problem: vote_of(row, problem, plan.kind)[1],
            logged,
            most=settings.concurrency,
        )
        report = await sample(located, reachable, settings, sink, early=early)
    _raise_end(report, pool)


def _raise_end(report: SamplingReport, pool: Pool) -> None:
    if report.log_error is not None:
        raise LogError(report.log_error)
    refused = report.stopped_models
    if refused and all(member.name in refused for member in pool.members):
        raise EndpointError("; ".join(f"{name}: {said}" for name, said in refused.items()))


def _decide(  # noqa: PLR0913, PLR0917  # what a decision depends on
    rows: Iterable[SampleRow],
    problem: Problem,
    pool: Pool,
    kind: Kind,
    selector: str,
    seed: int,
    weights: Mapping[str, int] | None,
) -> Decision:
    order = [member.name for member in pool.members]
    table = AnswerTable.from_samples(
        [_vote(row, problem, kind) for row in rows],
        problems=[problem.problem_id],
        members=order,
    )
    accuracy = {member.name: member.validation_accuracy for member in pool.members}
    decisions = table.select(
        selector, order=order, validation_accuracy=accuracy, seed=seed, weights=weights
    )
    return decisions[0]


def _vote(row: SampleRow, problem: Problem, kind: Kind) -> dict[str, object]:
    """A row as the table takes it."""
    state, key = vote_of(row, problem, kind)
    return {
        "problem_id": row["problem_id"],
        "model": row["model"],
        "sample_index": row["sample_index"],
        "key": key,
        "state": state if row["error"] is None else "failed",
    }


def _as_problem(text: str) -> Problem:
    return Problem(sha256(text.encode("utf-8", "replace")).hexdigest()[:16], text)


def _with_overrides(pool: Pool, temperature: float | None, max_tokens: int | None) -> Pool:
    changes: dict[str, Any] = {}
    if temperature is not None:
        changes["temperature"] = temperature
    if max_tokens is not None:
        changes["max_tokens"] = max_tokens
    return replace(pool, members=tuple(replace(member, **changes) for member in pool.members))

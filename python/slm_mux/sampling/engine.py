"""Works a plan off: asks for what is missing and saves what comes, as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from slm_mux.errors import LogError, PoolError
from slm_mux.sampling.asked import Asked, asked_members, redactor
from slm_mux.sampling.calls import Caller, Request, Worker, used_tokens
from slm_mux.sampling.client import Client
from slm_mux.sampling.collector import collecting_rarely
from slm_mux.sampling.crew import Crew, Working
from slm_mux.sampling.limits import Limiter
from slm_mux.sampling.outcome import Answer, Failure, Outcome
from slm_mux.sampling.ports import JobLike, Observer, PlanLike, RowSink, Silent
from slm_mux.sampling.preflight import HELLO, REFUSES_CHOICES, preflight, refusal
from slm_mux.sampling.queue import Unit, WorkQueue
from slm_mux.sampling.report import SamplingReport, StoppedBy
from slm_mux.sampling.retry import Retries
from slm_mux.sampling.rows import RowMaker
from slm_mux.sampling.saver import Saver
from slm_mux.sampling.seeds import sample_seed
from slm_mux.sampling.settings import Settings
from slm_mux.sampling.slots import Slots
from slm_mux.sampling.steps import EarlyStop, Step
from slm_mux.types import Member, Pool, Provider, SampleRow


async def sample(  # noqa: PLR0913  # the arguments of Engine
    plan: PlanLike,
    pool: Pool,
    settings: Settings,
    sink: RowSink,
    observer: Observer | None = None,
    *,
    early: EarlyStop | None = None,
) -> SamplingReport:
    """Ask for all that `plan` misses; see `Engine`."""
    return await Engine(pool, settings, sink, observer, early=early).run(plan)


# Rows that wait for the disk before asking stops for it; they are in the file's cache already.
_UNSAVED = 2000


@dataclass(frozen=True, slots=True)
class _Arrived:
    """What came of a request, on its way to the log."""

    unit: Unit
    indexes: tuple[int, ...]
    request: Request
    outcome: Outcome
    latency: float


class Engine:
    """One run. `sink` and `observer` are called in the event loop that `run` runs in.

    `early` is a rule for the same plan that may leave samples out. `report` may be read while
    the run goes on.
    """

    def __init__(  # one per neighbour
        self,
        pool: Pool,
        settings: Settings,
        sink: RowSink,
        observer: Observer | None = None,
        *,
        early: EarlyStop | None = None,
    ) -> None:
        self.report = SamplingReport()
        self._pool = pool
        self._settings = settings
        self._saver = Saver(sink, _UNSAVED)
        self._observer: Observer = observer or Silent()
        self._early = early
        self._crew = Crew()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """End the run: ask nothing more, save what arrives within the grace period, report.

        May be called from a signal handler or another thread, and more than once.
        """
        if self._loop is None:
            self.report.stopped_by = "interrupt"
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin_stop, "interrupt")

    async def run(self, plan: PlanLike) -> SamplingReport:
        """Work the plan off; the report says how far it came.

        Raises `PoolError` for a missing key, a bad address, or a limit on cost where a member
        has no price. What servers answer, a full disk and an interruption raise nothing.
        """
        self._asked = asked_members(self._pool, {job.member.name for job in plan.jobs})
        self._check_prices()
        self._providers = list(dict.fromkeys(a.member.provider for a in self._asked.values()))
        self._redact = redactor(self._asked.values())
        mark = "none" if self._early is None else self._early.mark
        self._rows = RowMaker(plan.task, plan.kind, self._redact, mark)
        self._start_queue(plan)
        self._loop = asyncio.get_running_loop()
        try:
            with collecting_rarely():
                async with Client(self._settings) as client:
                    await self._crew.work([(Worker(), self._look_first(client, plan))])
                    await self._work_and_save(self._all_workers(client))
        finally:
            members = [asked.member for asked in self._asked.values()]
            self.report.sharing = {m.name for m in members if self._shares(m)}
            self._crew.close()
        return self.report

    # --- setting up

    def _check_prices(self) -> None:
        if self._settings.max_cost is None:
            return
        for asked in self._asked.values():
            if asked.member.price is None:
                raise PoolError(
                    f"{self._pool.source}: max_cost needs the price of every model: "
                    f"give model {asked.member.name!r} a price (0 if it is free)"
                )

    def _start_queue(self, plan: PlanLike) -> None:
        if self._early is None:
            units = [Unit(job, job.indexes) for job in plan.jobs if job.indexes]
            self._queue = WorkQueue(units, self._providers)
            return
        step = self._early.start(self._shares)
        self._skip(step.skipped)
        self._queue = WorkQueue(step.units, self._providers)
        self._queue.hold(len({job.problem.problem_id for job in plan.jobs}) - step.decided)

    def _shares(self, member: Member) -> bool:
        """Whether one request may bring several samples, as far as is known."""
        return self._asked[member.name].choice_count.known is not False

    async def _look_first(self, client: Client, plan: PlanLike) -> None:
        settings = self._settings
        if not settings.preflight or not plan.jobs or not self._may_ask():
            return
        several = {job.member.name for job in plan.jobs if self._asks_several(job)}
        members = list(self._asked.values())
        for finding in await preflight(client, members, several, settings.preflight_seconds):
            if finding.answer is not None:
                used = used_tokens(finding.answer, HELLO)
                self.report.count_tokens(finding.asked.member, *used)
            if finding.refusal is not None:
                self._refuse(finding.asked, finding.refusal)

    def _asks_several(self, job: JobLike) -> bool:
        if self._early is None:
            return len(job.indexes) > 1
        return self._early.asks_several(job)

    def _all_workers(self, client: Client) -> list[Working]:
        counts = {provider: self._worker_count(provider) for provider in self._providers}
        slots = Slots(self._settings.concurrency, counts)
        caller = Caller(
            client=client,
            settings=self._settings,
            retries=Retries(self._settings),
            limiters={provider: Limiter(provider) for provider in self._providers},
            slots=slots,
            redact=self._redact,
            report=self.report,
            observer=self._observer,
            is_wanted=lambda asked: not asked.refused and self._may_ask(),
        )
        workers = [(Worker(), provider) for provider, count in counts.items() for _ in range(count)]
        return [(worker, self._work(worker, provider, caller)) for worker, provider in workers]

    def _worker_count(self, provider: Provider) -> int:
        most = min(provider.max_concurrency, self._settings.concurrency)
        return min(most, self._queue.waiting(provider)) if self._early is None else most

    async def _work_and_save(self, tasks: Sequence[Working]) -> None:
        try:
            await self._crew.work(tasks)
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                await self._saver.drain()
            raise
        await self._saver.drain()

    # --- working

    async def _work(self, worker: Worker, provider: Provider, caller: Caller) -> None:
        try:
            while self._may_ask() and (unit := await self._queue.take(provider)) is not None:
                arrived = None
                try:
                    arrived = await self._serve(unit, worker, caller)
                finally:
                    if arrived is None:
                        self._queue.done(unit)
                if arrived is not None:
                    await self._save(arrived)
        finally:
            caller.slots.leave(provider)

    async def _serve(self, unit: Unit, worker: Worker, caller: Caller) -> _Arrived | None:
        """Ask for a unit, or for as much of it as one request may; the rest goes back."""
        asked = self._asked[unit.job.member.name]
        count = 1 if unit.singles else await asked.choice_count.allowed(len(unit.indexes))
        indexes, rest = unit.indexes[:count], unit.indexes[count:]
        if rest:
            self._queue.push(Unit(unit.job, rest, unit.singles))
        request = Request(asked, unit.job.prompt, count, self._seed(unit))
        learnt = None
        try:
            if asked.refused or not self._may_ask():
                self._lose(unit, indexes)
                return None
            outcome = await caller.call(request, worker)
            learnt = _several_came(outcome)
        finally:
            if count > 1:
                asked.choice_count.learn(learnt)
        if isinstance(outcome, Failure):
            return self._failed(unit, indexes, request, outcome)
        came = len(outcome.choices)
        if came < count:
            self._queue.push(Unit(unit.job, indexes[came:], singles=True))
        return _Arrived(unit, indexes[:came], request, outcome, worker.latency)

    def _failed(
        self, unit: Unit, indexes: tuple[int, ...], request: Request, failure: Failure
    ) -> _Arrived | None:
        """What a failure leaves to save: a row with its error, unless it is to be asked again."""
        if request.choices > 1 and failure.status in REFUSES_CHOICES:
            self._queue.push(Unit(unit.job, indexes, singles=True))
        elif not failure.retry:
            self._refuse(request.asked, refusal(failure))
            self._lose(unit, indexes)
        elif not request.asked.refused and self._may_ask():
            return _Arrived(unit, indexes, request, failure, 0.0)
        else:
            self._lose(unit, indexes)
        return None

    async def _save(self, arrived: _Arrived) -> None:
        """Hand the rows of an answer or a failure to the log."""
        rows = self._rows_of(arrived)
        await self._saver.save(rows, lambda error: self._saved(arrived, rows, error))

    def _saved(self, arrived: _Arrived, rows: Sequence[SampleRow], error: LogError | None) -> None:
        if error is None:
            self.report.count_rows(rows)
            self._observer.on_rows(rows)
            if self._early is not None:
                self._go_on(self._early.arrived(arrived.unit.job, rows))
        else:
            self.report.log_error = str(error)
            self._begin_stop("log")
        self._queue.done(arrived.unit)

    def _rows_of(self, arrived: _Arrived) -> list[SampleRow]:
        job, place = arrived.unit.job, arrived.request.asked.pool_index
        if isinstance(arrived.outcome, Failure):
            return self._rows.failed(job, arrived.indexes, arrived.outcome, pool_index=place)
        return self._rows.answered(
            job,
            arrived.indexes,
            arrived.outcome,
            pool_index=place,
            seed=arrived.request.seed,
            latency=arrived.latency,
        )

    def _lose(self, unit: Unit, indexes: Sequence[int]) -> None:
        if self._early is not None:
            self._go_on(self._early.lost(unit.job, indexes))

    def _go_on(self, step: Step) -> None:
        """Do what an early stop says."""
        self._skip(step.skipped)
        if self._may_ask():
            for more in reversed(step.units):
                self._queue.push(more)
        for _ in range(step.decided):
            self._queue.decide()

    def _seed(self, unit: Unit) -> int | None:
        if not unit.job.member.provider.send_seed:
            return None
        member, problem = unit.job.member.name, unit.job.problem.problem_id
        return sample_seed(self._settings.seed, problem, member, unit.indexes[0])

    def _skip(self, samples: int) -> None:
        if samples:
            self.report.skipped += samples
            self._observer.on_skipped(samples)

    # --- stopping

    def _refuse(self, asked: Asked, message: str) -> None:
        """Stop a member, and those that the same server would refuse for the same reason."""
        message = self._redact(message)
        for other in self._asked.values():
            if other.target == asked.target and not other.refused:
                other.refused = True
                self.report.stopped_models[other.member.name] = message
                self._observer.on_model_stopped(other.member.name, message)

    def _may_ask(self) -> bool:
        """Whether a new request may be sent; a limit that is reached stops the run."""
        if self.report.stopped_by is None:
            spent = self.report.exhausted(self._settings)
            if spent is not None:
                self._begin_stop(spent)
        return self.report.stopped_by is None

    def _begin_stop(self, reason: StoppedBy) -> None:
        """Ask nothing more. Who waits is sent home; who has asked may finish and save."""
        if self.report.stopped_by is None or reason == "interrupt":
            self.report.stopped_by = reason
        self._queue.clear()
        self._crew.dismiss_idle()
        if reason in {"interrupt", "log"}:
            self._crew.cut_off_after(self._settings.grace_seconds)


def _several_came(outcome: Outcome) -> bool | None:
    """What a request for several choices has shown about its endpoint."""
    if isinstance(outcome, Answer):
        return len(outcome.choices) > 1
    return False if outcome.status in REFUSES_CHOICES else None

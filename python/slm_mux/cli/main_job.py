"""The main job: sample what is missing, then score the log. `run`, `collect`, `demo` are this."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slm_mux.cli.collected import Collected
from slm_mux.cli.finish import finish, prices_of
from slm_mux.cli.inputs import policies_of
from slm_mux.cli.progress import SamplingProgress, say
from slm_mux.cli.signals import stopping_on_signals
from slm_mux.errors import InputError, LogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from slm_mux.cli.options.asking import SamplingOptions
    from slm_mux.cli.options.output import OutputOptions
    from slm_mux.cli.options.voting import VotingOptions
    from slm_mux.sampling.early import Deciding
    from slm_mux.sampling.log import SampleLog
    from slm_mux.sampling.plan import Plan
    from slm_mux.sampling.recorded import Recorded
    from slm_mux.sampling.report import SamplingReport
    from slm_mux.sampling.settings import Settings
    from slm_mux.scoring.samples import Sample
    from slm_mux.scoring.score import Policies
    from slm_mux.store.rows import Asking
    from slm_mux.tasks import Task
    from slm_mux.types import Pool, Price, Problem, SampleRow

CONCURRENCY = 64
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class MainJob:
    """One task, one pool, one log; `output` is the results file, None for none."""

    task: Task
    problems: Sequence[Problem]
    pool: Pool
    log: Path
    output: Path | None
    seed: int
    concurrency: int | None
    sampling: SamplingOptions
    voting: VotingOptions
    out: OutputOptions

    def run(self) -> int:
        """Samples, scores and prints; the exit code."""
        if self.voting.selector == "oracle":
            raise InputError(
                "--selector oracle reads the references, so it cannot answer: "
                "it is for rescore, as an upper bound"
            )
        # Wrong policies and overlapping validation sets are told before anything is spent.
        policies = policies_of(
            self.voting,
            order=[m.name for m in self.pool.members],
            problems=self.problems,
            kind=self.task.kind,
            seed=self.seed,
            samples=self.sampling.extra_calls,
            stop=self.sampling.stopping,
            pool=self.pool,
        )
        deciding = self._deciding(policies)
        deciding.check(self.pool)
        if self.sampling.dry_run:
            return self._describe()
        collected = self._collect(deciding)
        if collected is not None and collected.report.stopped_by == "interrupt":
            collected.tell_how_to_go_on(self.log)
            return INTERRUPTED
        from slm_mux.scoring.score import score  # noqa: PLC0415

        scored = score(self.task.name, self.task.kind, self.problems, self._samples(), policies)
        code = finish(
            scored,
            output=self.output,
            prices=prices_of(self.pool),
            out=self.out,
            extra=self._extra(collected),
        )
        return code if collected is None else max(code, collected.tell(quiet=self.out.quiet))

    def _extra(self, collected: Collected | None) -> dict[str, Any]:
        """What `--json` says beside the results."""
        saved = collected.saved if collected is not None else None
        return {"log": str(self.log)} | ({"saved": saved.as_dict()} if saved else {})

    # --- sampling

    def _samples(self) -> Mapping[tuple[str, str], Sequence[Sample]]:
        """What the log holds of this job, read as `rescore` reads it."""
        from slm_mux.scoring.read import read_samples  # noqa: PLC0415

        return read_samples([self.log], task=self.task.name, askings=self._askings()).samples

    def _deciding(self, policies: Policies) -> Deciding:
        from slm_mux.sampling.early import Deciding  # noqa: PLC0415

        latency = self.sampling.latency
        if latency is not None and policies.stop != "lossless":
            raise InputError("--latency is about --stop lossless: give both, or neither")
        return Deciding(
            samples=self.sampling.extra_calls,
            stop=policies.stop,
            latency=latency or "auto",
            selector=policies.selector,
            abstain=policies.abstain,
            tie=policies.tie,
            seed=policies.seed,
            validation_accuracy=policies.validation_accuracy,
        )

    def _collect(self, deciding: Deciding) -> Collected | None:
        """Asks for what the log lacks; None where it lacks nothing."""
        from slm_mux.sampling.log import SampleLog  # noqa: PLC0415
        from slm_mux.sampling.problems import record_problems  # noqa: PLC0415

        with SampleLog(self.log) as log:
            if log.torn_bytes:
                self._say(f"{self.log}: cut off a torn last line of {log.torn_bytes} bytes")
            record_problems(self.log, self.task.name, self.task.kind, self.problems)
            plan = self._plan(log.recorded)
            if plan.done:
                self._say(f"{plan.done:,} of {plan.asked:,} samples are in {self.log} already")
            return self._sample(plan, log, deciding) if plan.jobs else None

    def _plan(self, recorded: Recorded) -> Plan:
        from slm_mux.sampling.plan import make_plan  # noqa: PLC0415

        return make_plan(
            self.task.name,
            self.task.kind,
            self.problems,
            self.pool,
            self.task.prompt,
            samples=self.sampling.extra_calls,
            recorded=recorded,
            retry_failed=self.sampling.retry_failed,
        )

    def _askings(self) -> set[Asking]:
        """What this job asks of whom: rows of another prompt or temperature are not its own."""
        from slm_mux.sampling.plan import askings  # noqa: PLC0415

        return askings(self.task.name, self.problems, self.pool, self.task.prompt)

    def _sample(self, plan: Plan, log: SampleLog, deciding: Deciding) -> Collected:
        from slm_mux.pool.local import LocalServers  # noqa: PLC0415
        from slm_mux.sampling.early import early_stop  # noqa: PLC0415
        from slm_mux.sampling.engine import Engine  # noqa: PLC0415
        from slm_mux.sampling.plan import own_rows  # noqa: PLC0415
        from slm_mux.sampling.savings import savings  # noqa: PLC0415

        with LocalServers(self.pool) as pool, self._progress(plan) as progress:
            settings, plan = self._settings(log), located(plan, pool)
            own: Iterable[SampleRow] = ()
            if deciding.stop != "none":  # prompts are made and hashed for it
                own = own_rows(log.rows(), self._askings(), self.sampling.extra_calls)
            early = early_stop(deciding, plan, pool, self._key, own, most=settings.concurrency)
            engine = Engine(pool, settings, log, progress, early=early)
            with stopping_on_signals(engine):
                report = asyncio.run(engine.run(plan))
        if report.log_error:
            raise LogError(report.log_error)
        self._refuse_if_nobody_answers(report, plan)
        return Collected(report, savings(plan, report) if early is not None else None)

    def _refuse_if_nobody_answers(self, report: SamplingReport, plan: Plan) -> None:
        asked = {job.member.name for job in plan.jobs}
        if report.samples == 0 and plan.done == 0 and asked <= report.stopped_models.keys():
            name, message = next(iter(report.stopped_models.items()))
            raise InputError(f"no model can be asked: {name}: {message}: check key, model and URL")

    def _progress(self, plan: Plan) -> SamplingProgress:
        return SamplingProgress(plan.calls, prices_of(self.pool), show=not self.out.quiet)

    def _settings(self, log: SampleLog) -> Settings:
        from slm_mux.sampling.settings import Settings  # noqa: PLC0415

        limited = self.sampling.max_cost is not None or self.sampling.max_tokens_total is not None
        spent = spending(log.rows(), prices_of(self.pool)) if limited else Spending()
        return Settings(
            seed=self.seed,
            concurrency=self.concurrency or CONCURRENCY,
            max_cost=self.sampling.max_cost,
            max_tokens_total=self.sampling.max_tokens_total,
            spent_cost=spent.cost,
            spent_tokens=spent.tokens,
            preflight=self.sampling.preflight,
        )

    def _key(self, row: SampleRow, problem: Problem) -> str | None:
        from slm_mux.sampling.votes import vote_of  # noqa: PLC0415

        return vote_of(row, problem, self.task.kind, self.voting.rules)[1]

    # --- telling

    def _describe(self) -> int:
        from slm_mux.cli.dry_run import print_plan  # noqa: PLC0415
        from slm_mux.sampling.log import read_recorded  # noqa: PLC0415

        plan = self._plan(read_recorded(self.log))
        print_plan(plan, self.log, self.sampling.stopping, json=self.out.json)
        return 0

    def _say(self, message: str) -> None:
        say(message, quiet=self.out.quiet)


def located(plan: Plan, pool: Pool) -> Plan:
    """The plan with the members of `pool`: local ones have got their address only now."""
    members = {m.name: m for m in pool.members}
    jobs = tuple(replace(job, member=members[job.member.name]) for job in plan.jobs)
    return replace(plan, jobs=jobs)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a log's samples have cost."""

    tokens: int = 0
    cost: float = 0.0


def spending(rows: Iterable[SampleRow], prices: Mapping[str, Price]) -> Spending:
    """Tokens and US dollars of all rows, by the prices known now."""
    tokens, cost = 0, 0.0
    for row in rows:
        if usage := row.get("usage"):
            tokens += usage["total_tokens"]
            if price := prices.get(row["model"]):
                cost += price.cost(usage["prompt_tokens"], usage["completion_tokens"])
    return Spending(tokens, cost)

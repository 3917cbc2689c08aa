"""`slm-mux verify`: a results file graded anew: text, key, leniency, SymPy, a judge if asked."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.verifying import JudgeOptions, SympyOptions
from slm_mux.errors import InputError
from slm_mux.types import Kind

if TYPE_CHECKING:
    from slm_mux.judging.judge import Judge, Judgement
    from slm_mux.judging.prompt import Question
    from slm_mux.scoring.ladder import Ladder
    from slm_mux.types import Member

FELL_SHORT = 1
INTERRUPTED = 130


def verify(
    results: Annotated[Path, Parameter(alias="-i", help="A results file.")],
    *,
    output: Annotated[
        Path | None, Parameter(alias="-o", help="The results with their verdicts.")
    ] = None,
    kind: Annotated[Kind | None, Parameter(help="Where the file does not say it.")] = None,
    symbolic: SympyOptions = SympyOptions(),  # noqa: B008 - frozen
    judging: JudgeOptions = JudgeOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Grade the answers of a results file anew and say which rung decided.

    Each selected answer, and each model's best one, is compared with the reference by text,
    by key, and by the documented leniencies; what is left undecided goes to SymPy, and with
    --judge to a language model. Without --judge nothing is sent anywhere. Reads results of
    slm-mux and of the published programs.
    """
    from slm_mux.scoring.ladder import Ladder  # noqa: PLC0415
    from slm_mux.scoring.recorded_results import read_results  # noqa: PLC0415

    recorded = read_results(results, kind=kind)
    job = _Job(symbolic, judging, recorded.kind, quiet=out.quiet)
    ladder = Ladder(recorded.results, recorded.kind)
    code = job.climb(ladder)
    if code == INTERRUPTED:
        return code
    from slm_mux.scoring.results import write_json  # noqa: PLC0415
    from slm_mux.scoring.verified import VERIFICATION, verified  # noqa: PLC0415

    data = verified(recorded, ladder, job.stages, job.about())
    if output is not None:
        write_json(output, data)
    _print(data[VERIFICATION], str(data.get("task") or results.stem), output, out)
    return code


class _Job:
    """The rungs above Rust's."""

    def __init__(
        self, symbolic: SympyOptions, judging: JudgeOptions, kind: Kind, *, quiet: bool
    ) -> None:
        from slm_mux.symbolic import Limits  # noqa: PLC0415

        self._judging = judging
        self._kind = kind
        self._quiet = quiet
        self._limits = Limits(symbolic.timeout, symbolic.memory) if symbolic.sympy else None
        self._judgement: Judgement | None = None

    @property
    def stages(self) -> list[Any]:
        """The rungs that are asked."""
        sympy = ["sympy"] if self._limits else []
        judge = ["judge"] if self._judging.judge else []
        return ["string", "key", "lenient", *sympy, *judge]

    def climb(self, ladder: Ladder) -> int:
        """Ask SymPy and the judge; the exit code."""
        if self._judging.judge is None:
            self._ask_sympy(ladder)
            return 0
        from slm_mux.judging.cache import JudgeCache, default_path  # noqa: PLC0415
        from slm_mux.judging.judge import Judge  # noqa: PLC0415
        from slm_mux.sampling.settings import Settings  # noqa: PLC0415

        settings = Settings(concurrency=self._judging.concurrency)
        with JudgeCache(self._judging.judge_cache or default_path()) as cache:
            # A missing key is told before anything is worked out.
            judge = Judge(_member(self._judging), self._kind, cache, settings)
            self._ask_sympy(ladder)
            return self._ask_judge(judge, ladder)

    def _ask_sympy(self, ladder: Ladder) -> None:
        if self._limits is None:
            return
        from slm_mux.symbolic import Workers  # noqa: PLC0415

        with Workers(self._limits) as workers:
            ladder.ask_sympy(workers)

    def _ask_judge(self, judge: Judge, ladder: Ladder) -> int:
        from slm_mux.cli.progress import SamplingProgress  # noqa: PLC0415
        from slm_mux.cli.signals import stopping_on_signals  # noqa: PLC0415

        questions = _questions(ladder, incorrect=self._judging.judge_all)
        missing = len(questions) - len(judge.recall(questions).rulings)
        prices = {m.name: m.price for m in (_member(self._judging),) if m.price is not None}
        with (
            SamplingProgress(missing, prices, show=not self._quiet) as progress,
            stopping_on_signals(judge),
        ):
            judgement = judge.decide(questions, progress)
        self._judgement = judgement
        ladder.hear_judge(judgement.rulings, incorrect=self._judging.judge_all)
        return self._tell(judgement)

    def _tell(self, judgement: Judgement) -> int:
        """Says what fell short; the exit code."""
        report = judgement.report
        if report is None:
            return 0
        if report.stopped_by == "interrupt":
            sys.stderr.write(
                f"slm-mux: interrupted: {report.samples:,} new replies are kept\n"
                f"to go on: {shlex.join(['slm-mux', *sys.argv[1:]])}\n"
            )
            return INTERRUPTED
        for message in report.stopped_models.values():
            if not report.samples and not judgement.cached:
                raise InputError(f"the judge cannot be asked: {message}: check key, model and URL")
            sys.stderr.write(f"slm-mux: the judge was stopped: {message}\n")
        if judgement.failed:
            sys.stderr.write(
                f"slm-mux: {judgement.failed:,} questions failed: the same command asks them "
                "again\n"
            )
        return FELL_SHORT if judgement.failed else 0

    def about(self) -> dict[str, Any]:
        """How the upper rungs were asked, and what the judge used."""
        limits = self._limits
        return {
            "sympy": limits and {"seconds": limits.seconds, "megabytes": limits.megabytes},
            "judge": self._judgement and self._about_judge(self._judgement),
        }

    def _about_judge(self, judgement: Judgement) -> dict[str, Any]:
        from slm_mux.sampling.report import SamplingReport  # noqa: PLC0415

        member, report = _member(self._judging), judgement.report or SamplingReport()
        return {
            "model": member.model,
            "provider": member.provider.name,
            "base_url": member.provider.base_url,
            "all": self._judging.judge_all,
            "asked": judgement.asked,
            "cached": judgement.cached,
            "failed": judgement.failed,
            "too_long": judgement.too_long,
            "token_usage": {
                "prompt_tokens": report.prompt_tokens,
                "completion_tokens": report.completion_tokens,
                "total_tokens": report.tokens,
            },
            "cost": None if member.price is None else report.cost or 0.0,
        }


def _member(options: JudgeOptions) -> Member:
    """The judge as a model that can be asked; raises `PoolError` and `InputError`."""
    from slm_mux.pool import provider_named  # noqa: PLC0415
    from slm_mux.types import Member, Price  # noqa: PLC0415

    provider = provider_named(
        options.judge_provider, base_url=options.base_url, api_key_env=options.api_key_env
    )
    name, price = options.judge or "", options.judge_price
    if price is not None and not min(price) >= 0:
        raise InputError("--judge-price: prices are not below 0")
    return Member(
        name,
        name,
        provider,
        temperature=0.0,
        max_tokens=options.judge_max_tokens,
        price=None if price is None else Price(*price),
    )


def _questions(ladder: Ladder, *, incorrect: bool) -> list[Question]:
    from slm_mux.judging.prompt import Question  # noqa: PLC0415

    return [
        Question(reference_key, answer_key, ladder.stated(climb), climb.answer)
        for (reference_key, answer_key), climb in ladder.open(incorrect=incorrect).items()
    ]


def _print(summary: dict[str, Any], task: str, output: Path | None, out: OutputOptions) -> None:
    if out.json:
        where = {"task": task, "output": str(output) if output else None}
        sys.stdout.write(json.dumps(where | summary) + "\n")
    elif not out.quiet:
        from slm_mux.cli.verify_table import print_verification  # noqa: PLC0415

        print_verification(summary, task)
        if output is not None:
            sys.stdout.write(f"results: {output}\n")

"""`slm-mux run`: collect, then rescore, on one task and one pool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from slm_mux.cli.options.asking import PoolOptions, SamplingOptions, TaskOptions
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.voting import VotingOptions


def run(
    task: str,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o", help="The results file.")],
    problems: TaskOptions = TaskOptions(),  # noqa: B008 - frozen
    who: PoolOptions = PoolOptions(),  # noqa: B008 - frozen
    sampling: SamplingOptions = SamplingOptions(),  # noqa: B008 - frozen
    voting: VotingOptions = VotingOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Sample a pool on a task, vote, select and score.

    Run the same command again to go on after any interruption: samples that are in the log
    are never bought again.

    Parameters
    ----------
    task
        math, gsm8k, gpqa, or a problems file of your own (with --kind and --prompt).
    """
    from slm_mux.cli.inputs import pool_of, task_of  # noqa: PLC0415
    from slm_mux.cli.main_job import MainJob  # noqa: PLC0415

    the_task, loaded = task_of(task, problems)
    return MainJob(
        the_task,
        loaded.problems,
        pool_of(who),
        log=sampling.log or output.with_suffix(".samples.jsonl"),
        output=output,
        seed=problems.seed,
        concurrency=who.concurrency,
        sampling=sampling,
        voting=voting,
        out=out,
    ).run()

"""`slm-mux collect`: single models, each with its own sample log, and their baselines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from slm_mux.cli.options.asking import PoolOptions, SamplingOptions, TaskOptions
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.voting import VotingOptions
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from slm_mux.types import Pool


def collect(
    task: str,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o", help="The sample log.")] = None,
    output_dir: Annotated[
        Path | None, Parameter(help="A folder: one sample log per model.")
    ] = None,
    problems: TaskOptions = TaskOptions(),  # noqa: B008 - frozen
    who: PoolOptions = PoolOptions(),  # noqa: B008 - frozen
    sampling: SamplingOptions = SamplingOptions(),  # noqa: B008 - frozen
    voting: VotingOptions = VotingOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Sample single models: their single-sample and self-consistency accuracies.

    Parameters
    ----------
    task
        math, gsm8k, gpqa, or a problems file of your own (with --kind and --prompt).
    """
    from slm_mux.cli.inputs import pool_of, task_of  # noqa: PLC0415
    from slm_mux.cli.main_job import INTERRUPTED, MainJob  # noqa: PLC0415

    the_task, loaded = task_of(task, problems)
    code = 0
    for log, pool in _logs(pool_of(who), output, output_dir):
        ended = MainJob(
            the_task,
            loaded.problems,
            pool,
            log=log,
            output=None,
            seed=problems.seed,
            concurrency=who.concurrency,
            sampling=sampling,
            voting=voting,
            out=out,
        ).run()
        if ended == INTERRUPTED:
            return ended
        code = max(code, ended)
    return code


def _logs(pool: Pool, output: Path | None, folder: Path | None) -> list[tuple[Path, Pool]]:
    """Which part of the pool goes to which log."""
    if (output is None) == (folder is None):
        raise InputError("say where the samples go: --output FILE, or --output-dir FOLDER")
    if output is not None:
        return [(output, pool)]
    assert folder is not None  # noqa: S101 - one of the two is given
    from slm_mux.types import Pool as Part  # noqa: PLC0415

    return [
        (folder / f"{_file_name(m.name)}.jsonl", Part((m,), source=pool.source))
        for m in pool.members
    ]


def _file_name(member: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", member)

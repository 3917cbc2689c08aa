"""`slm-mux demo`: the main job on small models inside this process, no key and no server."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Positive
from slm_mux.cli.options.asking import SamplingOptions
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.voting import VotingOptions


def demo(
    *,
    output_dir: Annotated[Path, Parameter(help="Where the logs and results go.")] = Path("demo"),
    samples: Annotated[
        Positive | None, Parameter(alias=["--extra-calls", "-k"], help="Per problem and member.")
    ] = None,
    voting: VotingOptions = VotingOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Run the main job on generated grade-school problems and small local models.

    The members are SmolLM2 135M under two prompt styles, and Gemma 3 270M if it has been
    pulled (slm-mux pull gemma3-270m). What comes out is printed, also where the pool loses.
    """
    from slm_mux.cli.main_job import MainJob  # noqa: PLC0415
    from slm_mux.pool import demo_pool  # noqa: PLC0415
    from slm_mux.pool.demo import DEMO_SAMPLES  # noqa: PLC0415
    from slm_mux.pool.weights import is_pulled, pull  # noqa: PLC0415
    from slm_mux.tasks import get_task  # noqa: PLC0415
    from slm_mux.tasks.demo import demo_choice_problems, demo_problems  # noqa: PLC0415

    pull("smollm2")
    pool = demo_pool(with_gemma=is_pulled("gemma3-270m"))
    code = 0
    for name, problems in (("demo", demo_problems()), ("demo_choice", demo_choice_problems())):
        started = time.monotonic()
        ended = MainJob(
            get_task(name),
            problems,
            pool,
            log=output_dir / f"{name}.samples.jsonl",
            output=output_dir / f"{name}.json",
            seed=0,
            concurrency=None,
            sampling=SamplingOptions(extra_calls=samples or DEMO_SAMPLES),
            voting=voting,
            out=out,
        ).run()
        if not (out.quiet or out.json):
            sys.stdout.write(f"time: {time.monotonic() - started:.0f} s\n\n")
        code = max(code, ended)
        if ended not in (0, 1):
            break
    return code

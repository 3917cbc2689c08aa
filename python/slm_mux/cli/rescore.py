"""`slm-mux rescore`: the same results from recorded samples, no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from slm_mux.cli.options import Names, OutputOptions, Positive, RecordedOptions, VotingOptions
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from slm_mux.scoring.samples import ReadReport, SampleSet

LISTED = 10


def rescore(
    *logs: Path,
    results: Annotated[
        list[Path] | None, Parameter(alias="-i", consume_multiple=True, negative=(), show=False)
    ] = None,
    output: Annotated[Path | None, Parameter(alias="-o", help="The results file.")] = None,
    models: Annotated[Names | None, Parameter(help="Pool order; default as recorded.")] = None,
    extra_calls: Annotated[
        Positive | None,
        Parameter(alias=["--samples", "-k"], help="Samples asked for; default as recorded."),
    ] = None,
    pool: Annotated[
        Path | None, Parameter(help="A pool file, for prices, order and accuracies.")
    ] = None,
    seed: Annotated[int, Parameter(help="Of random ties.")] = 0,
    recorded: RecordedOptions = RecordedOptions(),  # noqa: B008 - frozen
    voting: VotingOptions = VotingOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Vote, select and score recorded samples; no network.

    Parameters
    ----------
    logs
        Sample logs, as `run` and `collect` write them.
    """
    from slm_mux.cli.finish import finish, prices_of  # noqa: PLC0415
    from slm_mux.cli.inputs import policies_of, read_recorded  # noqa: PLC0415
    from slm_mux.pool import load_pool  # noqa: PLC0415
    from slm_mux.scoring.score import score  # noqa: PLC0415

    paths = [*logs, *(results or ())]
    if not paths:
        raise InputError("say which sample logs to score: slm-mux rescore LOG… --output FILE")
    samples = read_recorded(paths, recorded)
    known = load_pool(pool) if pool else None
    policies = policies_of(
        voting,
        order=models or _order(samples, [m.name for m in known.members] if known else []),
        problems=samples.problems,
        kind=samples.kind,
        seed=seed,
        samples=extra_calls,
        stop=samples.stop,
        pool=known,
    )
    scored = score(samples.task, samples.kind, samples.problems, samples.samples, policies)
    code = finish(scored, output=output, prices=prices_of(known), out=out)
    return max(code, _tell(samples.report, quiet=out.quiet))


def _tell(report: ReadReport, *, quiet: bool) -> int:
    """Says what was left out and why; 1 where lines could not be read."""
    for note in (*report.bad_rows[:LISTED], *report.conflict_rows[:LISTED]):
        sys.stderr.write(f"slm-mux: {note}\n")
    for count, what in (
        (report.bad.total(), "lines could not be read and are not counted"),
        (
            report.conflicts,
            "rows hold another response for a sample that is there; the first counts",
        ),
    ):
        if count:
            sys.stderr.write(f"slm-mux: {count:,} {what}\n")
    if report.duplicates and not quiet:
        sys.stderr.write(f"{report.duplicates:,} rows repeat others and count once\n")
    return 1 if report.bad else 0


def _order(samples: SampleSet, pool: list[str]) -> list[str]:
    """The pool file's order where it knows a recorded member, then the recorded one."""
    return [m for m in pool if m in samples.members] + [m for m in samples.members if m not in pool]

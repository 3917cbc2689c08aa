"""`slm-mux scale`: what more models and more samples buy, from recorded samples."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Names, Positive
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.recorded import RecordedOptions, StudyOptions
from slm_mux.errors import InputError
from slm_mux.types import Abstain, Latency, Tie

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.expectation import Policies
    from slm_mux.study.recorded import Recorded
    from slm_mux.study.scaling import Grid
    from slm_mux.study.stopping import Stopping

MOST_BY_DEFAULT = 9
"""Samples a model up to which curves go where nothing else is asked."""


def scale(
    *logs: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    members: Annotated[
        Names | None, Parameter(help="How many models, e.g. 1..5; default all sizes up to 5.")
    ] = None,
    samples: Annotated[
        Names | None,
        Parameter(alias="-k", help="Samples a model, e.g. 1..9; default up to 9 of those at hand."),
    ] = None,
    selector: Annotated[
        Names | None, Parameter(help="Selectors, e.g. mux,majority; default mux.")
    ] = None,
    choose: Annotated[
        Literal["order", "best"],
        Parameter(help="Pools of a size: the first in pool order, or the best on these problems."),
    ] = "order",
    accuracy: Annotated[Names | None, Parameter(help="Validation accuracies, NAME=0.71 each.")] = (
        None
    ),
    calibration: Annotated[Path | None, Parameter(help="A file of slm-mux calibrate.")] = None,
    abstain: Annotated[
        Abstain, Parameter(help="Unparsed answers in or out of the denominator.")
    ] = "count",
    tie: Annotated[Tie, Parameter(help="What decides between equally sure models.")] = "accuracy",
    stop: Annotated[
        Literal["none", "lossless"],
        Parameter(help="lossless: what is spent when only samples are asked that can matter."),
    ] = "none",
    latency: Annotated[
        Latency | None,
        Parameter(help="Of --stop lossless. high: one by one; low: in rounds; auto: the cheaper."),
    ] = None,
    trials: Annotated[
        Positive | None,
        Parameter(help="Of --stop lossless: random orders of the samples; default 100."),
    ] = None,
    draws: Annotated[int, Parameter(help="Draws where there is no closed form.")] = 200,
    seed: Annotated[int, Parameter(help="Of draws, random ties and intervals.")] = 0,
    pool: Annotated[Path | None, Parameter(help="A pool file, for prices and accuracies.")] = None,
    output: Annotated[
        Path | None, Parameter(alias="-o", help="A folder for scaling.json and scaling.csv.")
    ] = None,
    recorded: RecordedOptions = RecordedOptions(),  # noqa: B008 - frozen
    study: StudyOptions = StudyOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Estimate the accuracy of smaller and larger pools with fewer and more samples.

    Parameters
    ----------
    logs
        Sample logs, other tools' files or tallies with reference answers.
    """
    from slm_mux.cli.progress import count_progress  # noqa: PLC0415
    from slm_mux.cli.scale_table import print_scaling  # noqa: PLC0415
    from slm_mux.cli.studies import load_recorded  # noqa: PLC0415
    from slm_mux.expectation import Policies  # noqa: PLC0415
    from slm_mux.study.scaling import scale as estimate  # noqa: PLC0415
    from slm_mux.study.scaling_files import as_data, write_scaling  # noqa: PLC0415

    if output is not None and output.suffix:
        raise InputError(f"--output {output}: name a folder, for scaling.json and scaling.csv")
    stopping = _stopping(stop, latency, trials)
    found = load_recorded(logs, "scale", recorded, study, out)
    found.refuse_early_stopped("scaling")
    known, prices = _known(pool, accuracy, found)
    weights = _weights(calibration, known, found)
    policies = Policies(
        validation_accuracy=known,
        weights=weights,
        abstain=abstain,
        tie=tie,
        seed=seed,
        draws=draws,
    )
    grid = _grid(found, members, samples, selector, choose, policies)
    with count_progress("points", show=not out.quiet) as progress:
        scaling = estimate(
            found, grid, policies, prices=prices, stopping=stopping, progress=progress
        )
    data = as_data(scaling, found, policies, choose, stopping)
    if output is not None:
        write_scaling(output, data)
    if out.json:
        sys.stdout.write(json.dumps(data) + "\n")
    elif not out.quiet:
        print_scaling(data, output)
    return int(found.bad_share > study.max_bad)


def _stopping(stop: str, latency: Latency | None, trials: int | None) -> Stopping | None:
    from slm_mux.stopping import TRIALS  # noqa: PLC0415
    from slm_mux.study.stopping import Stopping  # noqa: PLC0415

    if stop == "lossless":
        return Stopping(trials or TRIALS, latency or "auto")
    if latency is not None or trials is not None:
        name = "--latency" if latency is not None else "--trials"
        raise InputError(f"{name} is about --stop lossless: give both, or neither")
    return None


def _known(
    pool: Path | None, accuracy: Sequence[str] | None, found: Recorded
) -> tuple[dict[str, float], Mapping[str, Any]]:
    """Validation accuracies and prices, from the pool file and the flag."""
    from slm_mux.cli.finish import prices_of  # noqa: PLC0415
    from slm_mux.cli.inputs import accuracies_of_pool  # noqa: PLC0415
    from slm_mux.cli.options.voting import VotingOptions  # noqa: PLC0415
    from slm_mux.pool import load_pool  # noqa: PLC0415

    asked = load_pool(pool) if pool else None
    told = accuracies_of_pool(asked)
    known = {name: told[name] for name in told if name in found.table.members}
    named = VotingOptions(accuracy=list(accuracy or ())).accuracies()
    for name in named:
        if name not in found.table.members:
            listed = ", ".join(found.table.members)
            raise InputError(f"--accuracy {name}: no such model; there are: {listed}")
    return known | named, prices_of(asked)


def _weights(calibration: Path | None, known: dict[str, float], found: Recorded) -> dict[str, int]:
    """What a calibration says; its accuracies fill in what is not known otherwise."""
    if calibration is None:
        return {}
    from slm_mux.study.calibration_file import read as read_calibration  # noqa: PLC0415

    read = read_calibration(calibration)
    for name, share in read.accuracy.items():
        if name in found.table.members:
            known.setdefault(name, share)
    return {name: w for name, w in read.weights.items() if name in found.table.members}


def _grid(  # noqa: PLR0917  the options of the command
    found: Recorded,
    members: Sequence[str] | None,
    samples: Sequence[str] | None,
    selectors: Sequence[str] | None,
    choose: Literal["order", "best"],
    policies: Policies,
) -> Grid:
    from slm_mux.cli.ranges import whole_numbers  # noqa: PLC0415
    from slm_mux.study.pools import best_members, first_members  # noqa: PLC0415
    from slm_mux.study.scaling import Grid  # noqa: PLC0415

    names = found.table.members
    at_hand = min((one.calls for one in found.table.at_hand()), default=0)
    sizes = whole_numbers("--members", members or [f"1..{min(5, len(names))}"], last=len(names))
    if sizes[-1] > len(names):
        raise InputError(f"--members {sizes[-1]}: there are {len(names)}: {', '.join(names)}")
    if at_hand < 1:
        raise InputError(f"{found.sources[0]}: some model has no sample on some problem")
    wanted = samples or [f"1..{min(MOST_BY_DEFAULT, at_hand)}"]
    counts = whole_numbers("--samples", wanted, last=at_hand)
    pools = (
        first_members(names, sizes)
        if choose == "order"
        else best_members(found.table, sizes, counts[-1], policies)
    )
    return Grid(selectors or ["mux"], pools, counts)

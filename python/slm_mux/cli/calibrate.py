"""`slm-mux calibrate`: what each model's votes are worth, from labelled validation samples."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.recorded import RecordedOptions, StudyOptions
from slm_mux.types import Abstain

if TYPE_CHECKING:
    from slm_mux.study.calibration import Fitted


def calibrate(
    *logs: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    output: Annotated[Path, Parameter(alias="-o", help="The calibration file.")],
    abstain: Annotated[
        Abstain, Parameter(help="Unparsed answers in or out of the denominator.")
    ] = "count",
    recorded: RecordedOptions = RecordedOptions(),  # noqa: B008 - frozen
    study: StudyOptions = StudyOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Fit what each model's votes are worth, for --selector calibrated.

    Parameters
    ----------
    logs
        Sample logs, other tools' files or tallies with reference answers: validation problems,
        none of which is to be scored later.
    """
    from slm_mux.cli.studies import load_recorded  # noqa: PLC0415
    from slm_mux.scoring.results import write_json  # noqa: PLC0415
    from slm_mux.study.calibration import calibrate as fit  # noqa: PLC0415
    from slm_mux.study.calibration_file import as_dict  # noqa: PLC0415

    found = load_recorded(logs, "calibrate", recorded, study, out)
    found.refuse_unlabelled("a calibration")
    found.refuse_early_stopped("a calibration")
    fitted = fit(found.table, found.table.members, abstain=abstain)
    data = as_dict(fitted, found, abstain)
    write_json(output, data)
    if out.json:
        shown = {k: v for k, v in data.items() if k not in {"problem_ids", "texts_sha256"}}
        sys.stdout.write(json.dumps(shown | {"output": str(output)}) + "\n")
    elif not out.quiet:
        _print(fitted, output)
    return int(found.bad_share > study.max_bad)


def _print(fitted: Fitted, output: Path) -> None:
    from rich.markup import escape  # noqa: PLC0415

    from slm_mux.cli.table import print_wide, share, table_console, table_of  # noqa: PLC0415
    from slm_mux.cli.text import plain  # noqa: PLC0415

    table: Any = table_of(["model", "single sample", "weight"], left=0)
    for name, weight in fitted.weights.items():
        spread = f"{weight / 1e6:.2f} ± {fitted.deviations[name]:.2f}"
        table.add_row(escape(plain(name)), share(fitted.accuracy[name].as_dict()), spread)
    console = table_console()
    print_wide(console, table)
    console.print(
        f"weights are log-odds ± one standard deviation, fitted on {fitted.problems:,} problems; "
        f"use: --selector calibrated --calibration {escape(str(output))}",
        soft_wrap=True,
    )

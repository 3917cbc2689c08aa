"""`slm-mux report`: results → one page to look at, which needs no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Names, Positive
from slm_mux.cli.options.output import OutputOptions
from slm_mux.errors import InputError

_EXTRA = {"jinja2", "markupsafe", "math_core", "plotly"}
_MEGABYTE = 1 << 20


def report(  # the options of a command
    *results: Path,
    output: Annotated[
        Path, Parameter(alias="-o", help="The page to write; a folder gets report.html.")
    ] = Path("report.html"),
    scaling: Annotated[
        Path | None,
        Parameter(help="A study of slm-mux scale --output; by default the one in DIR."),
    ] = None,
    log: Annotated[
        list[Path] | None,
        Parameter(
            consume_multiple=True,
            negative=(),
            help="Sample logs with the responses that a DIR lacks.",
        ),
    ] = None,
    task: Annotated[Names | None, Parameter(help="Only these tasks of a DIR.")] = None,
    max_texts: Annotated[
        Positive,
        Parameter(help="Megabytes of sample texts; of more, problems are drawn at random."),
    ] = 100,
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Write one HTML page: accuracies, scaling, calibration, agreement, errors, every problem.

    The page is one file, opens from disk and asks nothing of any network. Needs the extra
    report: pip install 'slm-mux[report]'.

    Parameters
    ----------
    results
        A results file of run or rescore, or a folder that rescore --output DIR wrote.
    """
    if len(results) != 1:
        raise InputError("say which results, one file or folder: slm-mux report RESULTS|DIR")
    wanted = {
        "source": results[0],
        "output": output / "report.html" if output.is_dir() else output,
        "scaling": scaling,
        "logs": log or (),
        "tasks": task,
        "max_bytes": max_texts * _MEGABYTE,
    }
    done = _write(wanted)
    if out.json:
        sys.stdout.write(json.dumps(done) + "\n")
    elif not out.quiet:
        for one in done["tasks"]:
            sys.stdout.write(_line(one) + "\n")
        sys.stdout.write(f"report: {done['output']} ({done['bytes'] / 1e6:.1f} MB)\n")
    return 0


def _write(wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        from slm_mux.report.write import Wanted, write_report  # noqa: PLC0415

        return write_report(Wanted(**wanted))
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise InputError(
            f"report needs {error.name}, which is not installed: pip install 'slm-mux[report]'"
        ) from error


def _line(one: dict[str, Any]) -> str:
    shown, total = one["problems_in_page"], one["problems"]
    held = f"{total:,} problems" if shown == total else f"{shown:,} of {total:,} problems, drawn"
    return f"{one['task']}: {held}, {len(one['figures'])} figures"

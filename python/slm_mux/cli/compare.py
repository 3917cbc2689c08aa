"""`slm-mux compare`: two scorings of the same samples side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Names
from slm_mux.cli.options.output import OutputOptions
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from slm_mux.scoring.samples import ReadReport

CHANGED = FELL_SHORT = 1
LISTED = 10


def compare(
    a: Path,
    b: Path,
    /,
    *,
    examples: Annotated[int, Parameter(help="Changed samples and decisions to show.")] = 5,
    map_: Annotated[
        Names | None,
        Parameter(
            name="--map",
            help="Fields of rows, of both: verdict=FIELD answer=FIELD problem_id=FIELD ...",
        ),
    ] = None,
    map_a: Annotated[Names | None, Parameter(help="Fields of rows of A alone.")] = None,
    map_b: Annotated[Names | None, Parameter(help="Fields of rows of B alone.")] = None,
    ignore_task: Annotated[
        bool, Parameter(help="Join by problem id alone, whatever the tasks.", negative=())
    ] = False,
    fail_on_change: Annotated[
        bool,
        Parameter(help="Exit 1 where anything changed or is in one of the two only.", negative=()),
    ] = False,
    output: Annotated[Path | None, Parameter(alias="-o", help="The comparison as JSON.")] = None,
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Compare two scorings of the same samples: what changed, by stage and rule, and accuracies.

    Accuracies are over what both have, with 95 % intervals; the difference is paired over
    problems. What only one of the two has is counted and named.

    Parameters
    ----------
    a
        A results file, a folder of rescore --output DIR, or rows with verdicts (JSONL).
    b
        Another scoring, of any of these layouts.
    """
    from slm_mux.scoring.comparing import Comparing, FieldMap  # noqa: PLC0415
    from slm_mux.scoring.comparing import compare as compared  # noqa: PLC0415

    if examples < 0:
        raise InputError("--examples: must not be below 0")
    both = FieldMap.parse(map_ or ())
    how = Comparing(
        FieldMap.parse(map_a or ()).over(both),
        FieldMap.parse(map_b or ()).over(both),
        examples=examples,
        ignore_task=ignore_task,
    )
    comparison = compared(a, b, how)
    if output is not None:
        from slm_mux.scoring.results import write_json  # noqa: PLC0415

        write_json(output, comparison.figures)
    _print(comparison.figures, output, out)
    return max(
        CHANGED if fail_on_change and comparison.changed else 0,
        *(_tell(report) for report in comparison.reports),
    )


def _print(figures: dict[str, Any], output: Path | None, out: OutputOptions) -> None:
    if out.json:
        where = {"output": str(output) if output else None}
        sys.stdout.write(json.dumps(figures | where) + "\n")
    elif not out.quiet:
        from slm_mux.cli.compare_table import print_comparison  # noqa: PLC0415

        print_comparison(figures)
        if output is not None:
            sys.stdout.write(f"comparison: {output}\n")


def _tell(report: ReadReport) -> int:
    """Says which rows could not be read; 1 where there are any."""
    for note in report.bad_rows[:LISTED]:
        sys.stderr.write(f"slm-mux: {note}\n")
    if report.bad:
        from slm_mux.cli.text import counted  # noqa: PLC0415

        many = counted(
            report.bad.total(), "line could not be read and is", "lines could not be read and are"
        )
        sys.stderr.write(f"slm-mux: {many} not compared\n")
    return FELL_SHORT if report.bad else 0

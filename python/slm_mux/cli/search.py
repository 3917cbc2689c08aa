"""`slm-mux search`: which models to pool, searched on validation samples, tried on others."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Names, Positive
from slm_mux.cli.options.output import OutputOptions
from slm_mux.cli.options.recorded import RecordedOptions, StudyOptions
from slm_mux.errors import InputError
from slm_mux.types import Abstain

if TYPE_CHECKING:
    from fractions import Fraction

    from slm_mux.study.recorded import Recorded
    from slm_mux.study.searching import Question


def search(
    *validation: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    test: Annotated[
        list[Path] | None,
        Parameter(consume_multiple=True, negative=(), help="Samples of other problems to try on."),
    ] = None,
    k: Annotated[
        Names | None, Parameter(alias="--sizes", help="Sizes of the pool; default 2..5.")
    ] = None,
    objective: Annotated[
        Literal["paper", "expected"],
        Parameter(help="paper: union less λ contradictions; expected: accuracy of SLM-MUX."),
    ] = "paper",
    lambda_: Annotated[
        str, Parameter(name="--lambda", help="The weight λ of contradictions.")
    ] = "1",
    robust_level: Annotated[
        Positive, Parameter(help="Correct samples that make a model able.")
    ] = 2,
    contradiction_over: Annotated[
        Literal["union", "all"], Parameter(help="What contradictions are a share of.")
    ] = "union",
    samples: Annotated[
        Positive | None, Parameter(help="Samples of each model that count; default all.")
    ] = None,
    abstain: Annotated[
        Abstain, Parameter(help="Unparsed answers in or out of the denominator.")
    ] = "count",
    ranking: Annotated[int, Parameter(help="Also list the best N pools of each size.")] = 0,
    sweep: Annotated[Names | None, Parameter(help="Also search at each of these λ.")] = None,
    resamples: Annotated[
        int, Parameter(help="Searches on problems drawn again: how stable the choice is.")
    ] = 1000,
    seed: Annotated[int, Parameter(help="Of resamples and random pools.")] = 0,
    allow_overlap: Annotated[
        bool, Parameter(help="Accept test problems that are validation problems.", negative=())
    ] = False,
    output: Annotated[Path | None, Parameter(alias="-o", help="A JSON file.")] = None,
    recorded: RecordedOptions = RecordedOptions(),  # noqa: B008 - frozen
    study: StudyOptions = StudyOptions(),  # noqa: B008 - frozen
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Search every pool of some sizes for the best, and try it on other problems.

    Parameters
    ----------
    validation
        Sample logs, other tools' files or tallies with reference answers.
    """
    from slm_mux.cli.ranges import whole_numbers  # noqa: PLC0415
    from slm_mux.cli.search_table import print_search  # noqa: PLC0415
    from slm_mux.cli.studies import load_recorded  # noqa: PLC0415
    from slm_mux.scoring.results import write_json  # noqa: PLC0415
    from slm_mux.study.search_report import found_by  # noqa: PLC0415
    from slm_mux.study.searching import Question  # noqa: PLC0415
    from slm_mux.subsets import exact_lambda  # noqa: PLC0415

    sizes = whole_numbers("--k", k or ["2..5"])
    question = Question(
        sizes=sizes,
        objective=objective,
        lambda_=_lambda(lambda_),
        robust_level=robust_level,
        contradiction_over=contradiction_over,
        samples=samples,
        abstain=abstain,
        ranking=ranking,
        resamples=resamples,
        seed=seed,
    )
    lambdas = [exact_lambda(_lambda(one)) for one in sweep or ()]
    if lambdas and objective != "paper":
        raise InputError("--sweep: only the objective paper has a λ")
    searched = load_recorded(validation, "search", recorded, study, out, shared=bool(test))
    question = _within(question, searched, given=k is not None)
    tried = _tried(test, searched, recorded, study, out, allow_overlap=allow_overlap)
    data = found_by(searched, question, tried, lambdas)
    if output is not None:
        write_json(output, data)
    if out.json:
        sys.stdout.write(json.dumps(data) + "\n")
    elif not out.quiet:
        print_search(data)
    shares = (one.bad_share for one in (searched, tried) if one is not None)
    return int(max(shares) > study.max_bad)


def _lambda(text: str) -> Fraction:
    from fractions import Fraction  # noqa: PLC0415

    try:
        value = Fraction(text) if len(text) <= 30 and "e" not in text.lower() else None  # noqa: PLR2004
    except (ValueError, ZeroDivisionError):
        value = None
    if value is None or value < 0:
        raise InputError(f"--lambda {text}: write a number from 0, such as 1 or 0.5")
    return value


def _within(question: Question, searched: Recorded, *, given: bool) -> Question:
    """The default sizes end where the models do; a size that was asked for must be possible."""
    from dataclasses import replace  # noqa: PLC0415

    count = len(searched.table.members)
    sizes = [size for size in question.sizes if size <= count]
    return question if given or not sizes else replace(question, sizes=sizes)


def _tried(
    test: list[Path] | None,
    searched: Recorded,
    recorded: RecordedOptions,
    study: StudyOptions,
    out: OutputOptions,
    *,
    allow_overlap: bool,
) -> Recorded | None:
    from slm_mux.cli.studies import load_recorded  # noqa: PLC0415
    from slm_mux.study.held_out import refuse_shared  # noqa: PLC0415

    if not test:
        return None
    tried = load_recorded(test, "search", recorded, study, out, shared=True)
    if not allow_overlap:
        refuse_shared(searched, tried)
    return tried

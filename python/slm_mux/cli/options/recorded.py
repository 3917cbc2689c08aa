"""Recorded samples: which of them count, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from slm_mux.cli.options import BULK
from slm_mux.cli.options.arguments import Names, Share
from slm_mux.types import Kind, Profile


@Parameter(name="*")
@dataclass(kw_only=True, frozen=True)
class RecordedOptions:
    """Which of the recorded samples count."""

    task: Annotated[str | None, Parameter(help="Only this task's rows.")] = None
    kind: Annotated[
        Kind | None, Parameter(help="Answer kind, whatever the rows say; needed where none does.")
    ] = None
    params: Annotated[
        Names | None,
        Parameter(help="Only samples drawn with these, e.g. temperature=0.3 max_tokens=512."),
    ] = None
    api_model: Annotated[str | None, Parameter(help="Only samples of this API model.")] = None
    prompt: Annotated[
        Names | None,
        Parameter(help="Of several prompts: first, last, or the beginning of a SHA-256."),
    ] = None


@dataclass(kw_only=True, frozen=True)
class ReadingOptions:
    """How samples of any origin are read."""

    references: Annotated[
        Path | None, Parameter(help="A data set with the reference answers, by problem id.")
    ] = None
    map: Annotated[
        Names | None,
        Parameter(
            help="What fields are called, e.g. response=generation,problem_id=uid; of a field in "
            "others the way there, e.g. response=choices.0.message.content."
        ),
    ] = None
    model: Annotated[str | None, Parameter(help="The model of all samples.")] = None
    strict: Annotated[
        bool, Parameter(help="Any row that cannot be used is an error.", negative=())
    ] = False
    max_bad: Annotated[
        Share,
        Parameter(
            help="Share of the rows read, a row with a list of responses being one, that may be "
            "unusable; beyond it the exit code is 1."
        ),
    ] = 0.01


@Parameter(name="*", group=BULK)
@dataclass(kw_only=True, frozen=True)
class BulkOptions(ReadingOptions):
    """How large sets are read and written."""

    keep_samples: Annotated[
        bool, Parameter(help="Also write samples.parquet: span, key, verdict.", negative=())
    ] = False
    memory_limit: Annotated[
        str | None, Parameter(help="For tallies, e.g. 8G; beyond it they go to disk.")
    ] = None
    spill: Annotated[Path | None, Parameter(help="The folder for that.")] = None
    engine: Annotated[
        Literal["local", "ray"],
        Parameter(
            help="Where the work is done. local: on all cores, or in as many threads as the "
            "environment variable RAYON_NUM_THREADS says."
        ),
    ] = "local"
    ray_address: Annotated[
        str | None, Parameter(help="A running Ray cluster; by default one is started here.")
    ] = None


@Parameter(name="*")
@dataclass(kw_only=True, frozen=True)
class StudyOptions(ReadingOptions):
    """How the samples of a study are read."""

    models: Annotated[Names | None, Parameter(help="Pool order; default as recorded.")] = None
    profile: Annotated[
        Profile | None, Parameter(help="Rules of answers: canonical (default) or paper.")
    ] = None

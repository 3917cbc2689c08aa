"""`slm-mux convert`: samples that other tools recorded → a sample log, and back."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from slm_mux.cli.options.arguments import Name, refuse_options
from slm_mux.cli.options.output import OutputOptions
from slm_mux.errors import InputError
from slm_mux.types import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slm_mux.importing import Losses
    from slm_mux.types import SampleRow

LISTED = 10
To = Literal["samples", "lm-eval", "parquet"]


def convert(
    *sources: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    output: Annotated[
        Path | None, Parameter(alias="-o", help="The sample log; for lm-eval a folder.")
    ] = None,
    to: Annotated[To, Parameter(help="What is written: our sample log, or another layout.")] = (
        "samples"
    ),
    layout: Annotated[
        str | None, Parameter(help="Whose files they are, where content does not tell.")
    ] = None,
    model: Annotated[Name | None, Parameter(help="The model's name, if there is one.")] = None,
    task: Annotated[Name | None, Parameter(help="The task's name, instead of the files'.")] = None,
    kind: Annotated[Kind | None, Parameter(help="The answer kind of all samples.")] = None,
    overwrite: Annotated[bool, Parameter(help="Replace what is at --output.", negative=())] = False,
    out: OutputOptions = OutputOptions(),  # noqa: B008 - frozen
) -> int:
    """Read samples that other tools recorded, told by content, and write a sample log.

    Reads lm-evaluation-harness, inspect_ai, NeMo-Skills, OpenAI Batch, vLLM, lighteval,
    EvalScope, OpenCompass, published SLM-MUX files, parsed answers and data sets of generations.

    Parameters
    ----------
    sources
        Files and folders; - is standard input.
    """
    from slm_mux.importing import Losses, read, writing  # noqa: PLC0415

    refuse_options(sources, "convert")
    if not sources:
        raise InputError("say what to convert: slm-mux convert SOURCE… --output samples.jsonl")
    if output is None:
        raise InputError("say where the samples go: --output FILE")
    losses = Losses()
    writer = writing.LogWriter(output, overwrite=overwrite) if to == "samples" else None
    with _progress(sources, show=not out.quiet) as tick:
        rows = read(
            sources,
            layout=layout,
            model=model,
            task=task,
            kind=kind,
            losses=losses,
            tick=tick,
            on_problem=None if writer is None else writer.add_problem,
        )
        if writer is not None:
            writer.write(rows)
            written = [output]
        else:
            written = _write(to, output, rows, losses, overwrite=overwrite)
    return _tell(losses, output, written, out)


def _write(
    to: To, output: Path, rows: Iterator[SampleRow], losses: Losses, *, overwrite: bool
) -> list[Path]:
    from slm_mux.importing import to_lm_eval, to_parquet  # noqa: PLC0415

    if to == "lm-eval":
        return to_lm_eval.write(output, rows, losses, overwrite=overwrite)
    to_parquet.write(output, rows, losses, overwrite=overwrite)
    return [output]


@contextmanager
def _progress(sources: tuple[Path, ...], *, show: bool) -> Iterator[Callable[[int], None]]:
    """Bytes read, of those that files and folders hold."""
    from slm_mux.cli.progress import byte_progress  # noqa: PLC0415

    total = sum(_size(source) for source in sources)
    done = 0
    with byte_progress("converting", show=show) as update:

        def tick(count: int) -> None:
            nonlocal done
            done += count
            update(done, total)

        yield tick


def _size(source: Path) -> int:
    files = [source] if source.is_file() else source.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _tell(losses: Losses, output: Path, written: list[Path], out: OutputOptions) -> int:
    """Says what was written and what was lost; 1 where records could not be used."""
    for record in losses.bad_records[:LISTED]:
        sys.stderr.write(f"slm-mux: {record}\n")
    if losses.bad:
        sys.stderr.write(f"slm-mux: records that could not be used: {losses.bad.total():,}\n")
    if not out.quiet:
        for line in losses.lines():
            sys.stderr.write(f"{line}\n")
    if out.json:
        paths = [str(path) for path in written]
        sys.stdout.write(json.dumps({"output": paths, **losses.as_dict()}) + "\n")
    elif not out.quiet:
        where = f"{len(written)} files in {output}" if len(written) > 1 else str(written[0])
        sys.stdout.write(
            f"samples: {losses.samples:,}; files read: {losses.files:,}; written: {where}\n"
        )
    return 1 if losses.bad else 0

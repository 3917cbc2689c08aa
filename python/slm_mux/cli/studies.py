"""What the commands of studies share: options → recorded samples, read with progress."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.cli.options.arguments import refuse_options
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.cli.options.output import OutputOptions
    from slm_mux.cli.options.recorded import RecordedOptions, StudyOptions
    from slm_mux.study.recorded import Recorded


def load_recorded(  # the options of a command
    names: Sequence[Path],
    command: str,
    recorded: RecordedOptions,
    study: StudyOptions,
    out: OutputOptions,
    *,
    shared: bool = False,
) -> Recorded:
    """Read the samples that a study starts from; says what could not be used.

    `shared` says that the options are also those of other samples.

    Raises `InputError` as `slm_mux.study.recorded.load`.
    """
    from slm_mux.cli.bulk import fields_of  # noqa: PLC0415
    from slm_mux.cli.inputs import filter_of  # noqa: PLC0415
    from slm_mux.cli.mapped import unmapped  # noqa: PLC0415
    from slm_mux.cli.progress import byte_progress  # noqa: PLC0415
    from slm_mux.study.recorded import Wanted, load  # noqa: PLC0415

    refuse_options(names, command)
    if not names:
        raise InputError(f"say which samples: slm-mux {command} LOG… (logs or tallies)")
    fields = fields_of(study.map or ())
    wanted = Wanted(
        task=recorded.task,
        kind=recorded.kind,
        profile=study.profile,
        where=filter_of(recorded),
        dataset=study.references,
        fields=fields,
        model=study.model,
        members=study.models,
        requests=command == "scale",
        shared=shared,
        strict=study.strict,
    )
    with byte_progress("reading", show=not out.quiet) as progress:
        found = load(names, wanted, progress=progress)
    absent = unmapped(fields, [str(name) for name in names if name.is_file()])
    for note in (*absent, *found.notes):
        sys.stderr.write(f"slm-mux: {note}\n")
    return found

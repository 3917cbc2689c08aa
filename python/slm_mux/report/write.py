"""From an input to a report: read, work out, render, write."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.report.page import Origin, render
from slm_mux.report.read import read_input
from slm_mux.report.scaling import NAME, Scaling, read_scaling
from slm_mux.report.task_view import TaskView, view_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.report.model import TaskRecord

MAX_TASKS = 60
"""Tasks of a page; more would make it slow to open."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page is made of.

    `source` is a results file or a folder; `scaling` a study (None: the one that lies in the
    folder, if any); `logs` hold the responses of a folder. `max_bytes` bounds the sample texts.
    """

    source: Path
    output: Path
    scaling: Path | None = None
    logs: Sequence[Path] = ()
    tasks: Sequence[str] | None = None
    max_bytes: int = 100 << 20


def write_report(wanted: Wanted) -> dict[str, Any]:
    """Write the page, and return what is in it, as plain data.

    Raises `InputError` as `read_input` and `read_scaling`, and where the page cannot be written
    or would hold too many tasks.
    """
    records = read_input(wanted.source, tasks=wanted.tasks, logs=wanted.logs)
    if len(records) > MAX_TASKS:
        raise InputError(
            f"{wanted.source}: {len(records)} tasks, and a page holds {MAX_TASKS}: choose with "
            "--task, once for each"
        )
    scaling = _scaling(wanted, records)
    share = wanted.max_bytes // len(records)
    views = [
        view_of(
            number,
            record,
            scaling if scaling and scaling.task == record.task else None,
            share,
            wanted.source,
        )
        for number, record in enumerate(records)
    ]
    origin = Origin(
        str(wanted.source),
        str(scaling.path) if scaling else None,
        [str(log) for log in wanted.logs],
    )
    size = _write(wanted.output, render(views, origin).encode(errors="replace"))
    return {
        "output": str(wanted.output),
        "bytes": size,
        "tasks": [_summary(view) for view in views],
    }


def _scaling(wanted: Wanted, records: Sequence[TaskRecord]) -> Scaling | None:
    path = wanted.scaling
    if path is None:
        path = wanted.source / NAME
        if not (wanted.source.is_dir() and path.is_file()):
            return None
    study = read_scaling(path)
    names = [record.task for record in records]
    if study.task not in names and (wanted.scaling is not None or not wanted.tasks):
        raise InputError(f"{study.path}: a study of task {study.task!r}, not of {', '.join(names)}")
    return study


def _write(path: Path, page: bytes) -> int:
    """Write the page whole or not at all, making missing folders; its bytes."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(page)
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: the report cannot be written ({error.strerror}): choose another --output"
        ) from error
    finally:
        with suppress(OSError):  # where it could not be made, it need not be removed
            part.unlink()
    return len(page)


def _summary(view: TaskView) -> dict[str, Any]:
    own = view.selectors.recorded
    return {
        "task": view.record.task,
        "problems": view.packed.total,
        "problems_in_page": view.packed.shown,
        "accuracy": own and own.accuracy.as_dict(),
        "figures": sorted(view.figures),
    }

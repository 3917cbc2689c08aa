"""The input of a report: a results file or a folder of tables, told apart and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.report.fields import check_version
from slm_mux.report.folder import read_folder
from slm_mux.report.log_texts import LogTexts
from slm_mux.report.results_file import read_results_file
from slm_mux.scoring.recorded_results import load_object
from slm_mux.scoring.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from slm_mux.report.model import TaskRecord


def read_input(
    path: Path, *, tasks: Sequence[str] | None = None, logs: Sequence[Path] = ()
) -> list[TaskRecord]:
    """Read what `run` or `rescore` wrote, task by task.

    `tasks` are those of a folder that are wanted (None: all). `logs` are the sample logs that
    hold the responses of a folder. Raises `InputError` where the input is missing, is something
    else, was written by a newer version, or holds no problem.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if path.is_dir():
        return read_folder(path, LogTexts(logs), tasks)
    if logs:
        raise InputError(f"--log: {path} holds the responses itself: leave --log out")
    data = _results_object(path)
    if tasks and data.get("task") not in tasks:
        raise InputError(f"--task {tasks[0]}: {path} is of task {data.get('task')!r}")
    return [read_results_file(path, data)]


def _results_object(path: Path) -> dict[str, Any]:
    data = load_object(path)
    if "summary_version" in data:
        raise InputError(
            f"{path}: the summary of a folder of tables: give the folder, not the file"
        )
    if "points" in data and "results" not in data:
        raise InputError(f"{path}: a scaling study: give it with --scaling, beside results")
    version = data.get("schema_version")
    if not isinstance(data.get("results"), list) or version is None:
        raise InputError(
            f"{path}: not a results file of run or rescore: give what --output FILE.json or "
            "--output DIR wrote"
        )
    check_version(path, "schema_version", version, SCHEMA_VERSION)
    if not data["results"]:
        raise InputError(f"{path}: results is empty: there is nothing to report")
    return data

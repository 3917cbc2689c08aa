"""Tasks: problems, the prompts that ask for them, and the kind of their answers."""

from __future__ import annotations

from slm_mux.errors import DatasetError
from slm_mux.tasks.custom import custom_task
from slm_mux.tasks.demo import DEMO, DEMO_CHOICE
from slm_mux.tasks.gpqa import GPQA
from slm_mux.tasks.gsm8k import GSM8K
from slm_mux.tasks.loading import LoadedProblems
from slm_mux.tasks.math import MATH
from slm_mux.tasks.task import Shot, Style, Task

TASKS = {task.name: task for task in (MATH, GSM8K, GPQA, DEMO, DEMO_CHOICE)}
"""The tasks that are known by name."""


def get_task(name: str) -> Task:
    """The benchmark of that name; raises `DatasetError` listing the known ones."""
    task = TASKS.get(name.lower())
    if task is None:
        raise DatasetError(
            f"unknown task {name!r}: use one of {', '.join(TASKS)}, or a problems file with --kind"
        )
    return task


__all__ = [
    "TASKS",
    "LoadedProblems",
    "Shot",
    "Style",
    "Task",
    "custom_task",
    "get_task",
]

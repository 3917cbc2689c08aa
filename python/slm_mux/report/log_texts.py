"""Responses and problem texts from sample logs, for a folder of tables that has none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.importing import read
from slm_mux.store.problems import read_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from slm_mux.types import Problem


class LogTexts:
    """What the logs say of problems, read once; of samples, read when they are wanted."""

    def __init__(self, logs: Sequence[Path]) -> None:
        """Raises `InputError` where a log cannot be read."""
        self._logs = logs
        self._problems = {
            (known.task, known.problem.problem_id): known.problem
            for log in logs
            for known in read_problems(log)
        }

    @property
    def given(self) -> bool:
        """Whether there are any logs."""
        return bool(self._logs)

    @property
    def size(self) -> int:
        """The bytes of all logs, about the bytes of their texts."""
        return sum(path.stat().st_size for path in self._logs if path.is_file())

    def problem(self, task: str, problem_id: str) -> Problem | None:
        """The problem as it was asked, where the logs have it."""
        return self._problems.get((task, problem_id))

    def responses(self, task: str, wanted: Collection[str]) -> dict[tuple[str, str, int], str]:
        """The responses to the wanted problems by problem, member and index.

        Of several rows of one sample the first response stands. Raises `InputError`.
        """
        found: dict[tuple[str, str, int], str] = {}
        for row in read(self._logs, unnamed=task) if self._logs else ():
            response = row.get("response")
            if row.get("task") == task and row["problem_id"] in wanted and response is not None:
                found.setdefault((row["problem_id"], row["model"], row["sample_index"]), response)
        return found

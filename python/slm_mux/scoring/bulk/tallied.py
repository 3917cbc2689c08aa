"""Tallies files as inputs: which of their rows count, and what cannot be asked of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from arro3.core import Table

from slm_mux import columns
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from arro3.core import RecordBatch

    from slm_mux.scoring.bulk.inputs import Inputs
    from slm_mux.tallies import Scan


def add_tallies(scan: Scan, names: Iterable[str], task: str | None = None) -> Counter[str]:
    """Add tallies files to a scan, of `task` alone where one is given; the rows of each task.

    Rows are only counted where there is a task to choose.
    """
    tasks: Counter[str] = Counter()
    for name in names:
        for batch in columns.read_batches(name):
            chosen = batch if task is None else _of_task(batch, task, tasks)
            try:
                if chosen.num_rows:
                    scan.add_tallies(Table.from_batches([chosen]))
            except InputError as error:  # of the rows alone, which do not know where they lie
                raise InputError(f"{name}: {error}") from error
    return tasks


def contradiction(names: Iterable[str], task: str | None = None) -> str | None:
    """Where tallies files do not agree on a reference answer or an answer kind, if they do not.

    Of several such problems the first is told, of its values the first two.
    """
    columns_of = ("task", "problem_id", "kind", "reference_answer")
    found: dict[tuple[str, str | None], dict[str, str]] = {}
    for name in sorted(names):
        for batch in columns.read_batches(name, columns_of):
            values = (batch.column(column).to_pylist() for column in columns_of)
            for of, problem, kind, reference in zip(*values, strict=True):
                if task is not None and of != task:
                    continue
                for about, value in (((of, None), kind), ((of, problem), reference)):
                    if value is not None:
                        found.setdefault(about, {}).setdefault(value, name)
    return _contradiction({about: said for about, said in found.items() if len(said) > 1})


def _contradiction(found: Mapping[tuple[str, str | None], Mapping[str, str]]) -> str | None:
    if not found:
        return None
    task, problem = about = min(found, key=lambda one: (one[0], one[1] or ""))
    (a, first), (b, second), *_ = sorted(found[about].items())
    what = "answer kind" if problem is None else "reference answer"
    of = f"task {task!r}" if problem is None else f"problem {problem!r} of task {task!r}"
    return (
        f"{of}: the tallies in {first} were graded by the {what} {a!r}, those in {second} by "
        f"{b!r}: score the samples anew, by one of them"
    )


def _of_task(batch: RecordBatch, task: str, tasks: Counter[str]) -> RecordBatch:
    from arro3.core import Array, DataType  # noqa: PLC0415

    found = [str(name) for name in batch.column("task").to_pylist()]
    tasks.update(found)
    at = [row for row, name in enumerate(found) if name == task]
    if len(at) == len(found):
        return batch
    return batch.take(Array(at, DataType.uint32()))


def refuse_rules_of_rows(
    inputs: Inputs, imported: Iterable[str], options: Mapping[str, object]
) -> None:
    """Raise `InputError` for an option that acts on samples, where all inputs are tallies.

    `options` holds what was given for each option; None and what is empty was not given.
    """
    if inputs.samples or [*imported] or not inputs.tallies:
        return
    for option, value in options.items():
        if value:
            raise InputError(
                f"{option}: {next(iter(inputs.tallies))} holds tallies, which were read, keyed and "
                f"graded when they were made: leave {option} out, or score the samples anew"
            )

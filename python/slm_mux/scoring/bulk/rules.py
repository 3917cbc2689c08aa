"""How rows are read: what is known of problems, put before what the rows say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.scoring.bulk.known import beside, references
from slm_mux.tallies import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slm_mux.scoring.bulk.inputs import Inputs
    from slm_mux.tallies import KnownProblem
    from slm_mux.types import Kind


def rules_of(  # noqa: PLR0913  keyword-only
    inputs: Inputs,
    *,
    task: str | None = None,
    kind: Kind | None = None,
    model: str | None = None,
    fields: Mapping[str, str] | None = None,
    dataset: Path | None = None,
) -> tuple[Rules, list[KnownProblem]]:
    """Return the rules, and the problems that lie beside the logs.

    `dataset` is a data set with the reference answers. Raises `InputError` where it is given
    without an answer kind, and as `beside` and `references`.
    """
    found = beside(inputs.samples, task=task)
    known = list(found)
    if dataset is not None:
        if kind is None:
            raise InputError("--references needs the answer kind: --kind math, number or choice")
        known = references(dataset, kind) + known
        # A data set's references go before those beside the logs.
        named = {problem.problem_id for problem in known if problem.task is None}
        known = [p for p in known if p.task is None or p.problem_id not in named]
    rules = Rules(kind=kind, task=task, model=model, fields=fields or {}, known=known)
    return rules, found

"""How rows are read: what is known of problems, put before what the rows say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_mux.scoring.bulk.known import beside
from slm_mux.scoring.bulk.references import before, references
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

    `dataset` is a data set with the reference answers. Raises as `beside` and `references`.
    """
    found = beside(inputs.samples, task=task)
    known = list(found)
    if dataset is not None:
        known = before(references(dataset, kind), known)
    rules = Rules(kind=kind, task=task, model=model, fields=fields or {}, known=known)
    return rules, found

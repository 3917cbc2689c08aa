"""Validation accuracies for breaking ties, never from the problems being scored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.scoring.grading import grade_samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.scoring.samples import Sample
    from slm_mux.types import Kind, Problem, Profile

LISTED = 3


def validation_accuracies(
    samples: Sequence[Sample], problems: Sequence[Problem], *, kind: Kind, profile: Profile
) -> dict[str, float]:
    """Each member's single-sample accuracy on a labelled validation log.

    A sample without an answer counts as not correct; a failed call does not count.
    Raises `InputError` where the log has no reference answers.
    """
    if not any(p.reference_answer is not None for p in problems):
        raise InputError("the validation log has no reference answers: validation needs them")
    by_id = {p.problem_id: p for p in problems}
    tally: dict[str, tuple[int, int]] = {}
    for g in grade_samples(samples, by_id, kind=kind, profile=profile):
        if g.state != "failed":
            correct, n = tally.get(g.sample.model, (0, 0))
            tally[g.sample.model] = (correct + (g.correct is True), n + 1)
    return {name: correct / n for name, (correct, n) in tally.items()}


def refuse_overlap(scored: Iterable[Problem], validation: Iterable[Problem]) -> None:
    """Raises `InputError` where a validation problem is also scored, by id or by text."""
    ids, texts = set(), set()
    for p in validation:
        ids.add(p.problem_id)
        texts.add(folded(p.problem))
    texts.discard("")
    shared = [p.problem_id for p in scored if p.problem_id in ids or folded(p.problem) in texts]
    if shared:
        listed = ", ".join(shared[:LISTED]) + (", …" if len(shared) > LISTED else "")
        raise InputError(
            f"{len(shared)} of the scored problems are in the validation log ({listed}): "
            "ties would be broken by the answers being scored; "
            "use other problems, or allow it with --allow-validation-overlap"
        )


def folded(text: str) -> str:
    """The text of a problem as it is compared: white space and case do not count."""
    return re.sub(r"\s+", " ", text).strip().casefold()

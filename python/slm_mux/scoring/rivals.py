"""Rows that hold different responses for one sample: which of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from slm_mux import answers
from slm_mux.scoring.grading import grade_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.scoring.grading import GradedSample
    from slm_mux.scoring.samples import Sample
    from slm_mux.types import Kind, Problem, Profile

_STATES = (*get_args(answers.State), "failed")


def settle(
    rivals: Sequence[Sample], problems: Mapping[str, Problem], kind: Kind, profile: Profile
) -> Sample:
    """The sample whose key is the smallest, as in tallies: whatever the order of the rows."""
    graded = grade_samples(rivals, problems, kind=kind, profile=profile)
    return min(graded, key=_rank).sample


def _rank(one: GradedSample) -> tuple[int, str, str, str]:
    return _STATES.index(one.state), one.key or "", one.span or "", one.sample.response or ""

"""Samples → graded samples: span, key, verdict and the state each one is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slm_mux import answers
from slm_mux.grades import Grade, Stage, grade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.scoring.samples import Sample
    from slm_mux.types import Decided, Kind, Problem, Profile

State = answers.State | Literal["failed"]


@dataclass(frozen=True, slots=True)
class GradedSample:
    """One sample as it counts.

    `state`: `ok` (it votes), `unparsed` (a response without an answer), `truncated` (cut off
    before an answer was stated) or `failed` (no response). `verdict` is None where there is no
    vote or no reference; `stage` is the rung of grading that gave it.
    """

    sample: Sample
    state: State
    span: str | None = None
    rule: str | None = None
    key: str | None = None
    verdict: Decided | None = None
    stage: Stage | None = None

    @property
    def correct(self) -> bool | None:
        """Whether the vote is right; None where that is not decided."""
        return {"correct": True, "incorrect": False}.get(self.verdict or "")


def grade_samples(
    samples: Sequence[Sample],
    problems: Mapping[str, Problem],
    *,
    kind: Kind,
    profile: Profile,
) -> list[GradedSample]:
    """Reads and grades every sample, texts crossing into Rust in one list.

    The reference and the choices are those of `problems` (problem_id → problem).
    """
    texts = [s.response for s in samples]
    asked = [problems[s.problem_id] for s in samples]
    choices = [list(p.choices or ()) for p in asked] if kind == "choice" else None
    references = [p.reference_answer for p in asked]
    readings = answers.read(texts, kind=kind, profile=profile, choices=choices)
    grades = grade(texts, references, kind=kind, profile=profile, choices=choices)
    return [
        _graded(sample, reading, graded, profile)
        for sample, reading, graded in zip(samples, readings, grades, strict=True)
    ]


def _graded(
    sample: Sample,
    reading: answers.Reading | None,
    grade: Grade | None,
    profile: Profile,
) -> GradedSample:
    state = _state(sample, reading, profile)
    if state != "ok" or reading is None:
        return GradedSample(sample, state, reading and reading.span, reading and reading.rule)
    read = (reading.span, reading.rule, reading.key)
    if grade is None or grade.verdict == "no_answer":
        return GradedSample(sample, state, *read)
    return GradedSample(sample, state, *read, grade.verdict, grade.stage)


def _state(sample: Sample, reading: answers.Reading | None, profile: Profile) -> State:
    if sample.error is not None:
        return "failed"
    return answers.state_of(
        reading,
        response=sample.response,
        finish_reason=sample.finish_reason,
        profile=profile,
    )

"""Samples → graded samples: span, key, verdict and the state each one is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slm_mux import answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.types import Kind, Problem, Profile, SampleRow

State = Literal["ok", "unparsed", "truncated", "failed"]
Verdict = Literal["correct", "incorrect", "undecided"]


@dataclass(frozen=True, slots=True)
class GradedSample:
    """One row of the log as it counts.

    `state`: `ok` (it votes), `unparsed` (a response without an answer), `truncated` (cut off
    before an answer was stated) or `failed` (no response). `verdict` is None where there is no
    vote or no reference.
    """

    row: SampleRow
    state: State
    span: str | None = None
    rule: str | None = None
    key: str | None = None
    verdict: Verdict | None = None

    @property
    def correct(self) -> bool | None:
        """Whether the vote is right; None where that is not decided."""
        return {"correct": True, "incorrect": False}.get(self.verdict or "")


def grade_samples(
    rows: Sequence[SampleRow],
    problems: Mapping[str, Problem],
    *,
    kind: Kind,
    profile: Profile,
) -> list[GradedSample]:
    """Reads and grades every row, texts crossing into Rust once.

    The reference and the choices are those of `problems` (problem_id → problem).
    """
    texts = [row.get("response") for row in rows]
    asked = [problems[row["problem_id"]] for row in rows]
    choices = [list(p.choices or ()) for p in asked] if kind == "choice" else None
    references = [p.reference_answer for p in asked]
    readings = answers.read(texts, kind=kind, profile=profile, choices=choices)
    grades = answers.grade(texts, references, kind=kind, profile=profile, choices=choices)
    return [
        _graded(row, reading, grade, profile)
        for row, reading, grade in zip(rows, readings, grades, strict=True)
    ]


def _graded(
    row: SampleRow, reading: answers.Reading | None, grade: answers.Grade | None, profile: Profile
) -> GradedSample:
    state = state_of(row, reading, profile)
    if state != "ok" or reading is None:
        return GradedSample(row, state, reading and reading.span, reading and reading.rule)
    verdict = None if grade is None or grade.verdict == "no_answer" else grade.verdict
    return GradedSample(row, state, reading.span, reading.rule, reading.key, verdict)


def state_of(row: SampleRow, reading: answers.Reading | None, profile: Profile) -> State:
    """The state of a sample.

    A response that was cut off still votes when it had stated its answer; what a fallback rule
    picks out of unfinished reasoning is no answer. The published rules know no such thing, so
    in the `paper` profile whatever was found counts.
    """
    if row.get("error") is not None:
        return "failed"
    if row.get("response") is None:
        return "truncated"
    cut_off = row.get("finish_reason") == "length"
    if reading is None or reading.key is None:
        return "truncated" if cut_off else "unparsed"
    if cut_off and profile == "canonical" and reading.rule in answers.FALLBACK_RULES:
        return "truncated"
    return "ok"

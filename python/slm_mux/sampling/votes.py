"""What a row votes for, as scoring reads it."""

from __future__ import annotations

from slm_mux import answers
from slm_mux.types import Kind, Problem, Profile, SampleRow


def vote_of(
    row: SampleRow, problem: Problem, kind: Kind, profile: Profile = "canonical"
) -> tuple[answers.State, str | None]:
    """The state of a response and the key it votes for, None where it does not vote.

    Cut off, it votes only if it had stated its answer.
    """
    choices = list(problem.choices or ()) if kind == "choice" else None
    reading = answers.read(row["response"], kind=kind, profile=profile, choices=choices)
    state = answers.state_of(
        reading,
        response=row["response"],
        finish_reason=row["finish_reason"],
        profile=profile,
    )
    return state, reading.key if reading is not None and state == "ok" else None

"""How votes are counted and answers selected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from slm_mux.cli.options import VOTING
from slm_mux.cli.options.arguments import Names
from slm_mux.errors import InputError
from slm_mux.types import Abstain, Profile, Tie


@Parameter(name="*", group=VOTING)
@dataclass(kw_only=True, frozen=True)
class VotingOptions:
    """How votes are counted and the answer is selected."""

    profile: Annotated[
        Profile | None,
        Parameter(help="canonical (default), or paper: the published rules to the letter."),
    ] = None
    selector: Annotated[
        str,
        Parameter(
            help="mux, majority, weighted, calibrated, switch, unanimous, single:NAME; or oracle, "
            "an upper bound that needs references."
        ),
    ] = "mux"
    abstain: Annotated[
        Abstain, Parameter(help="Unparsed answers in or out of the denominator.")
    ] = "count"
    tie: Annotated[Tie, Parameter(help="What decides between equally sure models.")] = "accuracy"
    validation: Annotated[
        list[Path] | None,
        Parameter(
            consume_multiple=True,
            negative=(),
            help="Labelled logs that tell the models' accuracies.",
        ),
    ] = None
    accuracy: Annotated[Names | None, Parameter(help="Validation accuracies, NAME=0.71 each.")] = (
        None
    )
    calibration: Annotated[
        Path | None, Parameter(help="The file of `calibrate`, for --selector calibrated.")
    ] = None
    allow_validation_overlap: Annotated[
        bool, Parameter(help="Accept validation problems that are also scored.", negative=())
    ] = False

    @property
    def rules(self) -> Profile:
        """The profile, the default where none was given."""
        return self.profile or "canonical"

    def accuracies(self) -> dict[str, float]:
        """`--accuracy NAME=x` as a mapping; raises `InputError` on anything else."""
        return dict(_accuracy(item) for item in self.accuracy or ())


def _accuracy(item: str) -> tuple[str, float]:
    name, equals, value = item.rpartition("=")
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not (equals and name and 0 <= share <= 1):
        raise InputError(f"--accuracy {item}: write NAME=x with x between 0 and 1")
    return name, share

"""How rows are read: by which rules, under which names, and what is known beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from slm_mux import _core  # noqa: TID251  part of the facade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.types import Kind, Profile

FIELDS: tuple[str, ...] = tuple(_core.FIELDS)
"""What a field of a sample can say: the names a mapping starts from."""


class KnownProblem(NamedTuple):
    """What is known of a problem beside its rows; `task` None means that of any task."""

    task: str | None
    problem_id: str
    reference_answer: str | None = None
    choices: Sequence[str] | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How rows are read; may be pickled.

    `kind` overrides the rows' answer kind; `task` is the only task that counts and that of rows
    that name none; `model` overrides the rows' member. `fields` maps what a field says (one of
    `FIELDS`) to what it is called, where that is none of the names that are known; a name with
    dots that no field has is the way to one inside of others, such as
    `choices.0.message.content`. The references of `known` go before those of the rows.
    """

    profile: Profile = "canonical"
    kind: Kind | None = None
    task: str | None = None
    model: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    known: Sequence[KnownProblem] = ()

    def __post_init__(self) -> None:
        """Raises `ValueError` for a profile or kind that is none, `InputError` for a field."""
        _core.ScanSettings(profile=self.profile, kind=self.kind, fields=list(self.fields.items()))


def settings_of(rules: Rules) -> _core.ScanSettings:
    """The rules as the core takes them."""
    return _core.ScanSettings(
        profile=rules.profile,
        kind=rules.kind,
        task=rules.task,
        model=rules.model,
        fields=list(rules.fields.items()),
        known=[
            (*problem[:3], problem.choices and list(problem.choices), problem.kind)
            for problem in rules.known
        ],
    )

"""Which tallies may be put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.provenance import (
    BY_ROW,
    NO_FILTER,
    filter_after,
    filter_in,
    filter_shown,
    provenance,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slm_mux.types import Profile

_ALIKE = {
    "tallies_version": "another layout",
    "key_version": "keys of another version",
    "profile": "another profile",
}


def profile_of(tallies: Mapping[str, Mapping[str, Any]], asked: Profile | None) -> Profile:
    """The profile that tallies files were made by, or else the one asked for.

    Raises `InputError` where they may not be put together: they were made by different rules.
    """
    wanted = provenance(asked or "canonical", unnumbered=False)
    first = ""
    for name, made in tallies.items():
        if not made:
            raise InputError(f"{name}: says nothing of the rules it was made by: score it anew")
        if not first and asked is None:
            wanted["profile"] = made.get("profile")
        for field, what in _ALIKE.items():
            if made.get(field) != wanted[field]:
                beside = f"beside {first}" if first else "here"
                raise InputError(
                    f"{name}: tallies of {what} ({made.get(field)}, {beside} {wanted[field]}): "
                    "score the samples anew, by one set of rules"
                )
        first = first or name
    profile: Profile = wanted["profile"]
    return profile


def refuse_by_row(
    tallies: Mapping[str, Mapping[str, Any]], *, unnumbered: bool, others: bool
) -> None:
    """Raises `InputError` where samples that were numbered by row would be put together."""
    by_row = [name for name, made in tallies.items() if made.get("numbering") == BY_ROW]
    if by_row and (others or len(tallies) > 1):
        raise InputError(
            f"{by_row[0]}: its samples had no index and were numbered by row, so that they cannot "
            "be told from those of other files: score all sample files together"
        )
    if unnumbered and tallies:
        raise InputError(
            f"samples without an index beside tallies ({next(iter(tallies))}): they cannot be told "
            "from those that are counted there: score all sample files together"
        )


def filter_of(
    tallies: Mapping[str, Mapping[str, Any]], asked: Mapping[str, Any], *, others: bool
) -> dict[str, Any]:
    """Which samples count after all: those asked for here of those that were chosen before.

    `others` is whether there are samples too, of which those `asked` for count. Raises
    `InputError` where samples would be put together that were chosen by different filters:
    tallies do not say of which prompt a sample is.
    """
    known = [("the samples beside it", {**NO_FILTER, **asked})] if others else []
    known += [(name, filter_in(made)) for name, made in tallies.items()]
    beside, wanted = known[0] if known else ("", dict(NO_FILTER))
    for name, found in known[1:]:
        if found != wanted:
            raise InputError(
                f"{name}: its samples were chosen by {filter_shown(found)}, those of {beside} by "
                f"{filter_shown(wanted)}: score all of them anew by the same --prompt, --params "
                "and --api-model"
            )
    return filter_after(wanted, asked) if tallies and not others else {**NO_FILTER, **asked}

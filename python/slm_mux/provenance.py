"""By what rules tallies were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.answers import KEY_VERSION, __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slm_mux.types import Profile

TALLIES_VERSION = 1
GIVEN, BY_ROW = "given", "by_row"
NO_FILTER: Mapping[str, Any] = {"params": {}, "api_model": None, "prompts": []}


def filter_told(
    params: Mapping[str, Any], api_model: str | None, prompts: Iterable[str]
) -> dict[str, Any]:
    """Which of several ways of asking count, as tallies tell it."""
    return {"params": dict(params), "api_model": api_model, "prompts": sorted(set(prompts))}


def provenance(
    profile: Profile, *, unnumbered: bool, where: Mapping[str, Any] = NO_FILTER
) -> dict[str, Any]:
    """What a tallies file says of how it was made.

    `numbering` is `by_row` where samples had no index and were numbered by file and row: their
    numbers mean nothing beside those of other files. `filter` is which samples count of those
    that were asked in several ways.
    """
    return {
        "tallies_version": TALLIES_VERSION,
        "slm_mux_version": __version__,
        "key_version": KEY_VERSION,
        "profile": profile,
        "numbering": BY_ROW if unnumbered else GIVEN,
        "filter": dict(where),
    }

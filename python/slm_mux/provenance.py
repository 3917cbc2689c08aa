"""By what rules tallies were made."""

from __future__ import annotations

import json
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


def filter_in(made: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says of its filter; what older ones and damaged ones do not say is none."""
    said = made.get("filter")
    found = dict(NO_FILTER)
    for name, none in NO_FILTER.items():
        value = said.get(name) if isinstance(said, dict) else None
        found[name] = value if value and (none is None or isinstance(value, type(none))) else none
    return found


def filter_after(before: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Which samples count where tallies of some are asked for some of them.

    Params and API models stand in the rows of tallies, and can be chosen among anew.
    """
    params = {**before["params"], **asked["params"]}
    return {**before, "params": params, "api_model": asked["api_model"] or before["api_model"]}


def filter_shown(where: Mapping[str, Any]) -> str:
    """A filter as a message names it."""
    parts = [f"{name} {json.dumps(value)}" for name, value in where.items() if value]
    return " and ".join(parts) or "no filter"


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

"""The scaling study that `slm-mux scale --output DIR` writes: `scaling.json`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.report.fields import Fields, check_version
from slm_mux.scoring.intervals import Interval
from slm_mux.scoring.recorded_results import load_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

VERSION = 1
NAME = "scaling.json"


@dataclass(frozen=True, slots=True)
class Point:
    """One pool at one number of samples under one selector.

    `tokens`, `cost` (US dollars) and `calls` are those of a problem, None where not known.
    `exact`: in closed form; else resampled, with `standard_error` beside the interval.
    """

    selector: str
    members: tuple[str, ...]
    samples: int
    accuracy: Interval
    standard_error: float | None
    exact: bool
    tokens: float | None
    cost: float | None
    calls: float | None
    pareto: bool
    short: bool = False
    """Whether some model has fewer samples than that on some problem."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """A study of one task."""

    path: Path
    task: str
    settings: Mapping[str, Any]
    points: Sequence[Point]


def read_scaling(path: Path) -> Scaling:
    """Read a study; a folder is searched for `scaling.json`.

    Raises `InputError` naming the field that is missing or wrong, and for a newer layout.
    """
    if path.is_dir():
        path /= NAME
    data = load_object(path)
    whole = Fields(path, "", data)
    if "points" not in data:
        raise InputError(f"{path}: no list of `points`: give what slm-mux scale --output DIR wrote")
    check_version(path, "schema_version", data.get("schema_version"), VERSION)
    points = [_point(one) for one in whole.items("points")]
    if not points:
        raise InputError(f"{path}: points is empty: there is nothing to draw")
    return Scaling(path, whole.required_text("task"), whole.mapping("settings"), points)


def _point(one: Fields) -> Point:
    members = one.sequence("members")
    if not members or not all(isinstance(name, str) for name in members):
        raise one.wrong("members", "is not a list of names")
    return Point(
        selector=one.required_text("selector"),
        members=tuple(members),
        samples=one.index("samples"),
        accuracy=_accuracy(one),
        standard_error=one.number("standard_error"),
        exact=one.value.get("exact") is True,
        tokens=one.number("tokens"),
        cost=one.number("cost"),
        calls=one.number("calls"),
        pareto=one.value.get("pareto") is True,
        short=one.value.get("short") is True,
    )


def _accuracy(one: Fields) -> Interval:
    found = one.within("accuracy")
    value, low, high = (found.share(name) for name in ("value", "low", "high"))
    if value is None or low is None or high is None:
        raise one.wrong("accuracy", "has no value, low and high")
    return Interval(value, low, high, found.index("n"))

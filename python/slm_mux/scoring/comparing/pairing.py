"""Which problems and which models of the two sides are the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from slm_mux.scoring.comparing.side import Side, Unit


@dataclass(frozen=True, slots=True)
class Pairing:
    """The two sides, and which numbers of A and B mean the same; `notes` say what was assumed."""

    sides: tuple[Side, Side]
    units: dict[int, int]
    models: dict[int, int]
    notes: list[str]

    def reference(self, unit: int) -> str | None:
        """The reference answer of A's problem, of B's where A has none."""
        a, b = self.sides
        return a.references[unit] or b.references[self.units[unit]]


def paired(a: Side, b: Side, *, ignore_task: bool) -> Pairing:
    """Problems by task and id, or by text where a side has no ids; models by name.

    A side that names no task is of the other's only one. Raises `InputError` where the two have
    no problem in common.
    """
    notes: list[str] = []
    with_task = not ignore_task and _both_name_tasks(a, b)
    by_id = all(unit.problem_id is not None for side in (a, b) for unit in side.units)
    if not by_id:
        notes.append("problems are joined by their texts: one of the two has no ids")
    units = _units(a, b, with_task=with_task, by_id=by_id)
    if not units:
        raise InputError(_nothing(a, b, with_task=with_task, by_id=by_id))
    return Pairing((a, b), dict(units), dict(_models(a, b, notes)), notes)


def _both_name_tasks(a: Side, b: Side) -> bool:
    for side, other in ((a, b), (b, a)):
        if None in other.tasks and len(side.tasks) > 1:
            raise InputError(
                f"{side.shown} has several tasks and {other.shown} names none: name its field "
                "with --map task=FIELD, or join by problem id alone with --ignore-task"
            )
    return None not in a.tasks and None not in b.tasks


def _units(a: Side, b: Side, *, with_task: bool, by_id: bool) -> list[tuple[int, int]]:
    def name(unit: Unit) -> Hashable:
        what = unit.problem_id if by_id else unit.text
        return None if what is None else (unit.task if with_task else None, what)

    return _matches([name(unit) for unit in a.units], [name(unit) for unit in b.units])


def _matches(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of equal names; the first place of each name counts, None is no name."""
    places: dict[Hashable, int] = {}
    for place, name in enumerate(b):
        places.setdefault(name, place)
    found: dict[Hashable, tuple[int, int]] = {}
    for place, name in enumerate(a):
        if name is not None and name in places:
            found.setdefault(name, (place, places[name]))
    return list(found.values())


def _models(a: Side, b: Side, notes: list[str]) -> list[tuple[int, int]]:
    """By name; then by name as a file would have it; then the only ones, if one is not named."""
    found = _matches(a.models, b.models)
    left = [_left(side, {pair[at] for pair in found}) for at, side in enumerate((a, b))]
    slugs = [_slugs(side, places) for side, places in zip((a, b), left, strict=True)]
    found += _matches(*slugs)
    if not found and len(a.models) == len(b.models) == 1 and _unsure(a, b):
        notes.append(f"taken for one model: {shown(a.models[0])} and {shown(b.models[0])}")
        found.append((0, 0))
    return found


def _left(side: Side, taken: set[int]) -> set[int]:
    return set(range(len(side.models))) - taken


def _slugs(side: Side, places: set[int]) -> list[str | None]:
    """Names without slashes, where only one model has it."""
    slugs = [name and name.replace("/", "_") for name in side.models]
    counts = Counter(slugs[place] for place in places)
    return [
        slug if place in places and counts[slug] == 1 else None for place, slug in enumerate(slugs)
    ]


def _unsure(a: Side, b: Side) -> bool:
    return any(side.guessed or side.models == [None] for side in (a, b))


def shown(name: str | None) -> str:
    """A model or task for a reader."""
    return "(not named)" if name is None else name


def _nothing(a: Side, b: Side, *, with_task: bool, by_id: bool) -> str:
    start = f"{a.path} and {b.path} have no problem in common"
    if with_task and not set(a.tasks) & set(b.tasks):
        named = [", ".join(map(shown, side.tasks)) for side in (a, b)]
        return f"{start}: A is of task {named[0]}, B of {named[1]}: --ignore-task joins by id alone"
    if not by_id:
        return f"{start}: one has no ids, and no texts are equal: --map problem_id=FIELD names ids"
    ids = [side.units[0].shown for side in (a, b)]
    return f"{start}: A has for example {ids[0]!r}, B {ids[1]!r}"

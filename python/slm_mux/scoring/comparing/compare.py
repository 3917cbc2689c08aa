"""Two inputs → the comparison, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slm_mux import __version__
from slm_mux.errors import InputError
from slm_mux.scoring.comparing.counts import NAMED
from slm_mux.scoring.comparing.decision_figures import decision_figures
from slm_mux.scoring.comparing.fields import FieldMap
from slm_mux.scoring.comparing.pairing import paired, shown
from slm_mux.scoring.comparing.reading import read_side
from slm_mux.scoring.comparing.sample_figures import sample_figures
from slm_mux.scoring.comparing.side import Side
from slm_mux.scoring.comparing.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from slm_mux.scoring.comparing.pairing import Pairing
    from slm_mux.scoring.samples import ReadReport

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Comparing:
    """How to compare: the fields of rows of A and of B, how many examples, joining without task."""

    a: FieldMap = field(default_factory=FieldMap)
    b: FieldMap = field(default_factory=FieldMap)
    examples: int = 5
    ignore_task: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`figures` as plain data, `changed` whether the two differ in any way that counts.

    `reports` say what of A and of B could not be read.
    """

    figures: dict[str, Any]
    changed: bool
    reports: tuple[ReadReport, ReadReport]


def compare(a: Path, b: Path, how: Comparing = Comparing()) -> Comparison:
    """Compares two scorings of the same samples: results files, folders, rows with verdicts.

    Samples are joined by task, problem, model and index, decisions by task and problem. All
    accuracies are over what both have: Wilson intervals for decisions, bootstrap over problems
    for samples and for differences.

    Raises `InputError` where an input cannot be read or holds no verdicts, or where the two have
    nothing in common; `SlmMuxError` where there is no room for the temporary tables.
    """
    with Store() as store:
        sides = Side("a", a, store), Side("b", b, store)
        for side, fields in zip(sides, (how.a, how.b), strict=True):
            read_side(side, fields)
            if store.unlabelled(side.letter):
                raise InputError(
                    f"{side.path}: nothing in it is correct or incorrect: were there no "
                    "references? Score it with them first"
                )
        pairing = paired(*sides, ignore_task=how.ignore_task)
        store.pair(pairing.units.items(), pairing.models.items())
        return _comparison(store, pairing, how)


def _comparison(store: Store, pairing: Pairing, how: Comparing) -> Comparison:
    a, b = pairing.sides
    notes = [*a.notes, *b.notes, *pairing.notes]
    samples = sample_figures(store, pairing, how.examples, notes)
    decisions = decision_figures(store, pairing, how.examples, notes)
    if not (samples or decisions):
        raise InputError(
            f"{a.path} and {b.path} have problems in common, but no sample of the "
            "same model and index, and no decision: there is nothing to compare"
        )
    figures = {
        "schema_version": SCHEMA_VERSION,
        "slm_mux_version": __version__,
        "a": _about(a),
        "b": _about(b),
        "problems": _problems(pairing),
        "models": _models(pairing),
        "samples": samples,
        "decisions": decisions,
        "notes": notes,
    }
    return Comparison(figures, _changed(figures), (a.report, b.report))


def _about(side: Side) -> dict[str, Any]:
    return {
        "path": str(side.path),
        "layout": side.layout,
        "tasks": side.tasks,
        "settings": side.settings,
        "fields": side.fields,
        "rows": side.report.rows,
        "bad_rows": dict(side.report.bad),
        "duplicates": {table: n for table, n in side.duplicates.items() if n},
    }


def _problems(pairing: Pairing) -> dict[str, Any]:
    names = [[unit.shown for unit in side.units] for side in pairing.sides]
    a, b = _unpaired(names, pairing.units)
    return {
        "common": len(pairing.units),
        "only_a": {"count": len(a), "named": a[:NAMED]},
        "only_b": {"count": len(b), "named": b[:NAMED]},
    }


def _models(pairing: Pairing) -> dict[str, Any]:
    names = [[shown(name) for name in side.models] for side in pairing.sides]
    a, b = _unpaired(names, pairing.models)
    return {"common": [names[0][at] for at in pairing.models], "only_a": a, "only_b": b}


def _unpaired(names: Sequence[Sequence[str]], pairs: Mapping[int, int]) -> tuple[list[str], ...]:
    """The names of A's and of B's that have no partner."""
    taken = set(pairs), set(pairs.values())
    return tuple(
        [name for at, name in enumerate(own) if at not in used]
        for own, used in zip(names, taken, strict=True)
    )


def _changed(figures: dict[str, Any]) -> bool:
    """Whether a verdict or a decision changed, or one of the two lacks what the other has."""
    parts = [part for part in (figures["samples"], figures["decisions"]) if part is not None]
    return any(
        part["changed"] or part["only_a"]["count"] or part["only_b"]["count"] for part in parts
    )

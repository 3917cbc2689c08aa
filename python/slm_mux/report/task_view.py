"""One task as the page shows it: tables, figures, packed problems."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_mux.report import figures, scaling_figures, statistics
from slm_mux.report.fields import Fields
from slm_mux.report.packing import Packed, pack_problems
from slm_mux.report.selectors import Selectors, by_selector, single_decisions
from slm_mux.scoring.intervals import Interval, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.report.model import TaskRecord
    from slm_mux.report.scaling import Scaling
    from slm_mux.report.scaling_figures import Curves
    from slm_mux.report.statistics import Agreement, Calibration


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member's line: accuracies are None where they would be biased or have no reference."""

    name: str
    api_model: str
    params: str
    single: Interval | None
    tokens: float | None
    cost: float | None
    states: Counter[str]


@dataclass(frozen=True, slots=True)
class CauseLine:
    """How many problems came out so, and what that means."""

    name: str
    meaning: str
    count: int
    share: Interval


@dataclass(frozen=True, slots=True)
class TaskView:
    """What the template shows of a task; `figures` are drawn by the page's script."""

    number: int
    record: TaskRecord
    selectors: Selectors
    members: Sequence[MemberLine]
    causes: Sequence[CauseLine]
    confident_errors: int
    packed: Packed
    calibration: Sequence[Calibration] = ()
    agreement: Sequence[Agreement] = ()
    scaling: Scaling | None = None
    curves: Sequence[Curves] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its elements."""
        return f"task-{self.number}"


def view_of(
    number: int, record: TaskRecord, scaling: Scaling | None, max_bytes: int, source: Path
) -> TaskView:
    """Work out all that is shown of a task. Raises `InputError` for figures of another shape."""
    labelled, unbiased = record.labelled, not record.early_stopped
    selectors = by_selector(record)
    own = single_decisions(record)
    causes = statistics.causes(record, own)
    states = statistics.sample_states(record)
    outcomes = {name: [d.outcome for d in decisions] for name, decisions in own.items()}
    view = TaskView(
        number=number,
        record=record,
        selectors=selectors,
        members=_members(record, states, source),
        causes=_cause_lines(causes),
        confident_errors=statistics.confident_errors(record),
        packed=pack_problems(record, causes, outcomes, max_bytes),
        calibration=statistics.calibration(own) if labelled and unbiased else (),
        agreement=statistics.agreement(own) if unbiased else (),
        scaling=scaling,
        curves=scaling_figures.curves(scaling) if scaling else (),
    )
    view.figures.update(_figures(view, states))
    return view


def _figures(view: TaskView, states: Mapping[str, Counter[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"states": figures.states(states)}
    if view.selectors.rows:
        found["selectors"] = figures.by_selector(view.selectors.rows)
        found["causes"] = figures.causes([(line.name, line.share) for line in view.causes])
    for number, one in enumerate(view.calibration):
        found[f"calibration-{number}"] = figures.reliability(one, number)
    if view.agreement:
        found["agreement"] = figures.heat_map(view.agreement, view.record.members)
    for number, curves in enumerate(view.curves):
        found[f"curves-{number}"] = curves.figure
    if view.scaling and (cost := scaling_figures.cost(view.scaling)) is not None:
        found["cost"] = cost
    return found


def _cause_lines(causes: Sequence[str]) -> list[CauseLine]:
    counts = Counter(causes)
    return [
        CauseLine(name, meaning, counts[name], share)
        for name, meaning in statistics.CAUSES.items()
        if counts[name] and (share := wilson(counts[name], len(causes))) is not None
    ]


def _members(
    record: TaskRecord, states: Mapping[str, Counter[str]], source: Path
) -> list[MemberLine]:
    known: dict[str, Fields] = {}
    for at, value in enumerate(record.figures["models"]):
        one = Fields(source, f"models[{at}]", value)
        known[one.required_text("name")] = one
    nothing = Fields(source, "models", {})
    return [_member(name, known.get(name, nothing), states[name]) for name in record.members]


def _member(name: str, known: Fields, states: Counter[str]) -> MemberLine:
    params = known.mapping("params")
    return MemberLine(
        name=name,
        api_model=known.text("model") or name,
        params=", ".join(f"{p} {v}" for p, v in params.items() if v is not None),
        single=_interval(known.within("single_sample")),
        tokens=known.within("token_usage").number("total_tokens"),
        cost=known.number("cost"),
        states=states,
    )


def _interval(one: Fields) -> Interval | None:
    value, low, high = (one.share(name) for name in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return None
    return Interval(value, low, high, one.index("n"))

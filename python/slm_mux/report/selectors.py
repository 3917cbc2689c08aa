"""Accuracy by selector, each with its interval and its difference to the fair baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from slm_mux.errors import InputError
from slm_mux.scoring.difference import best_single
from slm_mux.scoring.intervals import Interval, mcnemar_exact, paired_difference, wilson
from slm_mux.selection import SELECTORS, Outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slm_mux.report.model import TaskRecord
    from slm_mux.scoring.difference import ChosenBy
    from slm_mux.selection import Decisions

_SINGLE = "single:"
_BOUND = "oracle"
"""Knows the references: an upper bound, which has a row of its own kind."""


@dataclass(frozen=True, slots=True)
class SelectorRow:
    """One selector's accuracy over all problems.

    `difference` is to the best single member's self-consistency at as many samples a member,
    paired over problems; `p` McNemar's exact p-value of it. None for the baseline itself and for
    upper bounds, which no rule reaches.
    """

    selector: str
    kind: Literal["pool", "single", "bound"]
    accuracy: Interval
    outcomes: Outcomes | None
    recorded: bool = False
    baseline: bool = False
    difference: Interval | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Selectors:
    """The rows, why some selectors are not among them, and what told the best single model."""

    rows: Sequence[SelectorRow]
    left_out: Sequence[str]
    chosen_by: ChosenBy = "these problems"

    @property
    def recorded(self) -> SelectorRow | None:
        """The row of the decisions that are recorded; None without references."""
        return next((row for row in self.rows if row.recorded), None)


def by_selector(record: TaskRecord) -> Selectors:
    """Every selector that the recorded samples allow, by the recorded policies.

    The decision that is recorded stands as it is; the others are made anew from the table.
    Without references there is nothing; sampling that stopped early allows only its own.
    """
    if not record.labelled:
        return Selectors((), ("no problem has a reference answer: there are no accuracies",))
    own = _recorded(record)
    if record.early_stopped:
        why = (
            f"sampled with --stop {record.settings['stop']}: the samples that were not drawn are "
            "not missing at random, so the accuracy of any other selector, of single models and "
            "of upper bounds would be biased"
        )
        return Selectors((own,), (why,))
    tried, left_out = _tried(record)
    best, chosen_by = _best_single(record, tried)
    rows = [own, *(_row(row, best) for row in tried if row[0] != record.selector)]
    if best is not None:
        rows[0] = _row((record.selector, _rates(record), own.outcomes), best, recorded=True)
    rows.sort(key=lambda row: (row.kind == "single", not row.recorded))
    return Selectors((*rows, *_bounds(record)), left_out, chosen_by)


_Tried = tuple[str, list[int], "Outcomes | None"]


def _tried(record: TaskRecord) -> tuple[list[_Tried], list[str]]:
    names = [name for name in SELECTORS if not name.startswith((_SINGLE, _BOUND))]
    names += [_SINGLE + member for member in record.members]
    found: list[_Tried] = []
    left_out: list[str] = []
    for name in names:
        try:
            decisions = _select(record, name)
        except InputError as error:  # one that wants more than is recorded here
            left_out.append(f"{name}: {error}")
        else:
            found.append((name, [int(c is True) for c in decisions.correct], decisions.outcomes()))
    return found, left_out


def _best_single(record: TaskRecord, tried: Sequence[_Tried]) -> tuple[_Tried | None, ChosenBy]:
    """The baseline, chosen as results choose it; None in a pool of nobody."""
    singles = {row[0].removeprefix(_SINGLE): row for row in tried if row[0].startswith(_SINGLE)}
    if not singles:
        return None, "these problems"
    known = record.settings.get("validation_accuracy") or {}
    best = best_single({name: sum(rates) for name, (_, rates, _) in singles.items()}, known)
    return singles[best.name], best.chosen_by


def _select(record: TaskRecord, selector: str) -> Decisions:
    settings = record.settings
    return record.table.select(
        selector,
        order=record.members,
        validation_accuracy=settings.get("validation_accuracy") or {},
        abstain=settings.get("abstain", "count"),
        tie=settings.get("tie", "accuracy"),
        seed=settings.get("seed", 0),
    )


def single_decisions(record: TaskRecord) -> dict[str, Decisions]:
    """Each member's self-consistent answers."""
    return {name: _select(record, _SINGLE + name) for name in record.members}


def _rates(record: TaskRecord) -> list[int]:
    return [int(verdict.outcome == "correct") for verdict in record.verdicts]


def _recorded(record: TaskRecord) -> SelectorRow:
    counts: dict[str, int] = dict.fromkeys(Outcomes.__dataclass_fields__, 0)
    for verdict in record.verdicts:
        counts[verdict.outcome] += 1
    return SelectorRow(
        record.selector,
        _kind(record.selector),
        _wilson(counts["correct"], len(record.verdicts)),
        Outcomes(**counts),
        recorded=True,
    )


def _row(tried: _Tried, best: _Tried | None, *, recorded: bool = False) -> SelectorRow:
    name, rates, outcomes = tried
    difference, p = None, None
    baseline = best is not None and name == best[0]
    if best is not None and not baseline:
        difference = paired_difference(best[1], rates)
        pairs = list(zip(best[1], rates, strict=True))
        p = mcnemar_exact(pairs.count((1, 0)), pairs.count((0, 1)))
    return SelectorRow(
        name,
        _kind(name),
        _wilson(sum(rates), len(rates)),
        outcomes,
        recorded=recorded,
        baseline=baseline,
        difference=difference,
        p=p,
    )


def _kind(selector: str) -> Literal["pool", "single", "bound"]:
    if selector == _BOUND:
        return "bound"
    return "single" if selector.startswith(_SINGLE) else "pool"


def _bounds(record: TaskRecord) -> list[SelectorRow]:
    n = len(record.asked)
    tops = record.table.oracle(record.members)
    return [
        SelectorRow("oracle: some model's top answer is correct", "bound", _wilson(tops, n), None),
        SelectorRow("any: some sample is correct", "bound", _wilson(len(record.anywhere), n), None),
    ]


def _wilson(correct: int, n: int) -> Interval:
    share: Any = wilson(correct, n)
    if share is None:
        raise ValueError("a task without problems")
    found: Interval = share
    return found

"""What a report is made from: one task's problems, decisions, samples and figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from slm_mux.selection import DEFAULT_SELECTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from slm_mux.voting import AnswerTable


class Answered(NamedTuple):
    """One sample. `text` None: the response is not in the input, or there is none."""

    index: int  # type: ignore[assignment]  # not the method of tuples
    state: str
    verdict: str | None
    key: str | None
    span: str | None
    stage: str | None = None
    rule: str | None = None
    text: str | None = None
    note: str | None = None


class Asked(NamedTuple):
    """A problem as it was asked; `text` None where the input does not have it."""

    problem_id: str
    text: str | None
    reference: str | None
    choices: Sequence[str] | None = None


class Verdict(NamedTuple):
    """The recorded decision on a problem: `outcome` is one of `slm_mux.selection.Outcome`."""

    answer: str | None
    key: str | None
    model: str | None
    confidence: float | None
    reason: str
    outcome: str
    stage: str | None
    short: bool


Samples = dict[tuple[str, str], list[Answered]]
"""The samples of each problem and member, by ascending index."""


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One task of the input.

    `figures` is the layout of a results file without its entries. `table` holds every sample
    with its verdict; `anywhere` are the problems that some sample got right. `samples_of` reads
    the samples of some problems, which may be a large part of a file. `text_size` is about the
    bytes of text that all samples have. `caveats` are lines for the reader.
    """

    figures: Mapping[str, Any]
    asked: Sequence[Asked]
    verdicts: Sequence[Verdict]
    table: AnswerTable
    anywhere: Collection[str]
    samples_of: Callable[[Collection[str]], Samples]
    single_samples: bool
    has_texts: bool
    text_size: int
    caveats: Sequence[str] = field(default=())

    @property
    def task(self) -> str:
        """Its name."""
        return str(self.figures["task"])

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every policy that the decisions depend on."""
        settings: Mapping[str, Any] = self.figures["settings"]
        return settings

    @property
    def members(self) -> list[str]:
        """The pool, in its order."""
        return list(self.settings.get("pool_order") or self.table.members)

    @property
    def selector(self) -> str:
        """The selector that made the recorded decisions."""
        return str(self.settings.get("selector") or DEFAULT_SELECTOR)

    @property
    def early_stopped(self) -> bool:
        """Whether sampling stopped early: figures of single members would be biased."""
        return bool(self.settings.get("stop", "none") != "none")

    @property
    def labelled(self) -> bool:
        """Whether any problem has a reference answer."""
        return any(problem.reference is not None for problem in self.asked)

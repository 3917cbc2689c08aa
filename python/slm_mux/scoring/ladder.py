"""The rungs of grading, each asked only for what the ones below have left open.

Every answer of a results file climbs once, however often it occurs: text, key and leniency in
Rust, then SymPy, then (from above) a judge.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from slm_mux import answers, grades
from slm_mux.grades import Grade, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from slm_mux.scoring.recorded_results import RecordedAnswer, RecordedResult
    from slm_mux.symbolic import Workers
    from slm_mux.types import Decided, Kind

STAGES: tuple[Stage, ...] = get_args(Stage)


class Climb(NamedTuple):
    """An answer and the reference (and choices) that it is graded against."""

    answer: str
    reference: str
    choices: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an answer stands: each rung that said something, lowest first.

    `limit` is what kept the last of them from deciding.
    """

    steps: tuple[tuple[Stage, Decided], ...] = ()
    limit: str | None = None

    @property
    def verdict(self) -> Decided:
        """The last word."""
        return self.steps[-1][1] if self.steps else "undecided"

    @property
    def stage(self) -> Stage | None:
        """The rung that had it; None where nobody could tell."""
        return self.steps[-1][0] if self.steps else None

    def after(self, stage: Stage) -> Decided:
        """The verdict once the rungs up to `stage` have been asked."""
        asked = STAGES[: STAGES.index(stage) + 1]
        said = [verdict for rung, verdict in self.steps if rung in asked]
        return said[-1] if said else "undecided"

    def heard(self, stage: Stage, verdict: Decided, limit: str | None) -> Standing:
        """After one more rung was asked: it adds a step where it changes the verdict."""
        if verdict == "undecided":
            return self if self.steps else Standing((), limit or self.limit)
        if verdict == self.verdict:
            return self
        return Standing((*self.steps, (stage, verdict)))


class Ladder:
    """All different answers of some results, and how each of them stands."""

    def __init__(self, results: Iterable[RecordedResult], kind: Kind) -> None:
        """Grades them by text, key and the documented leniencies, in one list."""
        self._kind = kind
        climbs = list(dict.fromkeys(climb for result in results for climb in climbs_of(result)))
        self._keys = dict(zip(climbs, _keys(climbs, kind), strict=True))
        stated = [grades.stated(climb.reference, kind=kind) for climb in climbs]
        found = grades.grade_answers([climb.answer for climb in climbs], stated, kind=kind)
        self._grades = dict(zip(climbs, found, strict=True))
        self._standings = {climb: _standing(grade) for climb, grade in self._grades.items()}

    def of(self, climb: Climb) -> Standing:
        """How an answer stands."""
        return self._standings[climb]

    def stated(self, climb: Climb) -> str:
        """The span of its reference."""
        return grades.stated(climb.reference, kind=self._kind)

    def limits(self) -> dict[str, int]:
        """How many different answers each limit has kept from being decided."""
        return dict(Counter(s.limit for s in self._standings.values() if s.limit))

    def ask_sympy(self, workers: Workers) -> int:
        """Put what is undecided before SymPy; how many answers that were.

        Raises `SlmMuxError` where SymPy cannot be used.
        """
        pairs = {
            climb: pair
            for climb, grade in self._grades.items()
            if (pair := grades.trees(grade, climb.reference, kind=self._kind)) is not None
        }
        for climb, settled in zip(pairs, workers.decide(pairs.values()), strict=True):
            self._hear(climb, "sympy", settled.verdict, settled.limit)
        return len(pairs)

    def open(self, *, incorrect: bool = False) -> dict[tuple[str, str], Climb]:
        """What a judge may be asked: what is undecided and, if wanted, what is incorrect.

        By the keys of reference and answer, which make several spellings one question.
        """
        found: dict[tuple[str, str], Climb] = {}
        for climb in self._unsettled(incorrect=incorrect):
            found.setdefault(self._keys[climb], climb)
        return found

    def hear_judge(
        self, rulings: Mapping[tuple[str, str], tuple[Decided, str | None]], *, incorrect: bool
    ) -> None:
        """Take a judge's verdicts and limits on what `open` gave."""
        for climb in self._unsettled(incorrect=incorrect):
            if (ruling := rulings.get(self._keys[climb])) is not None:
                self._hear(climb, "judge", *ruling)

    def _unsettled(self, *, incorrect: bool) -> list[Climb]:
        settled = {"correct"} if incorrect else {"correct", "incorrect"}
        return [climb for climb, s in self._standings.items() if s.verdict not in settled]

    def _hear(self, climb: Climb, stage: Stage, verdict: Decided, limit: str | None) -> None:
        self._standings[climb] = self._standings[climb].heard(stage, verdict, limit)


def climbs_of(result: RecordedResult) -> list[Climb]:
    """The answers of a result that there is a reference for."""
    found = (climb_of(result, answer) for answer in (result.final, *result.models.values()))
    return [climb for climb in found if climb is not None]


def climb_of(result: RecordedResult, answer: RecordedAnswer) -> Climb | None:
    """An answer with its reference; None where one of them is missing."""
    if answer.text is None or result.reference is None:
        return None
    return Climb(answer.text, result.reference, result.choices)


def _keys(climbs: Sequence[Climb], kind: Kind) -> list[tuple[str, str]]:
    """The keys of reference and answer; the text itself where it stands for no vote."""
    stated = [grades.stated(c.reference, kind=kind) for c in climbs]
    given = [c.answer for c in climbs]
    found = [answers.key(texts, kind=kind) for texts in (stated, given)]
    return [
        (reference_key or reference, answer_key or answer)
        for reference_key, reference, answer_key, answer in zip(
            found[0], stated, found[1], given, strict=True
        )
    ]


def _standing(grade: Grade) -> Standing:
    if grade.verdict in {"undecided", "no_answer"} or grade.stage is None:
        return Standing((), grade.limit)
    return Standing(((grade.stage, cast("Decided", grade.verdict)),))

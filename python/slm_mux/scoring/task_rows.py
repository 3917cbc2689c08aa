"""The rows of one task, each sample once: what repeats, replaces and contradicts what."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from slm_mux.scoring.filters import ambiguity
from slm_mux.scoring.rivals import settle
from slm_mux.scoring.samples import Note
from slm_mux.types import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from slm_mux.scoring.filters import ParamFilter
    from slm_mux.scoring.samples import ReadReport, Sample
    from slm_mux.types import Kind, Profile, SampleRow


class TaskRows:
    """The rows of one task."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str, int], list[Sample]] = {}  # one for each setup
        # Of those that contradict each other all, by cell and place there.
        self.rivals: dict[tuple[tuple[str, str, int], int], list[Sample]] = {}
        self.prompts: dict[tuple[str, str], list[str | None]] = {}  # as they first came
        self.kinds: set[Kind] = set()
        # Per problem, those that differ, each with the first row that gave it.
        self.references: dict[str, dict[Problem, tuple[str, int]]] = {}
        self.pool_index: dict[str, float] = {}
        self.marks: set[str] = set()

    def add(self, sample: Sample, place: tuple[str, int], report: ReadReport) -> None:
        """Take in a sample, or what it adds to another row of its identity."""
        key = (sample.problem_id, sample.model, sample.sample_index)
        held = self.cells.setdefault(key, [])
        for at, other in enumerate(held):
            if other.setup == sample.setup:
                if _contradict(other, sample, place, report):
                    self.rivals.setdefault((key, at), [other]).append(sample)
                elif other.error is not None:
                    held[at] = sample
                return
        held.append(sample)

    def describe(self, row: SampleRow, place: tuple[str, int]) -> None:
        """Note what a row says of its member and its problem."""
        if row.get("stop", "none") != "none":
            self.marks.add(row["stop"])
        if "kind" in row:
            self.kinds.add(row["kind"])
        model, index = row["model"], row.get("pool_index", math.inf)
        self.pool_index[model] = min(index, self.pool_index.get(model, math.inf))
        reference, choices = row.get("reference_answer"), row.get("choices")
        known = self.references.setdefault(row["problem_id"], {})
        if reference is not None or choices:
            problem = Problem(row["problem_id"], "", reference, tuple(choices or ()) or None)
            known.setdefault(problem, place)

    def note_prompt(self, sample: Sample) -> None:
        """Note which prompts a member got for a problem, in the order of their first rows."""
        asked = self.prompts.setdefault((sample.problem_id, sample.model), [])
        if sample.setup.prompt_sha256 not in asked:
            asked.append(sample.setup.prompt_sha256)

    def settle(self, problems: Sequence[Problem], kind: Kind, profile: Profile) -> None:
        """Put that of each sample's responses in its place that counts."""
        if self.rivals:
            asked = {problem.problem_id: problem for problem in problems}
            for (key, at), rivals in self.rivals.items():
                self.cells[key][at] = settle(rivals, asked, kind, profile)

    def resolve(
        self, members: Collection[str], where: ParamFilter
    ) -> dict[tuple[str, str], tuple[Sample, ...]]:
        """One sample for each index: the bought one, else the last failed. Raises InputError."""
        wanted = {key: where.prompts_among(asked) for key, asked in self.prompts.items()}
        found: dict[tuple[str, str], list[Sample]] = {}
        several: list[list[Sample]] = []
        for (problem_id, model, _), held in self.cells.items():
            key = (problem_id, model)
            left = [s for s in held if key not in wanted or s.setup.prompt_sha256 in wanted[key]]
            if not left or model not in members:
                continue
            bought = [s for s in left if s.error is None]
            if len(bought) > 1:
                several.append(bought)
            found.setdefault(key, []).append((bought or left)[-1])
        if several:
            raise ambiguity(several, (s for held in self.cells.values() for s in held))
        return {k: tuple(sorted(v, key=lambda s: s.sample_index)) for k, v in found.items()}


def _contradict(old: Sample, new: Sample, place: tuple[str, int], report: ReadReport) -> bool:
    """Whether two rows of one identity hold different responses; notes what they are."""
    if old.error is not None or new.error is not None:
        report.retried += 1
        return False
    if (old.response, old.reasoning) == (new.response, new.reasoning):
        report.duplicates += 1
        return False
    what = f"problem {new.problem_id!r}, model {new.model!r}, sample {new.sample_index}"
    report.note_conflict(Note(*place, f"another response for {what}"))
    return True

"""The plan: which samples are still to be asked, given what the log holds.

Resuming is the normal path: a run always asks for what is missing, which at first is all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slm_mux.store.rows import Asking, asking_of, params_value
from slm_mux.types import Kind, Member, Pool, Problem, Prompt  # fields of the public dataclasses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from slm_mux.sampling.recorded import Recorded, State
    from slm_mux.types import SampleRow


@dataclass(frozen=True, slots=True)
class Job:
    """What is missing for one member on one problem: the sample indexes, ascending, never none."""

    member: Member
    problem: Problem
    prompt: Prompt
    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of a run, problem by problem, the members of each in pool order.

    `asked` counts the samples in all, `done` those the log settles (bought, or failed and not to
    be asked again), `retries` the failed ones among the jobs; `asked == done + calls`.
    """

    task: str
    kind: Kind
    jobs: tuple[Job, ...]
    asked: int
    done: int
    retries: int

    @property
    def calls(self) -> int:
        """The number of samples still to be asked."""
        return self.asked - self.done


def make_plan(  # noqa: PLR0913  # the interface: the options are keyword-only
    task: str,
    kind: Kind,
    problems: Iterable[Problem],
    pool: Pool,
    prompt_for: Callable[[Problem, Member], Prompt],
    *,
    samples: int,
    recorded: Recorded,
    retry_failed: bool = True,
) -> Plan:
    """Find which of `samples` per member and problem the log (`recorded`) does not hold.

    A sample is the same where task, problem, member, API model, index, prompt and parameters
    are; the seed is not looked at. Failed samples are asked again unless `retry_failed` is off.
    """
    redo: tuple[State, ...] = ("missing", "failed") if retry_failed else ("missing",)
    jobs: list[Job] = []
    asked = retries = 0
    for problem, member, prompt in _cells(problems, pool, prompt_for):
        asking = _asking(task, problem, member, prompt)
        states = [recorded.state(asking, index) for index in range(samples)]
        indexes = tuple(index for index, state in enumerate(states) if state in redo)
        asked += samples
        retries += sum(states[index] == "failed" for index in indexes)
        if indexes:
            jobs.append(Job(member, problem, prompt, indexes))
    done = asked - sum(len(job.indexes) for job in jobs)
    return Plan(task, kind, tuple(jobs), asked, done, retries)


def askings(
    task: str,
    problems: Iterable[Problem],
    pool: Pool,
    prompt_for: Callable[[Problem, Member], Prompt],
) -> set[Asking]:
    """Everything that a plan for these may ask: what its rows are recognised by."""
    return {
        _asking(task, problem, member, prompt)
        for problem, member, prompt in _cells(problems, pool, prompt_for)
    }


def own_rows(
    rows: Iterable[SampleRow], askings: AbstractSet[Asking], samples: int
) -> Iterator[SampleRow]:
    """The rows of a log that a plan for these would have asked, `samples` each."""
    for row in rows:
        if row["sample_index"] < samples and asking_of(row) in askings:
            yield row


def _cells(
    problems: Iterable[Problem], pool: Pool, prompt_for: Callable[[Problem, Member], Prompt]
) -> Iterator[tuple[Problem, Member, Prompt]]:
    for problem in problems:
        for member in pool.members:
            yield problem, member, prompt_for(problem, member)


def _asking(task: str, problem: Problem, member: Member, prompt: Prompt) -> Asking:
    params = params_value(member.params)
    return Asking(task, problem.problem_id, member.name, member.model, prompt.sha256, params)

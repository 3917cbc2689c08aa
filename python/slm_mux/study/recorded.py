"""What studies start from: recorded samples of one task as an answer table with verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.scoring.bulk.inputs import Inputs, find_inputs, sort_out
from slm_mux.scoring.bulk.known import asked_for
from slm_mux.scoring.bulk.local import Work
from slm_mux.scoring.bulk.rules import rules_of
from slm_mux.scoring.bulk.score import Job, score_bulk
from slm_mux.scoring.bulk.tallied import refuse_rules_of_rows
from slm_mux.scoring.filters import ParamFilter
from slm_mux.store.problems import read_problems
from slm_mux.store.stops import policy_of
from slm_mux.study.requests import samples_per_request
from slm_mux.tallies import Choice
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from slm_mux.scoring.bulk.score import Outcome
    from slm_mux.types import Kind, Price, Profile


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which samples count, and how they are read; all as in `rescore`.

    `dataset` is a data set with the reference answers, `fields` what fields are called,
    `members` the pool in pool order (None: all, as recorded). `requests`: whether logs are looked
    at once more for what came in one request, which prices need. `shared`: whether other samples
    are read by the same options, which then may be meant for those. With `strict` a row that
    cannot be used is an error.
    """

    task: str | None = None
    kind: Kind | None = None
    profile: Profile | None = None
    where: ParamFilter = field(default_factory=ParamFilter)
    dataset: Path | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    members: Sequence[str] | None = None
    requests: bool = True
    shared: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class MemberUse:
    """What one member's recorded samples took.

    `calls` counts responses and failed calls; tokens are sums over all of them, None where they
    are not known of every sample. `per_request` is how many samples a request brought, whose
    prompt is billed once; None where rows do not tell.
    """

    calls: int
    prompt_tokens: int | None
    completion_tokens: int | None
    per_request: float | None = None

    def tokens(self, samples: float, requests: float) -> tuple[float, float] | None:
        """Prompt and completion tokens of so many samples; None where they are not known.

        `requests` is how many there are where one can bring several samples. Where none did, each
        sample bills its prompt.
        """
        if self.prompt_tokens is None or self.completion_tokens is None or not self.calls:
            return None
        prompts = samples if self.per_request == 1 else requests
        prompt = self.prompt_tokens / self.calls * (self.per_request or 1)
        return prompts * prompt, samples * self.completion_tokens / self.calls

    def cost(self, samples: float, requests: float, price: Price | None) -> float | None:
        """US dollars of so many samples, at dollars a million tokens; None where not known."""
        spent = self.tokens(samples, requests)
        return None if spent is None or price is None else price.cost(*spent)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Recorded samples of one task.

    `table` holds every problem and member, in pool order, each sample with its verdict.
    `texts` are the problems' texts where they are known, by id. `stop` is the stopping policy of
    the sampling; `labelled` counts the problems with a reference answer. `notes` are lines
    about what could not be used, for the user; `bad_share` is its share of the rows read.
    """

    task: str
    kind: Kind | None
    profile: Profile
    table: AnswerTable
    labelled: int
    stop: str
    use: Mapping[str, MemberUse]
    texts: Mapping[str, str]
    sources: Sequence[str]
    notes: Sequence[str] = ()
    bad_share: float = 0.0

    def refuse_early_stopped(self, what: str) -> None:
        """Raise `InputError` where sampling stopped early, which would bias `what`."""
        if self.stop != "none":
            raise InputError(
                f"{self._source}: sampled with --stop {self.stop}: the samples that were not drawn "
                f"are not missing at random, so {what} would be biased: use samples drawn in full"
            )

    def refuse_unlabelled(self, what: str) -> None:
        """Raise `InputError` where no problem has a reference answer, which `what` needs."""
        if not self.labelled:
            raise InputError(
                f"{self._source}: no problem has a reference answer, which {what} needs: "
                "give a data set with --references"
            )

    @property
    def _source(self) -> str:
        more = len(self.sources) - 1
        return self.sources[0] + (f" and {more} more" if more else "")


def load(
    names: Sequence[str | os.PathLike[str]],
    wanted: Wanted | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Recorded:
    """Read sample logs, other tools' files and tallies, told apart by content.

    `progress` is called with the bytes read and the bytes in all. Raises `InputError` as
    `score_bulk`, and where the samples are of several tasks and none is chosen.
    """
    wanted = wanted or Wanted()
    own, imported = sort_out(names, mapped=bool(wanted.fields), named=wanted.model is not None)
    inputs = find_inputs(own) if own else Inputs()
    if not wanted.shared:
        refuse_rules_of_rows(inputs, imported, _of_rows(wanted))
    rules, beside = rules_of(
        inputs,
        task=wanted.task,
        kind=wanted.kind,
        model=wanted.model,
        fields=wanted.fields,
        dataset=wanted.dataset,
    )
    choice = Choice(
        order=wanted.members,
        params=dict(wanted.where.params),
        api_model=wanted.where.api_model,
        prompts=wanted.where.prompts,
        problems=asked_for(beside),
    )
    job = Job(
        inputs,
        rules,
        choice,
        imported=imported,
        profile=wanted.profile,
        strict=wanted.strict,
        deciding=False,
    )
    told = None if progress is None else lambda done, _rows: progress(done, inputs.size)
    outcome = score_bulk(job, work=Work(progress=told))
    per_request = samples_per_request(inputs.samples) if wanted.requests else {}
    return _recorded(outcome, [str(name) for name in names], _texts(inputs), per_request)


def _of_rows(wanted: Wanted) -> dict[str, object]:
    """What is wanted that acts on single samples, by the option of commands."""
    return {
        "--kind": wanted.kind,
        "--prompt": wanted.where.prompts,
        "--references": wanted.dataset,
        "--map": wanted.fields,
        "--model": wanted.model,
    }


def _recorded(
    outcome: Outcome,
    sources: Sequence[str],
    texts: Mapping[tuple[str, str], str],
    per_request: Mapping[str, float],
) -> Recorded:
    tasks = outcome.tallied.figures["tasks"]
    if len(tasks) != 1:
        raise InputError(
            f"{sources[0]}: samples of {len(tasks)} tasks ({', '.join(sorted(tasks))}): "
            "choose one with --task"
        )
    [(task, counts)] = tasks.items()
    tallies, decisions = outcome.tallied.tallies, outcome.tallied.decisions
    if tallies is None:
        raise ValueError("tallies were written to a file, not kept")
    problems = [str(problem) for problem in decisions.column("problem_id").to_pylist()]
    order = outcome.tallied.orders[task]
    return Recorded(
        task=task,
        kind=counts["kind"],
        profile=outcome.summary["provenance"]["profile"],
        table=AnswerTable.from_tallies(tallies, task, problems=problems, members=order),
        labelled=counts["labelled"],
        stop=policy_of(counts["stops"]),
        use={name: _use(counts["members"].get(name), per_request.get(name)) for name in order},
        texts={problem: text for (of, problem), text in texts.items() if of == task},
        sources=sources,
        notes=[*_notes(outcome), *_unlabelled(counts["labelled"], len(problems))],
        bad_share=outcome.bad_share,
    )


def _use(member: Mapping[str, Any] | None, per_request: float | None) -> MemberUse:
    if member is None:
        return MemberUse(0, None, None)
    prompt, completion = member["tokens"] or (None, None)
    return MemberUse(sum(member["samples"].values()), prompt, completion, per_request)


def _unlabelled(labelled: int, problems: int) -> list[str]:
    if labelled in {0, problems}:
        return []
    without = f"{problems - labelled:,} of {problems:,} problems have no reference answer"
    return [f"{without}: nothing is correct there; see --references, or leave them out"]


def _texts(inputs: Inputs) -> dict[tuple[str, str], str]:
    """The problems' texts that lie beside logs."""
    return {
        (recorded.task, recorded.problem.problem_id): recorded.problem.problem
        for log in inputs.samples
        if log.endswith(".jsonl")
        for recorded in read_problems(log)
    }


def _notes(outcome: Outcome) -> list[str]:
    count = outcome.bad.total()
    if not count:
        return []
    left = (
        "1 row could not be used and is"
        if count == 1
        else f"{count:,} rows could not be used and are"
    )
    first = outcome.bad_listed[0]
    return [f"{left} not counted ({outcome.bad_share:.2%}); the first: {first}"]

"""What a run that stopped early saved, beside one that asks all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from slm_mux.sampling.ports import PlanLike
from slm_mux.sampling.report import SamplingReport
from slm_mux.types import Member


@dataclass(frozen=True, slots=True)
class Savings:
    """`asked` of `samples` samples were asked in `requests` requests.

    All of them would have taken `all_requests`, where an endpoint can give several responses to
    one prompt one for each problem. `tokens` and `cost` (US dollars) are about what was saved,
    by the means of each member: None where a server does not tell what it used, or a price is not
    known. Below 0 is what prompts that were billed again cost more than the samples left out.
    """

    samples: int
    asked: int
    requests: int
    all_requests: int
    tokens: int | None
    cost: float | None

    def as_dict(self) -> dict[str, int | float | None]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}


def savings(plan: PlanLike, report: SamplingReport) -> Savings:
    """Weigh a run of `plan` that has ended."""
    members = {job.member.name: job.member for job in plan.jobs}
    samples: Counter[str] = Counter()
    prompts: Counter[str] = Counter()
    for job in plan.jobs:
        name = job.member.name
        samples[name] += len(job.indexes)
        prompts[name] += 1 if name in report.sharing else len(job.indexes)
    each = [_saved(m, samples[n], prompts[n], report) for n, m in members.items()]
    tokens, costs = [t for t, _ in each], [c for _, c in each]
    return Savings(
        samples=samples.total(),
        asked=report.samples + report.failed,
        requests=sum(use.requests for use in report.use.values()),
        all_requests=prompts.total(),
        tokens=None if None in tokens else round(sum(t for t in tokens if t is not None)),
        cost=None if None in costs else sum(c for c in costs if c is not None),
    )


def _saved(
    member: Member, samples: int, prompts: int, report: SamplingReport
) -> tuple[float | None, float | None]:
    """Tokens and US dollars; nothing is known of a member that was never asked."""
    use = report.use.get(member.name)
    if use is None or not use.requests:
        return None, None
    prompt = prompts * use.prompt - use.prompt_tokens
    completion = samples * use.response - use.completion_tokens
    cost = None if member.price is None else member.price.cost(prompt, completion)
    return prompt + completion, cost

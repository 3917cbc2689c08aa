"""Asks the judge, by the means that samples are asked for with: limits, retries, interruption."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from slm_mux.errors import LogError
from slm_mux.judging.cache import Identity, JudgeCache, Reply
from slm_mux.judging.prompt import PROMPT_VERSION, Question, judge_prompt, read_reply
from slm_mux.pool.local import LocalServers
from slm_mux.sampling.asked import asked_members
from slm_mux.sampling.engine import Engine
from slm_mux.sampling.plan import Job, Plan
from slm_mux.types import Decided, Member, Pool, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.sampling.ports import Observer
    from slm_mux.sampling.report import SamplingReport
    from slm_mux.sampling.settings import Settings
    from slm_mux.types import Kind, SampleRow

Keys = tuple[str, str]
"""The keys of a question: of the reference and of the answer."""

_CUT_OFF = "length"
_SAID = frozenset({"correct", "incorrect"})


class Ruling(NamedTuple):
    """The judge's verdict on one question; `limit` says why there is none."""

    verdict: Decided
    limit: str | None = None


@dataclass(slots=True)
class Judgement:
    """What came of all questions.

    `rulings` has one for each, by its keys. `cached` of them were answered from the cache,
    `too_long` were not asked. `report` has this run's tokens and cost; None: nothing was asked.
    """

    rulings: dict[Keys, Ruling] = field(default_factory=dict)
    asked: int = 0
    cached: int = 0
    too_long: int = 0
    report: SamplingReport | None = None

    @property
    def failed(self) -> int:
        """How many were asked in vain."""
        return sum(ruling.limit == "judge_failed" for ruling in self.rulings.values())


class Judge:
    """One model at one endpoint, its cache and how it is asked.

    `member.max_tokens` bounds a reply, reasoning included. Raises `PoolError` for a missing key
    or a bad address, before anything is asked.
    """

    def __init__(self, member: Member, kind: Kind, cache: JudgeCache, settings: Settings) -> None:
        self._member = member
        self._kind = kind
        self._cache = cache
        self._settings = replace(settings, preflight=False)
        self._pool = Pool((member,), source="--judge")
        self._engine: Engine | None = None
        if member.provider.base_url:  # a local model has no address yet
            asked_members(self._pool, [member.name])

    def stop(self) -> None:
        """Ask nothing more; `decide` returns with what it has."""
        if self._engine is not None:
            self._engine.stop()

    def recall(self, questions: Sequence[Question]) -> Judgement:
        """What the cache knows; questions that are too long are settled as such."""
        judgement = Judgement()
        for keys, question in _distinct(questions).items():
            if not question.is_short_enough:
                judgement.rulings[keys] = Ruling("undecided", "judge_length")
                judgement.too_long += 1
            elif (reply := self._recalled(question)) is not None:
                judgement.rulings[keys] = ruling_of(reply)
                judgement.cached += 1
        return judgement

    def _recalled(self, question: Question) -> Reply | None:
        """A reply that was cut off before it said anything is asked again if it may be longer."""
        reply = self._cache.get(self._identity(question))
        if reply is None or reply.finish_reason != _CUT_OFF or read_reply(reply.reply) in _SAID:
            return reply
        return reply if reply.max_tokens >= self._member.max_tokens else None

    def decide(self, questions: Sequence[Question], observer: Observer | None = None) -> Judgement:
        """Ask what the cache does not know, each question once; replies are kept as they come.

        Raises `LogError` where a reply cannot be kept.
        """
        judgement = self.recall(questions)
        missing = [q for k, q in _distinct(questions).items() if k not in judgement.rulings]
        judgement.asked = len(missing)
        if missing:
            with LocalServers(self._pool) as pool:
                self._ask(missing, pool, judgement, observer)
        return judgement

    def _ask(
        self,
        missing: Sequence[Question],
        pool: Pool,
        judgement: Judgement,
        observer: Observer | None,
    ) -> None:
        by_id = {self._name(q): q for q in missing}
        sink = _Replies(self, by_id)
        self._engine = Engine(pool, self._settings, sink, observer)
        judgement.report = asyncio.run(self._engine.run(self._plan(by_id, pool.members[0])))
        if judgement.report.log_error is not None:
            raise LogError(judgement.report.log_error)
        failed = Ruling("undecided", "judge_failed")
        for question in missing:
            judgement.rulings[question.keys] = sink.rulings.get(question.keys, failed)

    def _plan(self, by_id: dict[str, Question], member: Member) -> Plan:
        jobs = tuple(
            Job(member, Problem(name, ""), judge_prompt(question, self._kind), (0,))
            for name, question in by_id.items()
        )
        return Plan("judge", self._kind, jobs, asked=len(jobs), done=0, retries=0)

    def keep(self, question: Question, row: SampleRow) -> Ruling:
        """Keep the reply of a row."""
        usage = row["usage"]
        reply = Reply(
            row["response"],
            row["finish_reason"],
            self._member.max_tokens,
            usage["prompt_tokens"] if usage else 0,
            usage["completion_tokens"] if usage else 0,
            row["created"],
        )
        self._cache.put(self._identity(question), reply)
        return ruling_of(reply)

    def _identity(self, question: Question) -> Identity:
        provider = self._member.provider
        return Identity(
            self._member.model,
            provider.base_url or provider.name,
            PROMPT_VERSION,
            self._kind,
            question.reference_key,
            question.answer_key,
        )

    def _name(self, question: Question) -> str:
        return sha256(repr(self._identity(question)).encode()).hexdigest()


def _distinct(questions: Iterable[Question]) -> dict[Keys, Question]:
    """Each question once, in the spelling that comes first."""
    found: dict[Keys, Question] = {}
    for question in questions:
        found.setdefault(question.keys, question)
    return found


def ruling_of(reply: Reply) -> Ruling:
    """The verdict that a reply gives."""
    verdict = read_reply(reply.reply)
    return Ruling(verdict, None if verdict in _SAID else "judge_unclear")


class _Replies:
    """Where the engine's rows go: into the cache, before anything else is asked."""

    def __init__(self, judge: Judge, by_id: dict[str, Question]) -> None:
        self._judge = judge
        self._by_id = by_id
        self.rulings: dict[Keys, Ruling] = {}

    async def append(self, rows: Sequence[SampleRow]) -> None:
        await asyncio.to_thread(self._keep, rows)

    def _keep(self, rows: Sequence[SampleRow]) -> None:
        for row in rows:
            if row["error"] is None:
                question = self._by_id[row["problem_id"]]
                self.rulings[question.keys] = self._judge.keep(question, row)

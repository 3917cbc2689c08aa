"""Rows of the sample log, from what was asked and what came."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from slm_mux.sampling.outcome import Answer, Choice, Failure
from slm_mux.sampling.ports import JobLike
from slm_mux.sampling.redact import Redactor
from slm_mux.store.usage import split_usage
from slm_mux.types import Kind, SampleError, SampleRow, Usage


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes the rows of one task; no secret passes.

    Rows drawn by a rule that stops early say so (`stop`): which problems have more samples then
    depends on the answers.
    """

    task: str
    kind: Kind
    redact: Redactor
    stop: str = "none"

    def answered(  # noqa: PLR0913  # what a row records
        self,
        job: JobLike,
        indexes: Sequence[int],
        answer: Answer,
        *,
        pool_index: int,
        seed: int | None,
        latency: float,
    ) -> list[SampleRow]:
        """One row per index and choice; the usage is split so that its sums are exact."""
        given = answer.choices[: len(indexes)]
        common = self._common(job, pool_index, seed)
        common["request_id"] = self.redact(answer.request_id or uuid.uuid4().hex)
        common["latency_s"] = round(latency, 6)
        shares = split_usage(answer.usage, len(given))
        return [
            self._row(common, index, choice, usage)
            for index, choice, usage in zip(indexes, given, shares, strict=False)
        ]

    def failed(
        self, job: JobLike, indexes: Sequence[int], failure: Failure, *, pool_index: int
    ) -> list[SampleRow]:
        """One row per index of a call whose retries ran out."""
        error = SampleError(kind=failure.kind, status=failure.status, message=failure.message)
        common = self._common(job, pool_index, None)
        nothing = Choice(None, None, None)
        return [{**self._row(common, i, nothing, None), "error": error} for i in indexes]

    def _common(self, job: JobLike, pool_index: int, seed: int | None) -> SampleRow:
        choices = job.problem.choices
        common: SampleRow = {
            "task": self.task,
            "kind": self.kind,
            "problem_id": job.problem.problem_id,
            "model": job.member.name,
            "latency_s": None,
            "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request_id": None,
            "api_model": job.member.model,
            "params": job.member.params,
            "seed": seed,
            "prompt_sha256": job.prompt.sha256,
            "reference_answer": job.problem.reference_answer,
            "choices": None if choices is None else list(choices),
            "error": None,
            "pool_index": pool_index,
        }
        if self.stop != "none":
            common["stop"] = self.stop
        return common

    def _row(self, common: SampleRow, index: int, choice: Choice, usage: Usage | None) -> SampleRow:
        return {
            **common,
            "sample_index": index,
            "response": self.redact.optional(choice.response),
            "reasoning": self.redact.optional(choice.reasoning),
            "finish_reason": self.redact.optional(choice.finish_reason),
            "usage": usage,
        }

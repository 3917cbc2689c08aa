"""Made-up results files: our layout, and those of the published programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOWER = "9^{9^{9^9}}+"
"""With a number behind it: beyond every limit, so that only text or a judge tells two apart."""


def call(answer: str | None, **fields: Any) -> dict[str, Any]:
    """One call of a model, as our results have it."""
    about = {"round": 0, "raw_content": f"It is {answer}.", "extracted_answer": answer}
    return about | {"rule": "boxed", "state": "ok" if answer else "unparsed"} | fields


def entry(
    final: str | None, reference: str | None, *best: str | None, **fields: Any
) -> dict[str, Any]:
    """One problem of ours; `best` are the models' best answers, the first one is selected."""
    answers = best or (final,)
    models = [
        {"model_name": f"m{at}", "calls": [call(answer)], "best_answer": answer}
        for at, answer in enumerate(answers)
    ]
    about = {"problem_id": "p", "problem": "?", "reference_answer": reference, "models": models}
    return about | {"final_answer": final, "selected_model": "m0", "is_correct": None} | fields


def ours(*entries: dict[str, Any], kind: str = "math", **fields: Any) -> dict[str, Any]:
    """A whole file of ours."""
    return {
        "schema_version": 1,
        "task": "t",
        "settings": {"kind": kind},
        "results": entries,
    } | fields


def published(*entries: dict[str, Any]) -> dict[str, Any]:
    """A whole file of a published program."""
    return {"strategy": "mux", "problem_count": len(entries), "results": entries, "accuracy": 0.5}


def record(name: str, best: str, answers: Sequence[str]) -> dict[str, Any]:
    """One model's record in a published file."""
    calls = [{"round": at, "extracted_answer": answer} for at, answer in enumerate(answers)]
    return {"model_name": name, "calls": calls, "best_answer": best, "best_count": 1}


def write(path: Path, data: Any) -> Path:
    """Write a results file."""
    path.write_text(json.dumps(data), encoding="utf-8")
    return path

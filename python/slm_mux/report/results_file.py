"""A results file of `run`, `rescore` or `verify` → a task's record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slm_mux.errors import InputError
from slm_mux.report.fields import Fields
from slm_mux.report.model import Answered, Asked, TaskRecord, Verdict
from slm_mux.voting import AnswerTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from slm_mux.report.model import Samples

STATES = ("ok", "unparsed", "truncated", "failed")


def read_results_file(path: Path, data: Mapping[str, Any]) -> TaskRecord:
    """Read the entries of `data`, whose layout is known. Raises `InputError` naming the field."""
    figures = _figures(path, data)
    members = _pool(figures["settings"], data["results"])
    samples: Samples = {}
    asked: list[Asked] = []
    seen: set[str] = set()
    for at, raw in enumerate(data["results"]):
        entry = Fields(path, f"results[{at}]", raw)
        problem = _asked(entry)
        if problem.problem_id in seen:
            raise entry.wrong("problem_id", f"stands there twice: {problem.problem_id!r}")
        seen.add(problem.problem_id)
        asked.append(problem)
        samples |= {(problem.problem_id, name): rows for name, rows in _models(entry)}
    table = AnswerTable.from_samples(_rows(samples), problems=seen_order(asked), members=members)
    outcomes = _outcomes(table, figures["settings"])
    return TaskRecord(
        figures=figures,
        asked=asked,
        verdicts=[
            _verdict(Fields(path, f"results[{at}]", raw), samples, outcomes)
            for at, raw in enumerate(data["results"])
        ],
        table=table,
        anywhere={
            p for (p, _), rows in samples.items() if any(r.verdict == "correct" for r in rows)
        },
        samples_of=lambda wanted: {at: rows for at, rows in samples.items() if at[0] in wanted},
        single_samples=True,
        has_texts=True,
        text_size=sum(len(r.text or "") for rows in samples.values() for r in rows),
        caveats=_caveats(data),
    )


def seen_order(asked: Collection[Asked]) -> list[str]:
    """The problem ids, in order."""
    return [problem.problem_id for problem in asked]


def _figures(path: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    whole = Fields(path, "", data)
    settings = whole.mapping("settings")
    whole.text("task")
    models = [model for model in whole.sequence("models") if isinstance(model, dict)]
    figures = {name: value for name, value in data.items() if name != "results"}
    return figures | {
        "task": data.get("task") or "unnamed",
        "settings": settings,
        "models": models,
        "accuracy": whole.mapping("accuracy"),
    }


def _pool(settings: Mapping[str, Any], entries: Collection[Any]) -> list[str]:
    """The pool order as recorded, or as the entries name the models."""
    said = settings.get("pool_order")
    if isinstance(said, list) and all(isinstance(name, str) for name in said):
        return said
    return list(
        dict.fromkeys(
            str(model.get("model_name"))
            for entry in entries
            if isinstance(entry, dict)
            for model in entry.get("models") or ()
            if isinstance(model, dict)
        )
    )


def _asked(entry: Fields) -> Asked:
    choices = entry.sequence("choices") or None
    if choices is not None and not all(isinstance(choice, str) for choice in choices):
        raise entry.wrong("choices", "is not a list of texts")
    return Asked(
        entry.required_text("problem_id"),
        entry.text("problem"),
        entry.text("reference_answer"),
        choices,
    )


def _models(entry: Fields) -> Iterator[tuple[str, list[Answered]]]:
    verified = _verified(entry)
    for model in entry.items("models"):
        name = model.required_text("model_name")
        rows = [_sample(call, verified) for call in model.items("calls")]
        yield name, sorted(rows, key=lambda row: row.index)


def _verified(entry: Fields) -> dict[str, tuple[str, str | None]]:
    """Keys whose verdict `verify` found, with the rung: those of the best and final answers."""
    found: dict[str, tuple[str, str | None]] = {}
    said = entry.mapping("verification")
    models = said.get("models")
    if not isinstance(models, dict):
        return found
    for model in entry.items("models"):
        key, grade = model.text("best_key"), models.get(model.value.get("model_name"))
        if key is not None and isinstance(grade, dict) and isinstance(grade.get("verdict"), str):
            found[key] = grade["verdict"], _text(grade.get("stage"))
    final = entry.text("final_key")
    if final is not None and isinstance(said.get("verdict"), str):
        found[final] = said["verdict"], _text(said.get("stage"))
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _sample(call: Fields, verified: Mapping[str, tuple[str, str | None]]) -> Answered:
    key, state = call.text("key"), call.text("state")
    if state not in STATES:
        raise call.wrong("state", f"is none of {', '.join(STATES)}")
    if state == "ok" and key is None:
        raise call.wrong("key", "is missing, though the state is ok")
    verdict, stage = call.text("verdict"), call.text("stage")
    if state == "ok" and key is not None and key in verified:
        verdict, stage = verified[key]
    return Answered(
        index=call.index("round"),
        state=state,
        verdict=verdict,
        key=key,
        span=call.text("extracted_answer"),
        stage=stage,
        rule=call.text("rule"),
        text=call.text("raw_content"),
        note=_note(call),
    )


def _note(call: Fields) -> str | None:
    """What went wrong with a call, as one line."""
    error = call.mapping("error")
    if error:
        return " ".join(
            str(error[name]) for name in ("kind", "status", "message") if error.get(name)
        )
    return "cut off at the token limit" if call.text("finish_reason") == "length" else None


def _rows(samples: Samples) -> Iterator[dict[str, object]]:
    for (problem_id, model), rows in samples.items():
        for row in rows:
            yield {
                "problem_id": problem_id,
                "model": model,
                "sample_index": row.index,
                "key": row.key,
                "state": row.state,
                "correct": {"correct": True, "incorrect": False}.get(row.verdict or ""),
            }


def _outcomes(table: AnswerTable, settings: Mapping[str, Any]) -> dict[str, str]:
    """Why there is no answer, for the problems that have none."""
    selector = str(settings.get("selector") or "mux")
    try:
        decisions = table.select(selector)
    except InputError:  # one of a later version, or that wants more than the table
        decisions = table.select()
    return {d.problem_id: d.outcome for d in decisions if d.key is None}


def _verdict(entry: Fields, samples: Samples, outcomes: Mapping[str, str]) -> Verdict:
    problem_id = entry.required_text("problem_id")
    key, model = entry.text("final_key"), entry.text("selected_model")
    correct = entry.value.get("is_correct")
    outcome = "undecided" if correct is None else "correct" if correct is True else "incorrect"
    if key is None:
        outcome = outcomes.get(problem_id, "no_answer")
    own = [row for row in samples.get((problem_id, model or ""), ()) if row.key == key]
    return Verdict(
        answer=entry.text("final_answer"),
        key=key,
        model=model,
        confidence=entry.share("confidence"),
        reason=entry.text("reason") or "",
        outcome=outcome,
        stage=own[0].stage if own and key is not None else None,
        short=entry.value.get("short") is True,
    )


def _caveats(data: Mapping[str, Any]) -> list[str]:
    if isinstance(data.get("verification"), dict):
        return [
            (
                "verified anew: verdicts of selected and best answers are those of slm-mux verify, "
                "and of the samples that gave them; other samples keep the verdict they had"
            )
        ]
    return []

"""Small files in the layouts of other tools, made up, and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from slm_mux import importing
from slm_mux.importing.source import zipfile_module

Row = dict[str, Any]


def lines(path: Path, rows: Iterable[Any]) -> Path:
    """A JSONL file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def document(path: Path, value: Any, indent: int | None = 1) -> Path:
    """A JSON file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=indent), encoding="utf-8")
    return path


def parquet(path: Path, rows: list[Row]) -> Path:
    """A Parquet file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def archive(path: Path, members: Mapping[str, Any]) -> Path:
    """A zip archive of JSON members, each compressed with zstd."""
    zipfile = zipfile_module()
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_ZSTANDARD) as made:
        for name, value in members.items():
            made.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return path


def read(*paths: Path, **options: Any) -> tuple[list[Row], importing.Losses]:
    """All rows of the sources and what was lost."""
    losses = importing.Losses()
    rows = [dict(row) for row in importing.read(paths, losses=losses, **options)]
    json.dumps(rows)  # plain data
    return rows, losses


def layout(path: Path) -> str | None:
    """The name of the layout that a source is told to be of."""
    found = importing.detect(path)
    return None if found is None else found.name


def samples(rows: Iterable[Row]) -> dict[tuple[str, str, int], str | None]:
    """The responses by model, problem and index."""
    return {(r["model"], r["problem_id"], r["sample_index"]): r["response"] for r in rows}


def lm_eval_doc(doc_id: int = 0, *texts: Any, **fields: Any) -> Row:
    """One document of lm-eval under one filter."""
    return {
        "doc_id": doc_id,
        "doc": {"question": f"What is {doc_id} + 1?", "answer": f"#### {doc_id + 1}"},
        "target": f"#### {doc_id + 1}",
        "arguments": {"gen_args_0": {"arg_0": "Q", "arg_1": {"until": ["Q:"]}}},
        "resps": [list(texts) or [f"It is {doc_id + 1}."]],
        "filtered_resps": ["[invalid]"],
        "filter": "strict-match",
        "metrics": ["exact_match"],
        "prompt_hash": "ab" * 32,
        "exact_match": 0.0,
    } | fields


def inspect_sample(name: Any = 1, epoch: int = 1, text: Any = "ANSWER: 2", **fields: Any) -> Row:
    """One sample of an inspect log."""
    message = {"role": "assistant", "content": text}
    return {
        "id": name,
        "epoch": epoch,
        "input": "What is 1 + 1?",
        "target": "2",
        "output": {
            "model": "small-2b",
            "choices": [{"message": message, "stop_reason": "stop"}],
            "usage": {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10},
        },
        "scores": {"match": {"value": "C", "answer": "2"}},
    } | fields


INSPECT_HEADER = {
    "version": 2,
    "status": "success",
    "eval": {
        "task": "sums",
        "model": "maker/small-2b",
        "model_generate_config": {"temperature": 0.5},
    },
}


def nemo(problem: str, text: str = "so 2", **fields: Any) -> Row:
    """One line of a NeMo-Skills output."""
    return {
        "problem": problem,
        "expected_answer": "2",
        "generation": text,
        "predicted_answer": "2",
        "symbolic_correct": True,
        "num_generated_tokens": 9,
        "finish_reason": "stop",
    } | fields


def batched(custom_id: str, *texts: str | None, **fields: Any) -> Row:
    """One line of a batch's output."""
    choices = [
        {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        for i, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    body = {"model": "small-2b", "choices": choices, "usage": usage}
    response = {"status_code": 200, "request_id": "r1", "body": body}
    return {"id": "b", "custom_id": custom_id, "response": response, "error": None} | fields


def parsed(number: int, gold: str, *answers: Any) -> Row:
    """One problem with the answers that were parsed from its samples."""
    return {
        "problem_num": number,
        "gold_answer": gold,
        "all_answers": [[answer, 100 + at] for at, answer in enumerate(answers)],
    }


def evalscope_prediction(index: int, asked: str, text: str, **fields: Any) -> Row:
    """One prediction of EvalScope."""
    return {
        "index": index,
        "model": "small-2b",
        "model_output": {
            "choices": [{"message": {"content": text}, "stop_reason": "max_tokens"}],
            "usage": {"input_tokens": 4, "output_tokens": 2, "total_tokens": 6},
        },
        "messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": text}],
    } | fields


def evalscope_review(index: int, group: int | None, number: int | None, text: str = "") -> Row:
    """The review of one prediction of EvalScope."""
    score = {"value": {"acc": 1.0}, "extracted_prediction": "2", "prediction": text}
    return {
        "index": index,
        "input": "",
        "target": "2",
        "sample_score": {
            "sample_id": index,
            "group_id": group,
            "generation_index": number,
            "score": score,
        },
    }

"""Any field may hold anything: that gives rows, a bad record or one clear line, nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from importing.builders import (
    INSPECT_HEADER,
    archive,
    batched,
    document,
    evalscope_prediction,
    evalscope_review,
    inspect_sample,
    layout,
    lines,
    lm_eval_doc,
    nemo,
    parsed,
    read,
)
from results_files import call, entry, ours
from sample_rows import make_row
from slm_mux.errors import InputError
from slm_mux.importing import Losses, to_lm_eval, to_parquet

ANYTHING: tuple[Any, ...] = (
    None, True, -1, 3, 10**30, 1.5, float("nan"), "", "x", "#1", "{", [], [None], [[]], [3], ["y"],
    {}, {"a": 1}, {"text": 3}, [{}], "\ud800",
)  # fmt: skip

COLUMNS = {
    "problem": "?",
    "choices": ["a", "b"],
    "answer": 1,
    "generations": ["x", {"text": "y", "usage": {"prompt_tokens": 1, "completion_tokens": 2}}],
    "finish_reasons": ["stop", "length"],
    "correctness": [True, False],
    "metadata": {"id": 1},
}
LIGHTEVAL = {
    "doc": {"query": "?", "choices": ["a", "b"], "gold_index": [0]},
    "model_response": {"text": ["x"], "reasonings": ["y"], "input_tokens": [1],
                       "output_tokens": [[1]]},
}  # fmt: skip
OPENCOMPASS = {"idx": 0, "origin_prompt": [{"prompt": "?"}], "prediction": "x", "gold": "y"}
COLLECTION = {"problem": "?", "reference_answer": "7", "samples": [{"model_response": "7"}]}
LINES = {
    "slm-mux": make_row(0, error={"kind": "k", "status": 1, "message": "m"}, choices=["a"]),
    "lm-eval": lm_eval_doc(0, "a", "b", doc={"choices": ["a", "b"], "question": "?"}),
    "batch": batched("p#1", "a"),
    "nemo-skills": nemo("?", _full_generation="x", options=["a"], id=3, _async_position=2),
    "parsed": parsed(0, "2", "2", "3"),
    "columns": COLUMNS,
    "lighteval": LIGHTEVAL,
    "evalscope": evalscope_prediction(0, "?", "x"),
    "opencompass": OPENCOMPASS,
}
DOCUMENTS = {
    "inspect": INSPECT_HEADER
    | {"samples": [inspect_sample(text=[{"type": "text", "text": "x"}], choices=["a"])]},
    "results": ours(entry("7", "7", models=[{"model_name": "m", "calls": [call("7")]}])),
    "opencompass": {"0": OPENCOMPASS, "1": OPENCOMPASS},
}


def spoiled(value: Any) -> Iterator[Any]:
    """`value` with each of its parts replaced by anything, or taken away."""
    for path in _paths(value, ()):
        for thing in ANYTHING:
            changed = copy.deepcopy(value)
            inside = _inside(changed, path[:-1])
            inside[path[-1]] = thing
            yield changed
        changed = copy.deepcopy(value)
        del _inside(changed, path[:-1])[path[-1]]
        yield changed


def _paths(value: Any, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield (*above, key)
        yield from _paths(value[key], (*above, key))


def _inside(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _bear(path: Path, name: str, folder: Path) -> None:
    """Read a file in every way; only a clear line may come."""
    try:
        layout(path)
        rows, _ = read(path, layout=name)
    except InputError as error:
        assert str(error).startswith(str(folder)), str(error)  # noqa: PT017
        return
    if name != "slm-mux":  # whose rows pass through as they are
        return
    try:
        to_lm_eval.write(folder / "out", iter(rows), Losses(), overwrite=True)  # type: ignore[arg-type]
        to_parquet.write(folder / "x.parquet", iter(rows), Losses(), overwrite=True)  # type: ignore[arg-type]
    except InputError as error:
        pytest.fail(f"{error}: {json.dumps(rows)}")


@pytest.mark.parametrize("name", LINES)
def test_lines(tmp_path: Path, name: str) -> None:
    for record in spoiled(LINES[name]):
        _bear(lines(tmp_path / "m/x.jsonl", [record]), name, tmp_path)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(tmp_path: Path, name: str) -> None:
    for data in spoiled(DOCUMENTS[name]):
        _bear(document(tmp_path / "x.json", data), name, tmp_path)


def test_collections(tmp_path: Path) -> None:
    for data in spoiled({"responses": [COLLECTION], "accuracy": 1}):
        _bear(document(tmp_path / "x.json", data), "results", tmp_path)


def test_members_of_archives(tmp_path: Path) -> None:
    for header in spoiled(INSPECT_HEADER):
        members = {"header.json": header, "samples/1_epoch_1.json": inspect_sample()}
        _bear(archive(tmp_path / "x.eval", members), "inspect", tmp_path)


def test_reviews(tmp_path: Path) -> None:
    lines(tmp_path / "predictions/m/x.jsonl", [evalscope_prediction(0, "?", "x")])
    for review in spoiled(evalscope_review(0, 0, 0, "x")):
        lines(tmp_path / "reviews/m/x.jsonl", [review])
        _bear(tmp_path / "predictions/m/x.jsonl", "evalscope", tmp_path)
        _bear(tmp_path / "reviews/m/x.jsonl", "evalscope", tmp_path)

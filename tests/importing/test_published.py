"""Results and collection files, ours and the published programs'."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_helpers import slm_mux
from importing.builders import document, layout, lines, read, samples
from results_files import call, entry, ours, published
from sample_rows import make_row

CALLS = [
    {"round": 1, "raw_content": r"\boxed{7}", "extracted_answer": "7", "prompt": "?",
     "token_usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}},
    {"round": 2, "raw_content": "no idea", "extracted_answer": ""},
]  # fmt: skip
RESULT = {
    "problem": "What is 3 + 4?",
    "reference_answer": "7",
    "final_answer": "7",
    "model_records": [{"model_name": "org/a", "calls": CALLS}, {"model_name": "b", "calls": CALLS}],
}


@pytest.mark.parametrize("indent", [1, None])
def test_a_published_result_file(tmp_path: Path, indent: int | None) -> None:
    path = document(tmp_path / "math.json", published(RESULT), indent)
    assert layout(path) == "results"
    rows, _ = read(path)
    assert [(r["model"], r["sample_index"]) for r in rows] == [
        ("org/a", 0), ("org/a", 1), ("b", 0), ("b", 1),
    ]  # fmt: skip
    row = rows[0]
    assert (row["response"], row["prior_answer"]) == (r"\boxed{7}", "7")
    assert (row["kind"], row["reference_answer"]) == ("math", "7")
    assert row["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def test_gpqa_and_gsm8k_tell_their_kind(tmp_path: Path) -> None:
    gpqa = {k: v for k, v in RESULT.items() if k != "reference_answer"}
    gpqa |= {"correct_answer": "B", "question": gpqa.pop("problem")}
    gsm8k = RESULT | {"question": "?"}
    for about, kind in ((gpqa, "choice"), (gsm8k, "number")):
        rows, _ = read(document(tmp_path / f"{kind}.json", published(about)))
        assert {r["kind"] for r in rows} == {kind}


def test_our_own_results(tmp_path: Path) -> None:
    calls = [call("7", round=2, raw_content="7!", verdict="correct", finish_reason="stop")]
    one = entry("7", "7", models=[{"model_name": "m0", "calls": calls}])
    path = document(tmp_path / "r.json", ours(one, kind="number"))
    rows, _ = read(path)
    assert samples(rows) == {("m0", "p", 2): "7!"}
    assert (rows[0]["task"], rows[0]["kind"], rows[0]["prior_verdict"]) == (
        "t",
        "number",
        "correct",
    )


@pytest.mark.parametrize("indent", [1, None])
def test_what_rescore_writes(tmp_path: Path, indent: int | None) -> None:
    log = lines(tmp_path / "log.jsonl", [make_row(i) for i in range(3)])
    scored = slm_mux("rescore", log, "--output", "r.json", cwd=tmp_path)
    assert scored.returncode == 0, scored.stderr
    path = document(tmp_path / "again.json", json.loads((tmp_path / "r.json").read_text()), indent)
    rows, _ = read(path)
    assert samples(rows) == samples(read(log)[0])


def test_a_collection_is_named_after_its_file(tmp_path: Path) -> None:
    given = [
        {"round": at, "model_response": text, "extracted_answer": text, "is_correct": at == 0}
        for at, text in enumerate(("7", "8"))
    ]
    response = {"problem": "What is 3 + 4?", "reference_answer": "7", "samples": given}
    data = {"responses": [response], "num_samples": 2, "accuracy": 0.5}
    path = document(tmp_path / "org_small-2b.json", data)
    assert layout(path) == "results"
    rows, losses = read(path, task="math")
    assert [(r["model"], r["response"]) for r in rows] == [
        ("org/small-2b", "7"),
        ("org/small-2b", "8"),
    ]
    assert [r["prior_verdict"] for r in rows] == ["correct", "incorrect"]
    assert losses.named["models named after files or folders (--model overrides)"]


def test_the_same_problem_has_one_id_in_all_files(tmp_path: Path) -> None:
    for name in "ab":
        response = {"problem": "?", "reference_answer": "7", "samples": [{"model_response": "7"}]}
        document(tmp_path / f"{name}.json", {"responses": [response]})
    rows, _ = read(tmp_path, task="math")
    assert len({r["problem_id"] for r in rows}) == 1
    assert {r["model"] for r in rows} == {"a", "b"}


def test_a_folder_of_collections_is_one_task_with_a_pool(tmp_path: Path) -> None:
    for name in ("org_small", "org_large"):
        response = {"problem": "?", "reference_answer": "7", "samples": [{"model_response": "7"}]}
        document(tmp_path / "math_collection" / f"{name}.json", {"responses": [response]})
    done = slm_mux("rescore", "math_collection", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (task,) = json.loads(done.stdout)["tasks"]
    assert task["task"] == "math_collection"
    rows, losses = read(*(tmp_path / "math_collection").iterdir())
    assert {(r["task"], r["model"]) for r in rows} == {
        ("math_collection", "org/small"), ("math_collection", "org/large"),
    }  # fmt: skip
    named = losses.named["tasks named after files or folders (--task overrides)"]
    assert list(named) == ["math_collection"]


def test_an_entry_of_a_wrong_type_is_passed_over(tmp_path: Path) -> None:
    path = document(tmp_path / "r.json", published(RESULT, RESULT | {"model_records": 3}))
    rows, losses = read(path)
    assert len(rows) == 4
    assert losses.bad_records == [f"{path}, results:2: field models is not a list"]

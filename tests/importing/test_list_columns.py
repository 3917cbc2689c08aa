"""Data sets of generations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import slm_mux as slm_mux_package
from cli_helpers import slm_mux
from importing.builders import Row, document, layout, lines, parquet, read
from sample_rows import make_row
from slm_mux.importing import set_columns
from slm_mux.scoring.bulk.references import references

ROWS: list[dict[str, Any]] = [
    {
        "problem": "What is 1 + 1?",
        "answer": "2",
        "uuid": "u1",
        "generations": ["two", "2", None],
        "is_reasoning_complete": [True, False, True],
        "correctness_math_verify": [True, False, False],
    },
    {"problem": "And 2 + 2?", "answer": "4", "uuid": "u2", "generations": ["4"],
     "is_reasoning_complete": [True], "correctness_math_verify": None},
    {"problem": "And 3 + 3?", "answer": "6", "uuid": "u3", "generations": None,
     "is_reasoning_complete": None, "correctness_math_verify": None},
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "name"),
    [(lines, "s.jsonl"), (parquet, "s.parquet"), (document, "s.json")],
)
def test_ragged_lists_and_null_ones(
    tmp_path: Path, write: Callable[[Path, Any], Path], name: str
) -> None:
    path = write(tmp_path / name, ROWS)
    assert layout(path) == "columns"
    rows, losses = read(path, model="m", task="sums", kind="math")
    assert [(r["problem_id"], r["sample_index"], r["response"]) for r in rows] == [
        ("u1", 0, "two"), ("u1", 1, "2"), ("u1", 2, None), ("u2", 0, "4"),
    ]  # fmt: skip
    assert [r["finish_reason"] for r in rows] == [None, "length", None, None]
    assert rows[0]["prior_verdict"] == "correct"
    assert losses.notes["data set: rows whose generations are null"] == 1
    assert losses.notes["data set: null responses in generations"] == 1


def test_a_null_list_may_come_first(tmp_path: Path) -> None:
    path = lines(tmp_path / "s.jsonl", ROWS[::-1])
    assert layout(path) == "columns"
    rows, _ = read(path, model="m", task="sums", kind="math")
    assert [(r["problem_id"], r["response"]) for r in rows] == [
        ("u2", "4"), ("u1", "two"), ("u1", "2"), ("u1", None),
    ]  # fmt: skip


def test_one_response_a_row_is_grouped_by_problem(tmp_path: Path) -> None:
    rows = [
        {"problem": p, "generated_solution": s, "expected_answer": "2", "generation_model": m}
        for p, s, m in (("?", "a", "x"), ("!", "b", "x"), ("?", "c", "x"), ("?", "d", "y"))
    ]
    found, _ = read(lines(tmp_path / "set.jsonl", rows))
    assert [(r["model"], r["sample_index"], r["response"]) for r in found] == [
        ("x", 0, "a"), ("x", 0, "b"), ("x", 1, "c"), ("y", 0, "d"),
    ]  # fmt: skip
    assert found[0]["problem_id"] == found[2]["problem_id"] != found[1]["problem_id"]


def test_a_response_a_row_with_its_task_and_number(tmp_path: Path) -> None:
    row = {"bench": "sums", "qid": "q1", "model": "m", "sample": 4, "gold": "2", "response": "so 2"}
    ((found),), losses = read(lines(tmp_path / "set.jsonl", [row]))
    assert (found["task"], found["problem_id"], found["sample_index"]) == ("sums", "q1", 4)
    assert "tasks named after files or folders (--task overrides)" not in losses.named


def test_shards_are_one_set(tmp_path: Path) -> None:
    for number in range(2):
        row = {"problem": "?", "answer": "2", "generations": [f"{number}", "2"]}
        lines(tmp_path / f"aime24-0000{number}-of-00002.jsonl", [row])
    found, losses = read(tmp_path)
    assert [(r["task"], r["model"], r["sample_index"], r["response"]) for r in found] == [
        ("unnamed", "aime24", 0, "0"), ("unnamed", "aime24", 1, "2"),
        ("unnamed", "aime24", 2, "1"), ("unnamed", "aime24", 3, "2"),
    ]  # fmt: skip
    assert {r["kind"] for r in found} == {"math"}
    assert "data set: aime24: answers taken to be of kind math" in losses.notes
    assert "data set: rows that name no task are of 'unnamed' (--task)" in losses.notes


def test_rows_without_a_number_come_after_those_that_have_one(tmp_path: Path) -> None:
    row: Row = {"id": "p", "model": "a", "kind": "math", "answer": "2"}
    numbers = [None, 3, None, 0]
    some = [row | {"generation": f"{n}", "epoch": n} for n in numbers]
    lines(tmp_path / "a.jsonl", some[:3])
    lines(tmp_path / "b.jsonl", some[3:])
    found, losses = read(tmp_path)
    assert [(r["sample_index"], r["response"]) for r in found] == [
        (4, "None"), (3, "3"), (5, "None"), (0, "0"),
    ]  # fmt: skip
    assert losses.records == 4


def test_a_row_may_have_its_responses_in_another_column(tmp_path: Path) -> None:
    about = {"problem": "?", "answer": "2", "kind": "math", "model": "m"}
    some: list[dict[str, Any]] = [
        {"generations": [{"text": "1"}]}, {"responses": ["2"]}, {"completion": "3"},
        {"generations": None},
    ]  # fmt: skip
    for order in (some, some[::-1]):
        found, losses = read(lines(tmp_path / "set.jsonl", [about | row for row in order]))
        assert sorted(r["response"] or "" for r in found) == ["1", "2", "3"]
        assert not losses.bad


def test_samples_without_a_reference_are_known_by_their_model(tmp_path: Path) -> None:
    row = {"task": "t", "kind": "math", "model": "a", "problem_id": "1", "response": "so 2"}
    document(tmp_path / "set.json", [row])
    ((found),), _ = read(tmp_path / "set.json")
    assert (found["model"], found["response"], found["reference_answer"]) == ("a", "so 2", None)


@pytest.mark.parametrize(
    "choices", [{"text": ["x", "y"], "label": ["A", "B"]}, [{"text": "x"}] * 2]
)
def test_options_that_are_objects_are_read_either_way(tmp_path: Path, choices: Any) -> None:
    row = {"task": "t", "kind": "choice", "model": "a", "problem_id": "1", "choices": choices}
    row |= {"response": "Answer: B", "reference_answer": "B"}
    lines(tmp_path / "set.jsonl", [row])
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "set.parquet")
    for name in ("set.jsonl", "set.parquet"):
        done = slm_mux("rescore", name, "-o", "out", "--json", cwd=tmp_path)
        (task,) = json.loads(done.stdout)["tasks"]
        assert task["accuracy"]["value"] == 1, name


def test_ids_that_columns_made_floats(tmp_path: Path) -> None:
    row = {"kind": "math", "model": "a", "response": "so 2", "answer": "2"}
    rows = [row | {"problem_id": name} for name in (0.0, 1.5, 0)]
    found, _ = read(lines(tmp_path / "set.jsonl", rows))
    assert [r["problem_id"] for r in found] == ["0", "1.5", "0"]


def test_responses_that_are_objects(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    item = {"text": "so 2", "finish_reason": "length", "usage": usage, "reasoning": "hm"}
    row = {"id": 7, "text": "?", "metadata": {"rollout_results": [item], "answer": "2"}}
    ((found),), _ = read(lines(tmp_path / "set.jsonl", [row]))
    assert (found["response"], found["reasoning"]) == ("so 2", "hm")
    assert (found["finish_reason"], found["usage"]["total_tokens"]) == ("length", 3)
    assert (found["problem_id"], found["reference_answer"]) == ("7", "2")


def test_a_column_of_a_wrong_type_is_named(tmp_path: Path) -> None:
    path = lines(tmp_path / "s.jsonl", [ROWS[0], ROWS[1] | {"generations": 4}])
    rows, losses = read(path)
    assert len(rows) == 3
    assert losses.bad_records == [f"{path}:2: field generations is not a list"]


def test_a_parquet_file_that_is_cut_short(tmp_path: Path) -> None:
    path = parquet(tmp_path / "s.parquet", ROWS)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Exception, match=r"s\.parquet: cannot be read: Parquet") as caught:
        read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "row",
    [
        {"idx": 1, "question": "?", "gt": "7", "code": [r"\boxed{7}", "8"]},
        {"id": "a", "text": "?", "metadata": {"answer": "7",
                                              "rollout_results": [{"text": "7"}, {"text": "8"}]}},
        {"instruction": "?", "answer": "7", "responses": ["7", "8"]},
        {"id": "a", "answer": "7", "completions": [{"text": "7"}, {"text": "8"}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_rescore_reads_what_convert_reads(tmp_path: Path, row: Row, ending: str) -> None:
    if ending == "json":
        document(tmp_path / "x.json", [row])
    else:
        lines(tmp_path / "x.jsonl", [row])
    done = slm_mux("rescore", f"x.{ending}", "--kind", "math", "-o", "out", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"]["rows"] == 2


@pytest.mark.parametrize(
    "about",
    [
        {"is_reasoning_complete": [True, False]},
        {"is_reasoning_complete": [True, False], "finish_reasons": None},
        {"generation": "9", "finish_reasons": ["stop", "length"]},
        {"generations": [{"text": "7", "finish_reason": "stop"},
                         {"text": "I think that", "finish_reason": "length"}]},
        {"answer": ["7"], "finish_reasons": ["stop", "length"]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("write", [lines, parquet])
def test_rescore_counts_what_convert_counts(
    tmp_path: Path, about: Row, write: Callable[[Path, Any], Path]
) -> None:
    row: Row = {"uuid": "a", "problem": "?", "answer": "7", "generations": ["7", "I think that"]}
    write(tmp_path / "x", [row | {"model": "m", "task": "t"} | about])
    made = slm_mux("convert", "x", "--kind", "math", "-o", "log.jsonl", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    models = []
    for source in ("x", "log.jsonl"):
        done = slm_mux("rescore", source, "--kind", "math", "-o", "o", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        models.append(json.loads(done.stdout)["tasks"][0]["models"])
    assert models[0] == models[1]
    counts = models[0][0]["samples"]
    assert (counts["correct"], counts["truncated"], counts["unparsed"]) == (1, 1, 0)


def _figures(folder: Path, source: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a scoring and the figures of its only task."""
    done = slm_mux("rescore", source, "-o", "o", "--json", cwd=folder)
    assert done.returncode < 2, done.stderr
    (figures,) = json.loads(done.stdout)["tasks"]
    return done.returncode, figures


FAILED = {"kind": "status", "status": 500, "message": "x"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


@pytest.mark.parametrize(
    "about",
    [
        {"usage": USAGE},
        {"num_generated_tokens": 4, "input_tokens": 3},
        {"token_usage": {"input_tokens": 3, "output_tokens": 4}},
        {"error": FAILED, "response": None},
        {"error": "none came"},
        {"response": None, "finish_reason": "length"},
        {"response": "hm", "finish_reason": "MAX_TOKENS"},
        {"response": "hm", "stop_reason": "max_tokens"},
        {"response": ["7", None], "error": "none came"},
        {"response": ["7", "8"], "usage": USAGE},
        {"stop": "unanimous", "usage": USAGE},
        {"params": {"temperature": 0.5}, "api_model": "org/m", "pool_index": 3},
        {"kind": "choice", "choices": ["x", "y"], "response": "Answer: B", "answer": 1},
    ],
)
def test_what_rows_tell_beside_responses_goes_along(tmp_path: Path, about: Row) -> None:
    plain: Row = {"task": "t", "kind": "math", "model": "m", "answer": "7", "response": "7"}
    told = plain | about
    if isinstance(told["response"], list):
        told["responses"] = told.pop("response")
        plain["responses"] = [plain.pop("response")]
    lines(tmp_path / "x.jsonl", [told | {"qid": "a"}, (told | plain) | {"qid": "b"}])
    made = slm_mux("convert", "x.jsonl", "-o", "log.jsonl", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "left out" not in made.stderr
    assert _figures(tmp_path, "x.jsonl") == _figures(tmp_path, "log.jsonl")


def test_fields_of_other_meaning_are_left_out_aloud(tmp_path: Path) -> None:
    row = {"qid": "a", "answer": "7", "response": "7", "stop": ["Q:"], "params": "7B", "kind": "x"}
    ((found,), losses) = read(lines(tmp_path / "x.jsonl", [row]), kind="math")
    assert (found.get("stop"), found.get("params"), found["kind"]) == (None, None, "math")
    told = "data set: a field is left out: field"
    assert losses.notes[f"{told} params is not an object"] == 1
    assert losses.notes[f"{told} stop is none of none, unanimous, lossless"] == 1


NAMES = {
    "problem_id": set_columns.IDS,
    "task": set_columns.TASKS,
    "model": set_columns.MODELS,
    "response": set_columns.SINGLES,
    "reference_answer": set_columns.REFERENCES,
}


@pytest.mark.parametrize("role", NAMES)
def test_of_several_names_the_same_counts_wherever_rows_are_read(tmp_path: Path, role: str) -> None:
    rules = slm_mux_package.Rules(kind="math")
    plain: Row = {"task": "t", "model": "m", "problem_id": "a", "reference_answer": "7",
                  "response": "7"}  # fmt: skip
    del plain[role]
    names = [name for name in NAMES[role] if name not in set_columns.NOT_SCANNED]
    for first in range(len(names)):
        row = plain | {name: str(at) for at, name in enumerate(names) if at >= first}
        path = lines(tmp_path / "x.jsonl", [row])
        ((imported,), _) = read(path, kind="math", layout="columns")
        batch = pa.RecordBatch.from_pylist([row])
        parts = slm_mux_package.tally(batch, rules, file=0, first=0)
        (tally,) = pa.table(slm_mux_package.merge([parts], rules).finish().tallies).to_pylist()
        scanned = tally["exemplar" if role == "response" else role]
        assert imported[role] == scanned == str(first), row


@pytest.mark.parametrize("reasons", [["length"], ["length"] * 3, "length"])
@pytest.mark.parametrize("write", [lines, parquet])
def test_reasons_that_are_no_longer_told_apart(
    tmp_path: Path, reasons: object, write: Callable[[Path, Any], Path]
) -> None:
    row: Row = {"uuid": "a", "problem": "?", "answer": "7", "generations": ["I think that"] * 2}
    write(tmp_path / "x", [row | {"model": "m", "task": "t", "finish_reasons": reasons}])
    made = slm_mux("convert", "x", "--kind", "math", "-o", "log.jsonl", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    for source in ("x", "log.jsonl"):
        done = slm_mux("rescore", source, "--kind", "math", "-o", "o", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        counts = json.loads(done.stdout)["tasks"][0]["models"][0]["samples"]
        cut_off = 2 if isinstance(reasons, str) else 0
        assert (counts["truncated"], counts["unparsed"]) == (cut_off, 2 - cut_off)


@pytest.mark.parametrize("choices", [None, ["red", "gr\xfcn"]])
@pytest.mark.parametrize("write", [lines, parquet])
def test_a_problem_without_an_id_is_one_however_it_is_read(
    tmp_path: Path, choices: list[str] | None, write: Callable[[Path, Any], Path]
) -> None:
    kind, answer = ("choice", "A") if choices else ("math", "7")
    row: Row = {"task": "t", "model": "m", "problem": "W\xe4s?", "answer": answer,
                "choices": choices, "generations": ["A or 7"]}  # fmt: skip
    write(tmp_path / "x", [row])
    write(tmp_path / "y", [{"solutions" if k == "generations" else k: v for k, v in row.items()}])
    made = slm_mux("convert", "x", "--kind", kind, "-o", "log.jsonl", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    ids = set()
    for source in ("x", "y", "log.jsonl"):
        done = slm_mux("rescore", source, "--kind", kind, "-o", "o", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        ids |= set(pq.read_table(tmp_path / "o/decisions.parquet")["problem_id"].to_pylist())
    (found,) = ids
    text = "\0".join(("W\xe4s?", *(choices or ())))
    assert found == f"text:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    asked = {"problem": "W\xe4s?", "answer": answer} | ({"choices": choices} if choices else {})
    (tmp_path / "asked.jsonl").write_text(json.dumps(asked))
    known = references(tmp_path / "asked.jsonl", kind)  # type: ignore[arg-type]
    assert [one.problem_id for one in known] == [f"asked-{found.removeprefix('text:')}", found]


def test_an_array_of_our_rows_is_read(tmp_path: Path) -> None:
    document(tmp_path / "log.json", [make_row(0), make_row(1)])
    for output in ("out", "r.json"):
        done = slm_mux("rescore", "log.json", "-o", output, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ({"problem_id": "a", "response": "7"}, "--model NAME"),
        ({"a": 1}, "slm-mux convert"),
    ],
)
def test_rows_that_lack_a_field_are_told_what_to_do(tmp_path: Path, row: Row, hint: str) -> None:
    lines(tmp_path / "x.jsonl", [row])
    done = slm_mux("rescore", "x.jsonl", "--kind", "math", "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert hint in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_set_that_names_no_model_is_scored_either_way(tmp_path: Path) -> None:
    row = {"problem_id": "a", "problem": "?", "answer": "7", "generations": ["7", "8"]}
    lines(tmp_path / "x.jsonl", [row])
    for model, options in (("x", ()), ("m", ("--model", "m"))):
        found = []
        for output in ("out", "r.json"):
            asked = ("--kind", "math", *options, "-o", output, "--json")
            done = slm_mux("rescore", "x.jsonl", *asked, cwd=tmp_path)
            assert done.returncode == 0, done.stderr
            found.append(json.loads(done.stdout))
        assert [one["name"] for one in found[0]["tasks"][0]["models"]] == [model]
        assert [one["name"] for one in found[1]["models"]] == [model]


def test_a_problem_without_a_sample_stays_in_the_denominator(tmp_path: Path) -> None:
    given: list[Row] = [
        {"task": "t", "id": str(at), "problem": f"{at}?", "answer": "7", "model": "m",
         "generations": texts}
        for at, texts in enumerate((["7"], ["7", "8"], [], None))
    ]  # fmt: skip
    parquet(tmp_path / "x.parquet", given)
    renamed = [{"code" if k == "generations" else k: v for k, v in row.items()} for row in given]
    lines(tmp_path / "x.jsonl", renamed)
    for name in ("x.parquet", "x.jsonl"):
        made = slm_mux("convert", name, "--kind", "math", "-o", f"{name}.log.jsonl", cwd=tmp_path)
        assert "which count as asked (2)" in made.stderr
        for source in (name, f"{name}.log.jsonl"):
            for output in ("out", "r.json"):
                done = slm_mux(
                    "rescore", source, "--kind", "math", "-o", output, "--json", cwd=tmp_path
                )
                assert done.returncode == 1, done.stderr  # fewer samples than asked for
                found = json.loads(done.stdout)
                (task,) = found.get("tasks", [found])
                assert task["accuracy"]["n"] == 4
    lost = slm_mux("convert", "x.jsonl", "--to", "parquet", "-o", "lost.parquet", cwd=tmp_path)
    assert "problems without a sample are lost: only a sample log keeps them" in lost.stderr


def test_what_is_lost_is_told_by_results_too(tmp_path: Path) -> None:
    row = {"problem": "?", "answer": "7", "id": "a", "code": ["7"]}
    lines(tmp_path / "x.jsonl", [row, row | {"id": "b", "code": 3}])
    done = slm_mux("rescore", "x.jsonl", "--kind", "math", "-o", "r.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "slm-mux: x.jsonl:2: field code is not a list" in done.stderr
    assert "models named after files" in done.stderr


def test_errors_name_the_file_that_was_given(tmp_path: Path) -> None:
    row = make_row(0)
    document(tmp_path / "x.json", [row, row | {"response": "another"}, row | {"task": "t"}])
    several = slm_mux("rescore", "x.json", "-o", "r.json", cwd=tmp_path)
    assert several.stderr.startswith("slm-mux: x.json: rows of several tasks"), several.stderr
    one = slm_mux("rescore", "x.json", "--task", "made-up", "-o", "r.json", cwd=tmp_path)
    assert "x.json, sample:2: another response for problem 'p1'" in one.stderr

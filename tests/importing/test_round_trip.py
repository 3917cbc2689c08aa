"""Our log → another layout → our log: the same samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli_helpers import slm_mux
from importing.builders import layout, lines, lm_eval_doc, read
from sample_rows import FAILURE, make_row
from slm_mux import importing
from slm_mux.errors import InputError
from slm_mux.importing import Losses, to_lm_eval, to_parquet, writing
from slm_mux.store.problems import read_problems
from slm_mux.types import Problem


def log() -> list[dict[str, Any]]:
    """A log in no order, of two tasks and models, with all that a row may hold."""
    rows = [
        make_row(1),
        make_row(0, model="org/m:2", choices=["x", "y"], kind="choice", task="letters"),
        make_row(0, response=None, finish_reason="length", usage=None),
        make_row(4, response="a \ud83d\ude00 \u2028 b", reasoning="hm"),
        make_row(2, response=None, error=FAILURE),
        make_row(0, problem_id="p/2", reference_answer=None, params={}),
        make_row(0, problem_id="p/2", model="org/m:2", response=""),
    ]
    return [json.loads(json.dumps(row)) for row in rows]


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by identity."""
    return sorted(rows, key=lambda r: (r["task"], r["model"], r["problem_id"], r["sample_index"]))


def test_parquet_of_objects_keeps_them(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    some = [make_row(0, usage=usage), make_row(1, response="7", usage=None, error=FAILURE)]
    pq.write_table(pa.Table.from_pylist(some), tmp_path / "log.parquet")
    rows, _ = read(tmp_path / "log.parquet")
    assert [row["usage"] for row in rows] == [usage, None]
    assert [row["error"] for row in rows] == [None, FAILURE]


def test_lm_eval(tmp_path: Path) -> None:
    losses = Losses()
    rows, _ = read(lines(tmp_path / "log.jsonl", log()))
    written = to_lm_eval.write(tmp_path / "out", iter(rows), losses)  # type: ignore[arg-type]
    names = {(path.parent.name, path.name.partition("_2")[0]) for path in written}
    assert names == {
        ("m1", "samples_made-up"), ("org__m_2", "samples_letters"), ("org__m_2", "samples_made-up"),
    }  # fmt: skip
    assert losses.notes["lm-eval: failed samples, kept in field 'slm_mux' alone"] == 1
    assert layout(tmp_path / "out") == "lm-eval"
    assert ordered(read(tmp_path / "out")[0]) == ordered(rows)


def test_what_lm_eval_reads_is_as_it_writes(tmp_path: Path) -> None:
    rows = [make_row(0, response="a"), make_row(3, response=None), make_row(1, response="b")]
    (path,) = to_lm_eval.write(tmp_path, rows, Losses())
    (doc,) = [json.loads(line) for line in path.read_text().splitlines()]
    placeholder = "LMEVAL_MODEL_NONE_ANSWER_PLACEHOLDER"
    assert doc["resps"] == [["a", "b", placeholder]]
    assert (doc["doc_id"], doc["target"], doc["filter"]) == (0, "1", "none")
    assert doc["arguments"]["gen_args_0"]["arg_1"]["max_gen_toks"] == 2048


def test_a_success_stands_for_the_failure_before_it(tmp_path: Path) -> None:
    rows = [make_row(0, response=None, error=FAILURE), make_row(0, response="a")]
    (path,) = to_lm_eval.write(tmp_path, rows, Losses())
    (row,), _ = read(path)
    assert (row["response"], row["error"]) == ("a", None)


def test_lm_eval_files_of_an_earlier_day_are_replaced_only_when_asked(tmp_path: Path) -> None:
    (first,) = to_lm_eval.write(tmp_path, [make_row(0)], Losses())
    with pytest.raises(InputError, match="is there already: --overwrite"):
        to_lm_eval.write(tmp_path, [make_row(1)], Losses())
    (second,) = to_lm_eval.write(tmp_path, [make_row(1)], Losses(), overwrite=True)
    assert not first.exists()
    assert [r["sample_index"] for r in read(second)[0]] == [1]


def test_lm_eval_names_that_would_be_one_are_told_apart(tmp_path: Path) -> None:
    rows = [make_row(0, model=m, task=t) for m in ("m:7", "m_7") for t in ("a b", "a_b")]
    written = to_lm_eval.write(tmp_path / "out", rows, Losses())
    assert {path.parent.name for path in written} == {"m_7", "m_7_0af307b9"}
    assert ordered(read(tmp_path / "out")[0]) == ordered([dict(row) for row in rows])
    again = to_lm_eval.write(tmp_path / "out", rows[::-1], Losses(), overwrite=True)
    assert set((tmp_path / "out").glob("*/*")) == set(again)


def test_a_refused_lm_eval_export_leaves_nothing_behind(tmp_path: Path) -> None:
    there = to_lm_eval.write(tmp_path, [make_row(0, model="n")], Losses())
    with pytest.raises(InputError, match="is there already: --overwrite"):
        to_lm_eval.write(tmp_path, [make_row(0, model="m"), make_row(0, model="n")], Losses())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == there
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


def test_parquet(tmp_path: Path) -> None:
    losses = Losses()
    rows = log()
    to_parquet.write(tmp_path / "log.parquet", iter(rows), losses)  # type: ignore[arg-type]
    assert layout(tmp_path / "log.parquet") == "slm-mux"
    assert not losses.notes
    again = [
        {k: v for k, v in row.items() if v is not None} for row in read(tmp_path / "log.parquet")[0]
    ]
    for row in rows:
        if row["params"]:
            row["params"] = {"temperature": 0.3, "top_p": None, "max_tokens": 2048}
        else:
            row["params"] = dict.fromkeys(("temperature", "top_p", "max_tokens"))
    assert again == [{k: v for k, v in row.items() if v is not None} for row in rows]


def test_parquet_of_one_token_count(tmp_path: Path) -> None:
    path = lines(tmp_path / "log.jsonl", [make_row(0, usage=None, completion_tokens=9)])
    losses = Losses()
    to_parquet.write(tmp_path / "x.parquet", importing.read([path]), losses)
    assert not losses.notes
    ((row,), _) = read(tmp_path / "x.parquet")
    assert (row["usage"], row["completion_tokens"]) == (None, 9)


def test_parquet_of_many_row_groups_and_fields_without_a_column(tmp_path: Path) -> None:
    losses = Losses()
    rows = (make_row(i, mood="fine", response="\ud800") for i in range(10_000))
    to_parquet.write(tmp_path / "log.parquet", rows, losses)
    again, _ = read(tmp_path / "log.parquet")
    assert [row["sample_index"] for row in again] == list(range(10_000))
    assert again[0]["response"] == "\ufffd"
    assert losses.notes["parquet: no column for field 'mood'"] == 10_000
    assert losses.notes["parquet: half surrogate pairs stand as U+FFFD"] == 10_000


def test_a_log_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> Any:
        yield make_row(0)
        raise InputError("x:2: torn")

    with pytest.raises(InputError, match="x:2: torn"):
        writing.LogWriter(tmp_path / "log.jsonl").write(broken())
    assert not list(tmp_path.iterdir())


def test_a_log_that_is_there_stays(tmp_path: Path) -> None:
    path = lines(tmp_path / "log.jsonl", [1])
    with pytest.raises(InputError, match=r"log\.jsonl: is there already: --overwrite replaces it"):
        writing.LogWriter(path).write([make_row(0)])
    assert path.read_text() == "1\n"
    writing.LogWriter(path, overwrite=True).write([make_row(0)])
    assert len(read(path)[0]) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_problems_of_another_log_are_not_left_beside_a_new_one(tmp_path: Path) -> None:
    stale = lines(tmp_path / "log.problems.jsonl", [1])
    with pytest.raises(InputError, match=r"log\.problems\.jsonl: is there already"):
        writing.LogWriter(tmp_path / "log.jsonl").write([make_row(0)])
    writing.LogWriter(tmp_path / "log.jsonl", overwrite=True).write([make_row(0)])
    assert not stale.exists()


def test_problems_go_along_with_their_samples(tmp_path: Path) -> None:
    writer = writing.LogWriter(tmp_path / "a.samples.jsonl")
    doc = lm_eval_doc(0)
    source = lines(tmp_path / "m/samples_gsm8k_2025-01-02T03-04-05.6.jsonl", [doc, doc])
    writer.write(importing.read([source], on_problem=writer.add_problem))
    (known,) = read_problems(tmp_path / "a.samples.jsonl")
    assert (known.task, known.kind) == ("gsm8k", "number")
    assert known.problem == Problem("0", "What is 0 + 1?", "1")
    again = writing.LogWriter(tmp_path / "b.jsonl")
    again.write(importing.read([tmp_path / "a.samples.jsonl"], on_problem=again.add_problem))
    assert read_problems(tmp_path / "b.jsonl") == [known]


@pytest.mark.parametrize("error", [{"kind": "time-out"}, {"kind": "x", "message": None}, {}, "no"])
def test_a_failed_sample_without_a_message_stays_failed(tmp_path: Path, error: object) -> None:
    row = {**make_row(0), "response": None, "error": error}
    lines(tmp_path / "log.jsonl", [row, make_row(1)])
    made = slm_mux("convert", "log.jsonl", "--to", "parquet", "-o", "log.parquet", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    (again, _), _ = read(tmp_path / "log.parquet")
    assert again["error"]["message"]
    both = slm_mux("rescore", "log.jsonl", "log.parquet", "-o", "out", "--json", cwd=tmp_path)
    assert json.loads(both.stdout)["rows"]["conflicts"] == 0, both.stderr
    (task,) = json.loads(both.stdout)["tasks"]
    assert task["models"][0]["samples"]["failed"] == 1

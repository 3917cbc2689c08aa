"""`rescore --output x.json`: every option works there or is refused, before anything is read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bulk_inputs import jsonl, lists, plain_row, rows, write
from cli_helpers import command, environment, slm_mux


def results(folder: Path, *arguments: object, code: int = 0) -> tuple[dict[str, Any], str]:
    """The results file that it writes, if any, and what it says."""
    done = slm_mux("rescore", *arguments, "--output", "x.json", "--quiet", cwd=folder)
    assert done.returncode == code, done.stderr
    written = folder / "x.json"
    return json.loads(written.read_text()) if written.exists() else {}, done.stderr


def unlabelled(folder: Path) -> None:
    """A log without references."""
    write(folder / "log.jsonl", [row | {"reference_answer": None} for row in rows()])


@pytest.mark.parametrize(
    "option",
    [
        "--map response=said", "--model m", "--keep-samples", "--memory-limit 1G", "--spill here",
        "--engine ray", "--ray-address auto",
    ],
)  # fmt: skip
def test_options_of_tables_are_refused(tmp_path: Path, option: str) -> None:
    write(tmp_path / "log.jsonl", rows())
    written, told = results(tmp_path, "log.jsonl", *option.split(), code=2)
    assert written == {}
    assert told.count("\n") == 1
    assert told.startswith(f"slm-mux: {option.split(maxsplit=1)[0]}")
    assert "needs a folder as --output" in told


def test_references_count(tmp_path: Path) -> None:
    unlabelled(tmp_path)
    some = [{"id": f"p{p}", "gold": str(p)} for p in range(6)]
    write(tmp_path / "set.jsonl", some)
    assert results(tmp_path, "log.jsonl")[0]["accuracy"]["correct"] == 0
    written, told = results(tmp_path, "log.jsonl", "--references", "set.jsonl")
    assert written["accuracy"]["correct"] == 3
    assert told == ""
    write(tmp_path / "some.jsonl", some[:4])
    written, told = results(tmp_path, "log.jsonl", "--references", "some.jsonl")
    assert written["accuracy"]["correct"] == 2
    assert "2 of 6 problems have no reference answer" in told


def test_references_settle_what_rows_disagree_on(tmp_path: Path) -> None:
    some = rows()
    some[0] |= {"reference_answer": "9"}
    write(tmp_path / "log.jsonl", some)
    told = results(tmp_path, "log.jsonl", code=2)[1]
    assert "such as '9' (log.jsonl:1) and '0' (log.jsonl:2)" in told
    write(tmp_path / "set.jsonl", [{"id": "p0", "answer": "0"}])
    written, _ = results(tmp_path, "log.jsonl", "--references", "set.jsonl")
    assert written["accuracy"]["correct"] == 3


def test_references_that_are_not_there(tmp_path: Path) -> None:
    unlabelled(tmp_path)
    assert "no such file" in results(tmp_path, "log.jsonl", "--references", "no.jsonl", code=2)[1]


def test_strict_and_max_bad(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(jsonl(rows()) + b"{\n")
    told = results(tmp_path, "log.jsonl", "--strict", code=2)[1]
    assert "1 rows could not be used, and --strict allows none: log.jsonl:37" in told
    assert not (tmp_path / "x.json").exists()
    assert "log.jsonl:37" in results(tmp_path, "log.jsonl", code=1)[1]  # one of 37 is over 1 %
    results(tmp_path, "log.jsonl", "--max-bad", "0.1")


@pytest.mark.parametrize("name", ["x.jsonl", "x.json"])
def test_the_share_of_bad_rows_is_of_rows_in_both_ways(tmp_path: Path, name: str) -> None:
    some: list[Any] = lists(rows())  # twelve rows of three samples
    bad = {"problem_id": "p0", "generations": 7}
    if name == "x.json":
        some[1] |= {"generations": [{"text": text} for text in some[1]["generations"]]}
        (tmp_path / name).write_text(json.dumps([*some, bad]))
    else:
        write(tmp_path / name, [*some, bad])
    for output in ("out", "x_.json"):
        asked = ("rescore", name, "--kind", "math", "-q", "-o", output, "--max-bad")
        for share, code in (("0.08", 0), ("0.07", 1)):  # one of thirteen rows, of 37 samples
            done = slm_mux(*asked, share, cwd=tmp_path)
            assert done.returncode == code, done.stderr
            assert "(7.69%)" in done.stderr


def test_rows_at_odds_count_alike_in_any_order_and_both_ways(tmp_path: Path) -> None:
    some = [plain_row(p, "a", 0, p) for p in range(3)]
    some += [row | {"response": rf"\boxed{{{at}}}"} for at, row in enumerate(some, -1)]
    some += [row | {"response": "none"} for row in some[:3]]
    said = set()
    for way in (some, some[::-1], [*some[4:], *some[:4]]):
        write(tmp_path / "log.jsonl", way)
        written, told = results(tmp_path, "log.jsonl")
        assert "6 rows hold another response" in told
        assert "the smallest key counts" in told
        said.add(json.dumps(sorted(written["results"], key=lambda entry: entry["problem_id"])))
    (held,) = said
    assert slm_mux("rescore", "log.jsonl", "-o", "out", "-q", cwd=tmp_path).returncode == 0
    tables = pq.read_table(tmp_path / "out/decisions.parquet").to_pylist()
    assert [row["answer"] for row in tables] == [row["final_answer"] for row in json.loads(held)]


@pytest.mark.parametrize("output", ["x.json", "out"])
def test_bad_rows_of_a_validation_log_are_told(tmp_path: Path, output: str) -> None:
    write(tmp_path / "log.jsonl", rows())
    others = [plain_row(p, model, 0, p) for p in (7, 8) for model in "ab"]
    (tmp_path / "val.jsonl").write_bytes(b"{\n" + jsonl(others) + b"[]\n")
    asked = ("rescore", "log.jsonl", "--validation", "val.jsonl", "--kind", "math", "-q")
    done = slm_mux(*asked, "-o", output, cwd=tmp_path)
    assert done.returncode == 0
    left = "2 rows could not be used and are not counted; the first: val.jsonl:1: not valid JSON"
    assert done.stderr == f"slm-mux: --validation: {left}\n"


def test_only_the_first_bad_lines_are_printed(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(jsonl(rows()) + b"{\n" * 12 + b"[]\n" * 3)
    told = results(tmp_path, "log.jsonl", code=1)[1]
    assert "… and 5 more" in told
    assert "15 rows could not be used" in told
    assert "(12); " in told
    assert "(3)" in told


@pytest.mark.parametrize("name", ["x.arrow", "x.ipc", "*.jsonl", "tallies.parquet"])
def test_what_cannot_be_held_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "log.jsonl", rows())
    if name == "tallies.parquet":
        write(tmp_path / name, [{"key": "7", "indexes": "x"}])
    elif not name.startswith("*"):
        write(tmp_path / name, rows())
    told = results(tmp_path, name, code=2)[1]
    assert told.startswith(f"slm-mux: {name}: ")
    assert "needs a folder as --output" in told


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x.jsonl.gz", "is compressed: that needs a folder as --output"),
        ("x.ipc", "is an Arrow stream: that needs a folder as --output"),
        ("x.arrow", "is an Arrow file, not JSONL: save it to disk and name that"),
        ("x.parquet", "is a Parquet file, not JSONL: save it to disk and name that"),
    ],
)
def test_packed_standard_input_is_refused(tmp_path: Path, name: str, said: str) -> None:
    done = subprocess.run(
        command("rescore", "-", "-o", "x.json"), cwd=tmp_path, env=environment(),
        input=write(tmp_path / name, rows()).read_bytes(), capture_output=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"slm-mux: <stdin>: {said}" in done.stderr.decode()


@pytest.mark.parametrize("name", ["log.jsonl.gz", "lists.parquet"])
def test_tasks_stay_themselves_when_they_are_converted(tmp_path: Path, name: str) -> None:
    more = [plain_row(p, "a", k, 7, task="more") for p in (7, 8) for k in range(3)]
    some = [*rows(2), *more]
    write(tmp_path / name, lists(some) if name.startswith("lists") else some)
    told = results(tmp_path, name, code=2)[1]
    assert "rows of several tasks (more, sums)" in told
    assert "with a folder as --output" in told
    written, _ = results(tmp_path, name, "--task", "sums", "--kind", "math")
    assert (written["task"], [m["name"] for m in written["models"]]) == ("sums", ["a", "b"])


def test_what_is_written_where(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", rows())
    (tmp_path / "there").write_text("mine")
    for name in ("foo.txt", "out.parquet", "there"):
        done = slm_mux("rescore", "log.jsonl", "-o", name, cwd=tmp_path)
        assert done.returncode == 2
        assert f"--output {name}: " in done.stderr
        assert "name a folder for tables, or a results file (.json)" in done.stderr
    assert (tmp_path / "there").read_text() == "mine"
    for name in ("x.JSON", "scored.v2"):
        assert slm_mux("rescore", "log.jsonl", "-o", name, cwd=tmp_path).returncode == 0
    assert (tmp_path / "x.JSON").is_file()
    assert (tmp_path / "scored.v2/tallies.parquet").is_file()


def test_names_with_half_a_surrogate_pair_read_as_in_tables(tmp_path: Path) -> None:
    names = {"a": "a\ud800x", "b": "b", "p1": "\udfffp\ud83d"}
    odd = [row | {field: names.get(row[field], row[field]) for field in ("problem_id", "model")}
           | {"task": "t\udc00"} for row in rows()]  # fmt: skip
    write(tmp_path / "log.jsonl", odd)
    known = {name: odd[6][name] for name in ("task", "kind", "problem_id", "reference_answer")}
    write(tmp_path / "log.problems.jsonl", [known | {"problem": "?"}])
    done = slm_mux("rescore", "log.jsonl", "-o", "out", "--json", cwd=tmp_path)
    (tables,) = json.loads(done.stdout)["tasks"]
    found, told = results(tmp_path, "log.jsonl")
    assert (told, found["task"]) == ("", "t\ufffd")
    assert [model["name"] for model in tables["models"]] == ["a\ufffdx", "b"]
    entry = found["results"][0]
    assert (entry["problem_id"], entry["problem"]) == ("\ufffdp\ufffd", "?")
    assert found["accuracy"] == tables["accuracy"]


@pytest.mark.parametrize(
    ("told", "tokens"),
    [({}, None), ({"usage": {"completion_tokens": 5}}, 180), ({"num_generated_tokens": 5}, 180)],
)
def test_tokens_are_told_as_in_tables(
    tmp_path: Path, told: dict[str, Any], tokens: int | None
) -> None:
    write(tmp_path / "log.jsonl", [row | told for row in rows()])
    written, _ = results(tmp_path, "log.jsonl")
    done = slm_mux("rescore", "log.jsonl", "--json", "--output", "tables", cwd=tmp_path)
    (figures,) = json.loads(done.stdout)["tasks"]
    assert written["token_usage"] == figures["token_usage"]
    usages = [member["token_usage"] for member in written["models"]]
    assert usages == [member["token_usage"] for member in figures["models"]]
    assert (written["token_usage"] or {}).get("total_tokens") == tokens


def test_a_response_without_a_count_leaves_the_sum_open(tmp_path: Path) -> None:
    counted = {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}
    some = [row | counted for row in rows(problems=1)]
    failed = some[0] | {
        "response": None,
        "error": {"kind": "status", "message": "x"},
        "usage": None,
    }
    write(tmp_path / "log.jsonl", [failed, *some[1:]])
    assert results(tmp_path, "log.jsonl", code=1)[0]["token_usage"]["total_tokens"] == 15
    write(tmp_path / "log.jsonl", [some[0] | {"usage": None}, *some[1:]])
    written, _ = results(tmp_path, "log.jsonl")
    assert [member["token_usage"] is None for member in written["models"]] == [True, False]
    assert written["token_usage"] is written["cost"] is None


def test_show_tells_errors_of_any_type(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", [row | {"error": 7} for row in rows(problems=1)])
    done = slm_mux("show", "log.jsonl", "--problem", "p0", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "failed: error 7" in done.stdout

"""`rescore` in bulk, run as a user runs it: inputs of every sort, good and bad."""

from __future__ import annotations

import gzip
import json
import operator
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bulk_inputs import jsonl, lists, packed, plain_row, rows, write
from cli_helpers import command, environment, slm_mux, stopped_while_fed
from importing.builders import lines, lm_eval_doc

if TYPE_CHECKING:
    from collections.abc import Callable

Summary = dict[str, Any]
OUT = "out"


def rescore(folder: Path, *arguments: object, code: int = 0, out: str | None = OUT) -> Summary:
    """Run it on what lies in `folder`; the summary, with what was told beside it."""
    where = ("--output", out) if out else ()
    done = slm_mux("rescore", *arguments, *where, "--json", cwd=folder)
    assert done.returncode == code, done.stderr
    summary: Summary = json.loads(done.stdout) if done.stdout else {}
    return summary | {"told": done.stderr}


def table(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file."""
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def results(folder: Path) -> tuple[bytes, ...]:
    """What does not depend on how the samples were stored, but for their numbering."""
    return tuple((folder / name).read_bytes() for name in ("tallies.parquet", "decisions.parquet"))


def bad_rows(summary: Summary) -> list[tuple[str, int, str]]:
    """The rows that are listed."""
    listed = summary["bad_rows"]["listed"]
    return [(Path(row["file"]).name, row["line"], row["reason"]) for row in listed]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up rows as lines, scored."""
    folder = tmp_path_factory.mktemp("plain")
    write(folder / "log.jsonl", rows())
    rescore(folder, "log.jsonl", "--keep-samples")
    return folder / OUT


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl.zst", "x.parquet", "x.arrow", "x.ipc"])
def test_every_format_gives_the_same_bytes(tmp_path: Path, plain: Path, name: str) -> None:
    summary = rescore(tmp_path, write(tmp_path / name, rows()))
    assert results(tmp_path / OUT) == results(plain)
    assert summary["rows"]["rows"] == 36


def test_folders_globs_and_order_give_the_same_bytes(tmp_path: Path, plain: Path) -> None:
    some = rows()
    write(tmp_path / "in/b.jsonl.gz", some[20:])
    write(tmp_path / "in/deep/a.parquet", some[:7])
    write(tmp_path / "in/deep/c.jsonl", some[7:20])
    (tmp_path / "in/notes.txt").write_text("no samples")
    summaries = set()
    for given in (["in"], ["in/**/*.[jp]*", "in/b.jsonl.gz"], ["in/b.jsonl.gz", "in/deep", "in"]):
        rescore(tmp_path, *given)
        assert results(tmp_path / OUT) == results(plain)
        summaries.add((tmp_path / OUT / "summary.json").read_bytes())
    assert summaries == {(plain / "summary.json").read_bytes()}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, packed])
def test_standard_input(tmp_path: Path, plain: Path, pack: Callable[[bytes], bytes]) -> None:
    asked = command("rescore", "-", "-o", OUT, "--quiet")
    given = pack(jsonl(rows()))
    subprocess.run(asked, cwd=tmp_path, env=environment(), input=given, check=True, timeout=60)
    assert results(tmp_path / OUT) == results(plain)


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.ipc"])
def test_columns_on_standard_input(tmp_path: Path, plain: Path, name: str) -> None:
    asked = command("rescore", "-", "-o", OUT, "--quiet")
    given = write(tmp_path / name, rows()).read_bytes()
    done = subprocess.run(
        asked, cwd=tmp_path, env=environment(), input=given, capture_output=True, check=False,
        timeout=60,
    )  # fmt: skip
    if name == "x.ipc":
        assert (done.returncode, done.stderr) == (0, b"")
        assert results(tmp_path / OUT) == results(plain)
        return
    what = "a Parquet" if name == "x.parquet" else "an Arrow"
    assert done.stderr.decode() == (
        f"slm-mux: <stdin>: is {what} file, which is read from its end: save it to disk and name "
        "that\n"
    )
    assert done.returncode == 2
    assert not (tmp_path / OUT).exists()


@pytest.mark.parametrize("name", ["x.jsonl", "x.parquet"])
def test_lists_of_responses_number_themselves(tmp_path: Path, plain: Path, name: str) -> None:
    some = lists(rows())
    some[3]["generations"] = some[3]["generations"][:1]
    summary = rescore(tmp_path, write(tmp_path / name, some), code=1)
    (task,) = summary["tasks"]
    assert task["short"] == {"b": 1}
    assert summary["provenance"]["numbering"] == "by_row"
    rescore(tmp_path, write(tmp_path / name, lists(rows())))
    answers = [row["answer"] for row in table(tmp_path / OUT / "decisions.parquet")]
    assert answers == [row["answer"] for row in table(plain / "decisions.parquet")]


@pytest.mark.parametrize("nothing", [None, []])
@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.zst", "x.parquet", "x.arrow"])
@pytest.mark.parametrize("column", ["generations", "responses", "samples", "completions"])
def test_null_lists_hold_no_sample(
    tmp_path: Path, name: str, column: str, nothing: list[str] | None
) -> None:
    some = lists(rows(2))
    for at in (0, 2, 3):  # nobody answered the second problem
        some[at]["generations"] = nothing
    some = [{column: row.pop("generations")} | row for row in some]
    summary = rescore(tmp_path, write(tmp_path / name, some), "--max-bad", "0", code=1)
    (task,) = summary["tasks"]
    assert [model["samples"]["ok"] for model in task["models"]] == [3]
    assert (task["accuracy"]["n"], task["accuracy"]["no_answer"]) == (2, 1)
    rescore(tmp_path, name, "--map", f"response={column}", code=1)
    assert json.loads((tmp_path / OUT / "summary.json").read_text())["tasks"] == summary["tasks"]


def test_a_null_response_is_a_sample(tmp_path: Path) -> None:
    some = [row | {"response": None} for row in rows(1)]
    for name in ("x.jsonl", "x.parquet"):
        summary = rescore(tmp_path, write(tmp_path / name, some))
        models = summary["tasks"][0]["models"]
        assert [model["samples"]["truncated"] for model in models] == [3, 3]


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet", "x.arrow"])
def test_indexes_that_are_floats(tmp_path: Path, plain: Path, name: str) -> None:
    some = [row | {"sample_index": float(row["sample_index"])} for row in rows()]
    write(tmp_path / name, some)
    assert rescore(tmp_path, name)["rows"]["bad"] == 0
    assert results(tmp_path / OUT) == results(plain)
    some[4]["sample_index"], some[5]["sample_index"], some[6]["sample_index"] = 0.5, -1.0, 2.0**32
    write(tmp_path / name, some)
    summary = rescore(tmp_path, name, "--max-bad", "1", code=1)
    reason = "field sample_index is not a whole number from 0 to 4294967295"
    assert bad_rows(summary) == [(name, at, reason) for at in (5, 6, 7)]


def test_indexes_beside_missing_ones_as_pandas_holds_them(tmp_path: Path) -> None:
    some = rows(2)
    write(
        tmp_path / "x.jsonl",
        [r | {"sample_index": None} if at % 2 else r for at, r in enumerate(some)],
    )
    expected = rescore(tmp_path, "x.jsonl", code=1)
    indexes = [float("nan") if at % 2 else float(r["sample_index"]) for at, r in enumerate(some)]
    for missing in (float("nan"), None):
        column = [missing if index != index else index for index in indexes]  # noqa: PLR0124
        found = pa.Table.from_pylist(
            [{**r, "sample_index": i} for r, i in zip(some, column, strict=True)]
        )
        pq.write_table(found, tmp_path / "x.parquet")
        assert rescore(tmp_path, "x.parquet", code=1)["tasks"] == expected["tasks"]


def test_samples_agree_with_tallies(plain: Path) -> None:
    samples = table(plain / "samples.parquet")
    assert len(samples) == 36
    assert {sample["file"] for sample in samples} == {"log.jsonl"}
    counted: dict[tuple[Any, ...], int] = {}
    for sample in samples:
        names = ("problem_id", "model", "state", "key", "verdict")
        label = tuple(sample[name] for name in names)
        counted[label] = counted.get(label, 0) + 1
    tallies = table(plain / "tallies.parquet")
    assert counted == {
        (r["problem_id"], r["model"], r["state"], r["key"], r["verdict"]): r["count"]
        for r in tallies
    }


def test_tallies_in_give_what_samples_gave(tmp_path: Path, plain: Path) -> None:
    rescore(tmp_path, plain / "tallies.parquet")
    assert results(tmp_path / OUT) == results(plain)
    some = rows()
    for name, part in (("a", some[:23]), ("b", some[11:])):
        rescore(tmp_path, write(tmp_path / f"{name}.jsonl", part), out=name, code=1)
    summary = rescore(tmp_path, "a/tallies.parquet", "b/tallies.parquet")
    assert (tmp_path / OUT / "decisions.parquet").read_bytes() == results(plain)[1]
    assert summary["rows"]["duplicates"] == 12
    # Tallies and samples together.
    rescore(tmp_path, "a/tallies.parquet", "b.jsonl")
    assert (tmp_path / OUT / "decisions.parquet").read_bytes() == results(plain)[1]


def _with_metadata(path: Path, **changes: Any) -> Path:
    made = pq.read_table(path)
    metadata = pq.read_metadata(path).metadata or {}
    known = json.loads(metadata[b"slm_mux"]) | changes
    where = path.with_name("changed.parquet")
    pq.write_table(made.replace_schema_metadata({"slm_mux": json.dumps(known)}), where)
    return where


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "paper"}, "another profile"),
        ({"key_version": 10**6}, "keys of another version"),
        ({"tallies_version": 10**6}, "another layout"),
    ],
)
def test_tallies_of_other_rules_are_refused(
    tmp_path: Path, plain: Path, changes: dict[str, Any], message: str
) -> None:
    other = _with_metadata(plain / "tallies.parquet", **changes)
    summary = rescore(tmp_path, plain / "tallies.parquet", other, code=2)
    assert message in summary["told"]
    assert not (tmp_path / OUT).exists()


@pytest.mark.parametrize("text", ["{", "[1]", "[" * 100_000, "5"])
def test_metadata_that_is_damaged_is_told_of_its_file(
    tmp_path: Path, plain: Path, text: str
) -> None:
    made = pq.read_table(plain / "tallies.parquet").replace_schema_metadata({"slm_mux": text})
    pq.write_table(made, tmp_path / "odd.parquet")
    told = rescore(tmp_path, "odd.parquet", code=2)["told"]
    assert told.startswith("slm-mux: odd.parquet: its metadata under slm_mux is no JSON object")
    assert told.count("\n") == 1


def test_rows_of_tallies_that_are_damaged_are_told_of_their_file(
    tmp_path: Path, plain: Path
) -> None:
    good = plain / "tallies.parquet"
    made = pq.read_table(good)
    told = {"slm_mux": (pq.read_metadata(good).metadata or {})[b"slm_mux"]}
    wrong: dict[str, Any] = {
        "indexes": pa.array([b"x"] * len(made)),
        "state": pa.array(["odd"] * len(made)),
    }
    for name, column in wrong.items():
        odd = made.set_column(made.column_names.index(name), name, column)
        pq.write_table(odd.replace_schema_metadata(told), tmp_path / "odd.parquet")
        message = rescore(tmp_path, good, "odd.parquet", code=2)["told"]
        assert message.startswith("slm-mux: odd.parquet: tallies: ")
        assert name in message
        assert message.count("\n") == 1


def test_samples_numbered_by_row_stay_alone(tmp_path: Path, plain: Path) -> None:
    some = [{k: v for k, v in row.items() if k != "sample_index"} for row in rows()]
    write(tmp_path / "a.jsonl", some)
    rescore(tmp_path, "a.jsonl", out="a")
    rescore(tmp_path, "a/tallies.parquet")
    for beside in ("a.jsonl", plain / "tallies.parquet"):
        summary = rescore(tmp_path, "a/tallies.parquet", beside, code=2)
        assert "numbered by row" in summary["told"]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"reference_answer": "8"}, "problem 'p0' of task 'sums': {} reference answer '0', {} '8'"),
        ({"kind": "number"}, "task 'sums': {} answer kind 'math', {} 'number'"),
    ],
)
def test_tallies_at_odds_are_named(tmp_path: Path, second: dict[str, Any], said: str) -> None:
    for name, more in (("a", {}), ("b", second), ("c", {})):
        some = [plain_row(p, "a", 0, p) | (more if p == 0 else {}) for p in range(3)]
        if "kind" in second:
            some = [row | more for row in some]
        write(tmp_path / f"{name}.jsonl", [{**row, "model": name} for row in some])
        rescore(tmp_path, f"{name}.jsonl", out=name)
    named = [f"{name}/tallies.parquet" for name in "cab"]
    told = rescore(tmp_path, *named, code=2)["told"]
    by = "the tallies in a/tallies.parquet were graded by the", "those in b/tallies.parquet by"
    assert told == f"slm-mux: {said.format(*by)}: score the samples anew, by one of them\n"
    assert not (tmp_path / OUT).exists()


def test_tallies_are_not_given_another_reference(tmp_path: Path, plain: Path) -> None:
    problems = [{"problem_id": f"p{p}", "problem": "?", "answer": "7"} for p in range(6)]
    write(tmp_path / "set.jsonl", problems)
    tallies = plain / "tallies.parquet"
    write(tmp_path / "more.jsonl", [plain_row(7, "a", 0, 7)])
    asked = (tallies, "more.jsonl", "--references", "set.jsonl", "--kind", "math")
    assert "another reference answer" in rescore(tmp_path, *asked, code=2)["told"]


@pytest.fixture(scope="module")
def two_tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tallies of two tasks."""
    folder = tmp_path_factory.mktemp("two")
    write(folder / "x.jsonl", [*rows(2), *(row | {"task": "more"} for row in rows(4))])
    rescore(folder, "x.jsonl")
    return folder / OUT / "tallies.parquet"


def test_a_task_is_chosen_among_those_of_tallies(tmp_path: Path, two_tasks: Path) -> None:
    assert [t["task"] for t in rescore(tmp_path, two_tasks)["tasks"]] == ["more", "sums"]
    summary = rescore(tmp_path, two_tasks, "--task", "sums", out="one")
    assert [(t["task"], t["accuracy"]["n"]) for t in summary["tasks"]] == [("sums", 2)]
    assert {row["task"] for row in table(tmp_path / "one/tallies.parquet")} == {"sums"}
    told = rescore(tmp_path, two_tasks, "--task", "none", code=2, out="no")["told"]
    assert "no row of task 'none', only of more, sums" in told
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    "option",
    ["--kind math", "--references x.jsonl", "--map model=m", "--model m", "--keep-samples",
     "--prompt last"],
)  # fmt: skip
def test_options_of_samples_are_refused_for_tallies(
    tmp_path: Path, plain: Path, option: str
) -> None:
    write(tmp_path / "x.jsonl", rows())
    told = rescore(tmp_path, plain / "tallies.parquet", *option.split(), code=2)["told"]
    name = option.split(maxsplit=1)[0]
    assert told.startswith(f"slm-mux: {name}: ")
    assert told.count("\n") == 1
    assert f"leave {name} out" in told


def test_the_kind_of_a_validation_log_may_be_told_beside_tallies(
    tmp_path: Path, plain: Path
) -> None:
    some = [row | {"problem_id": f"v{row['problem_id']}"} for row in rows()]
    write(tmp_path / "v.jsonl", some)
    asked = (plain / "tallies.parquet", "--validation", "v.jsonl", "--kind", "math")
    settings = rescore(tmp_path, *asked)["tasks"][0]["settings"]
    assert set(settings["validation_accuracy"]) == {"a", "b"}


def test_a_profile_that_was_asked_for_is_not_that_of_tallies(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", rows())
    rescore(tmp_path, "x.jsonl", "--profile", "paper", out="paper")
    rescore(tmp_path, "paper/tallies.parquet", "x.jsonl")
    for profile, code in (("paper", 0), ("canonical", 2)):
        asked = ("paper/tallies.parquet", "x.jsonl", "--profile", profile)
        told = rescore(tmp_path, *asked, code=code)["told"]
        assert ("tallies of another profile" in told) == (code == 2)


@pytest.mark.parametrize("share", ["-0.1", "1.5", "nan", "1"])
def test_the_share_of_bad_rows_is_one(tmp_path: Path, share: str) -> None:
    write(tmp_path / "x.jsonl", rows())
    told = rescore(tmp_path, "x.jsonl", f"--max-bad={share}", code=0 if share == "1" else 2)["told"]
    assert ("must be a share from 0 to 1" in told) == (share != "1")


def test_both_ways_of_scoring_agree(tmp_path: Path) -> None:
    some = rows()
    some[1] |= {"response": None, "error": {"kind": "status", "status": 500, "message": "x"}}
    some[2] |= {"response": "It is", "finish_reason": "length"}
    some[3] |= {"response": "Who knows?"}
    some[4] |= {"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}
    write(tmp_path / "log.jsonl", some)
    summary = rescore(tmp_path, "log.jsonl", code=1)
    rescore(tmp_path, "log.jsonl", out="x.json", code=1)
    held = json.loads((tmp_path / "x.json").read_text())
    (task,) = summary["tasks"]
    for name in ("accuracy", "oracle", "decided_by", "task"):
        assert task[name] == held[name], name
    assert sum(task["short"].values()) == len(held["short"])
    for ours, theirs in zip(task["models"], held["models"], strict=True):
        alike = ("name", "samples", "self_consistency", "single_sample")
        assert {k: ours[k] for k in alike} == {k: theirs[k] for k in alike}
    decisions = table(tmp_path / OUT / "decisions.parquet")
    assert [(d["problem_id"], d["answer"], d["model"]) for d in decisions] == [
        (e["problem_id"], e["final_answer"], e["selected_model"]) for e in held["results"]
    ]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / ".data/in/deep/log.jsonl", rows())
    for hidden in (".cache/deep/old.jsonl", "deep/.old.jsonl", "deep/.ipynb_checkpoints/x.jsonl"):
        write(tmp_path / ".data/in" / hidden, [plain_row(9, "c", 0, 9)])
    summary = rescore(tmp_path, ".data/in")
    assert summary["rows"]["rows"] == 36


@pytest.mark.parametrize("plain_too", [False, True])
def test_samples_are_kept_of_imported_rows_too(tmp_path: Path, *, plain_too: bool) -> None:
    lines(tmp_path / "samples_gsm8k_x.jsonl", [lm_eval_doc(i) for i in range(3)])
    write(tmp_path / "log.jsonl", rows())
    rescore(tmp_path, "log.jsonl", "--keep-samples")  # whose table is replaced
    given = ["samples_gsm8k_x.jsonl", *(["log.jsonl"] if plain_too else [])]
    summary = rescore(tmp_path, *given, "--keep-samples")
    kept = table(tmp_path / OUT / "samples.parquet")
    assert len(kept) == summary["rows"]["rows"] == 3 + 36 * plain_too
    imported = [row for row in kept if row["file"] == "samples_gsm8k_x.jsonl"]
    assert {row["problem_id"] for row in imported} == {"0", "1", "2"}
    assert {row["verdict"] for row in imported} == {"correct"}


def test_a_log_converted_to_parquet_scores_the_same(tmp_path: Path) -> None:
    some = [
        row | {"params": {"temperature": 0.3, "top_p": None, "max_tokens": 9}} for row in rows()
    ]
    some[5] |= {"response": None, "error": {"kind": "status", "status": 500, "message": "x"}}
    write(tmp_path / "log.jsonl", some)
    made = slm_mux("convert", "log.jsonl", "--to", "parquet", "-o", "log.parquet", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    rescore(tmp_path, "log.jsonl", out="a", code=1)
    rescore(tmp_path, "log.parquet", out="b", code=1)
    assert results(tmp_path / "a") == results(tmp_path / "b")


def test_compare_takes_two_folders(tmp_path: Path, plain: Path) -> None:
    rescore(tmp_path, plain / "tallies.parquet")
    done = slm_mux("compare", plain, OUT, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_without_a_folder_figures_are_printed(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", rows())
    write(tmp_path / "a.jsonl.gz", rows())
    told = [slm_mux("rescore", name, cwd=tmp_path) for name in ("a.jsonl", "a.jsonl.gz")]
    for done in told:
        assert done.returncode == 0, done.stderr
        assert "83.3" in done.stdout or "100" in done.stdout, done.stdout


def test_other_tools_rows_are_read(tmp_path: Path) -> None:
    some = [
        {
            "doc_id": p, "doc": {"question": f"{p}?"}, "target": str(p),
            "arguments": [[f"{p}?", {}]], "resps": [[rf"\boxed{{{p}}}"]], "filtered_resps": ["0"],
        }
        for p in range(3)
    ]  # fmt: skip
    write(tmp_path / "samples_sums_2026-01-01T00-00-00.000001.jsonl", some)
    asked = ("samples_sums_2026-01-01T00-00-00.000001.jsonl", "--model", "m", "--kind", "math")
    summary = rescore(tmp_path, *asked)
    assert summary["tasks"][0]["accuracy"]["correct"] == 3


# What can be told of rows ------------------------------------------------------------------


def test_fields_task_model_and_kind_as_told(tmp_path: Path) -> None:
    some = [{"uid": p, "said": f"It is {p}.", "right": p, "kind": "qa"} for p in range(3)]
    write(tmp_path / "x.jsonl", some)
    names = "--map", "problem_id=uid,response=said,reference_answer=right"
    told = ("--task", "t", "--model", "m", "--kind", "math")
    summary = rescore(tmp_path, "x.jsonl", *names, *told)
    (task,) = summary["tasks"]
    assert (task["task"], task["models"][0]["name"]) == ("t", "m")
    assert task["accuracy"]["correct"] == 3


@pytest.mark.parametrize("name", ["x.json", "x.json.gz", "inside/x.json"])
def test_fields_of_a_list_as_told(tmp_path: Path, name: str) -> None:
    some = [{"uid": p, "said": f"It is {p}.", "right": p} for p in range(3)]
    written = json.dumps([*some, 5], indent=1).encode()
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(written) if name.endswith(".gz") else written)
    names = "--map", "problem_id=uid,response=said,reference_answer=right"
    told = (*names, "--model", "m", "--kind", "math", "--max-bad", "0.5")
    given = "inside" if path.parent != tmp_path else name
    summary = rescore(tmp_path, given, *told)
    (task,) = summary["tasks"]
    assert task["accuracy"]["correct"] == 3
    assert [(line, why) for _, line, why in bad_rows(summary)] == [(4, "not an object")]
    wrong = (given, "--map", "response=sad", "--model", "m", "--kind", "math")
    told = rescore(tmp_path, *wrong, code=2)["told"]
    assert "begins without a field 'sad' (it has right, said, uid)" in told


def test_lists_count_once_in_any_order(tmp_path: Path) -> None:
    for name, said in (("a.json", 1), ("b.json", 2)):
        some = [{"uid": p, "said": f"It is {said}.", "right": 1} for p in range(3)]
        (tmp_path / name).write_text(json.dumps(some))
    names = "--map", "problem_id=uid,response=said,reference_answer=right"
    told = (*names, "--model", "m", "--kind", "math")
    assert rescore(tmp_path, "a.json", "b.json", *told, out="one")["rows"]["rows"] == 6
    rescore(tmp_path, "b.json", "a.json", tmp_path / "b.json", *told, out="other")
    assert results(tmp_path / "one") == results(tmp_path / "other")


@pytest.mark.parametrize("some_only", [False, True])
@pytest.mark.parametrize("name", ["x.jsonl", "x.parquet"])
def test_a_field_that_is_null_leaves_another_name_its_word(
    tmp_path: Path, name: str, *, some_only: bool
) -> None:
    some: list[dict[str, Any]] = [
        {
            "uuid": None, "id": p, "response": f"So it is {p}.", "kind": "math", "target": None,
            "answer": str(p), "model": None, "model_name": "x", "finish_reason": None,
            "stop_reason": "max_tokens", "task": None, "dataset": "sums", "prompt_tokens": 3,
            "usage": {"prompt_tokens": None, "input_tokens": None, "completion_tokens": 2},
        }
        for p in range(2)
    ]  # fmt: skip
    if some_only:
        some[1] |= {"uuid": "1", "target": "1", "model": "x", "finish_reason": "length"}
    write(tmp_path / name, some)
    (task,) = rescore(tmp_path, name)["tasks"]
    (model,) = task["models"]
    assert (task["task"], model["name"]) == ("sums", "x")
    told = {
        row["problem_id"]: row["reference_answer"]
        for row in table(tmp_path / OUT / "tallies.parquet")
    }
    assert told == {"0": "0", "1": "1"}
    assert model["samples"]["truncated"] == 2
    assert model["token_usage"]["prompt_tokens"] == 6
    assert model["token_usage"]["completion_tokens"] == 4


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet"])
def test_a_mapped_field_that_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, [row | {"gold": row["reference_answer"]} for row in rows()])
    told = rescore(tmp_path, name, "--map", "reference_answer=gld,response=response")["told"]
    assert told.startswith(f"slm-mux: --map reference_answer=gld: {name} begins without a field")
    assert told.count("\n") == 1
    told = rescore(tmp_path, name, "--map", "reference_answer=gold")["told"]
    assert told == ""


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a server answers."""
    choice = {"finish_reason": "stop", "message": {"content": row["response"]}}
    return {
        "task": "sums", "kind": "math", "problem_id": row["problem_id"],
        "sample_index": row["sample_index"], "about": {"gold": row["reference_answer"]},
        "body": {"model": row["model"], "choices": [choice]},
        "pool_index": row["pool_index"],
    }  # fmt: skip


WAYS = (
    "response=body.choices.0.message.content,finish_reason=body.choices.0.finish_reason,"
    "model=body.model,reference_answer=about.gold"
)


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet", "x.arrow", "x.ipc"])
def test_fields_inside_of_others(tmp_path: Path, plain: Path, name: str) -> None:
    some = [_nested(row) for row in rows()]
    summary = rescore(tmp_path, write(tmp_path / name, some), "--map", WAYS)
    assert results(tmp_path / OUT) == results(plain)
    assert (summary["rows"]["bad"], summary["told"]) == (0, "")


@pytest.mark.parametrize("name", ["x.jsonl", "x.parquet"])
def test_what_is_not_inside_of_a_field(tmp_path: Path, name: str) -> None:
    some = [_nested(row) for row in rows(1)]
    some[1]["body"]["choices"] = []
    some[2]["body"]["choices"][0]["message"] = {"content": None}
    some[3]["body"] = None
    write(tmp_path / name, some)
    summary = rescore(tmp_path, name, "--map", WAYS, "--max-bad", "1", code=1)
    (a, b) = summary["tasks"][0]["models"]
    missing = "field model is missing"
    if name == "x.jsonl":
        assert bad_rows(summary) == [
            (name, 2, "field response is missing"), (name, 4, "field response is missing"),
        ]  # fmt: skip
        assert (a["samples"]["ok"], a["samples"]["truncated"]) == (1, 1)
    else:  # a column that is there holds null
        assert bad_rows(summary) == [(name, 4, missing)]
        assert (a["samples"]["ok"], a["samples"]["truncated"]) == (1, 2)
    assert b["samples"]["ok"] == 2


@pytest.mark.parametrize("name", ["x.jsonl", "x.parquet"])
def test_a_field_with_a_dot_in_its_name_goes_first(tmp_path: Path, plain: Path, name: str) -> None:
    some = [row | {"a.b": row["response"], "a": {"b": "no"}, "response": "no"} for row in rows()]
    write(tmp_path / name, some)
    summary = rescore(tmp_path, name, "--map", "response=a.b")
    assert results(tmp_path / OUT) == results(plain)
    assert summary["told"] == ""


def test_choices_that_hold_messages_are_no_options(tmp_path: Path, plain: Path) -> None:
    some = [row | {"choices": [{"text": row.pop("response")}]} for row in rows()]
    write(tmp_path / "x.jsonl", some)
    rescore(tmp_path, "x.jsonl", "--map", "response=choices.0.text")
    assert results(tmp_path / OUT) == results(plain)


@pytest.mark.parametrize("way", ["body.choices.1.message", "body.choice", "bod.y", "body.model.x"])
def test_a_way_that_leads_nowhere_is_said(tmp_path: Path, way: str) -> None:
    some = [_nested(row) | {"response": "7", "model": "a"} for row in rows()]
    write(tmp_path / "x.jsonl", some)
    told = rescore(tmp_path, "x.jsonl", "--map", f"response={way}", code=2)["told"]
    assert f"--map response={way}: x.jsonl begins without a field {way!r} (it has" in told
    assert "field response is missing" in told


def test_only_the_task_that_is_asked_for(tmp_path: Path) -> None:
    some = [*rows(2), *(row | {"task": "more"} for row in rows(4))]
    write(tmp_path / "x.jsonl", some)
    assert [task["task"] for task in rescore(tmp_path, "x.jsonl")["tasks"]] == ["more", "sums"]
    summary = rescore(tmp_path, "x.jsonl", "--task", "sums")
    assert [task["accuracy"]["n"] for task in summary["tasks"]] == [2]
    assert summary["rows"]["other_tasks"] == 24
    assert "no row of task 'none'" in rescore(tmp_path, "x.jsonl", "--task", "none", code=2)["told"]


def test_references_of_a_data_set_go_first(tmp_path: Path) -> None:
    some = [row | {"reference_answer": None} for row in rows()]
    write(tmp_path / "x.jsonl", some)
    problems = [{"problem_id": f"p{p}", "problem": "?", "answer": str(p)} for p in range(6)]
    write(tmp_path / "set.jsonl", problems)
    assert rescore(tmp_path, "x.jsonl")["tasks"][0]["accuracy"]["correct"] == 0
    summary = rescore(tmp_path, "x.jsonl", "--references", "set.jsonl", "--kind", "math")
    assert summary["tasks"][0]["accuracy"]["correct"] > 0


def test_references_of_ids_and_answers_need_no_kind(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", [row | {"reference_answer": None} for row in rows()])
    write(tmp_path / "set.parquet", [{"id": f"p{p}", "gold": p} for p in range(4)])
    summary = rescore(tmp_path, "x.jsonl", "--references", "set.parquet")
    assert summary["tasks"][0]["accuracy"]["correct"] == 2
    assert "2 of 6 problems of task 'sums' have no reference answer" in summary["told"]


def test_references_of_other_problems_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", rows())
    write(tmp_path / "set.jsonl", [{"id": "q0", "answer": "7"}])
    told = rescore(tmp_path, "x.jsonl", "--references", "set.jsonl", code=2)["told"]
    assert "none of its 1 ids is among the 6 problems of the samples" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("field", "ways", "option", "left"),
    [
        ("params", [{"temperature": 0.0}, {"temperature": 1}], "--params temperature=1.0", 18),
        ("api_model", ["x", "y"], "--api-model y", 18),
        ("prompt_sha256", ["aa", "bb"], "--prompt last", 18),
    ],
)
def test_two_ways_of_asking_need_a_choice(
    tmp_path: Path, field: str, ways: list[Any], option: str, left: int
) -> None:
    some = [row | {field: way} for way in ways for row in rows(3)]
    write(tmp_path / "x.jsonl", some)
    told = rescore(tmp_path, "x.jsonl", code=2)["told"]
    assert option.split(maxsplit=1)[0] in told
    assert not (tmp_path / OUT / "tallies.parquet").exists()
    summary = rescore(tmp_path, "x.jsonl", *option.split())
    assert summary["rows"]["filtered"] == left
    assert sum(m["samples"]["ok"] for m in summary["tasks"][0]["models"]) == left


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of two prompts, scored by one and by the other."""
    folder = tmp_path_factory.mktemp("prompts")
    some = [row | {"prompt_sha256": prompt} for prompt in ("aa", "bb") for row in rows(3)]
    write(folder / "x.jsonl", some)
    for which in ("first", "last"):
        rescore(folder, "x.jsonl", "--prompt", which, out=which)
    return folder


def test_tallies_of_several_prompts_are_refused(prompts: Path) -> None:
    first, last = "first/tallies.parquet", "last/tallies.parquet"
    told = rescore(prompts, first, last, code=2)["told"]
    assert told == (
        'slm-mux: last/tallies.parquet: its samples were chosen by prompts ["last"], those of '
        'first/tallies.parquet by prompts ["first"]: score all of them anew by the same --prompt, '
        "--params and --api-model\n"
    )
    told = rescore(prompts, first, "x.jsonl", "--prompt", "last", code=2)["told"]
    assert "those of the samples beside it by prompts" in told
    assert "by no filter" in rescore(prompts, first, "x.jsonl", code=2)["told"]
    assert not (prompts / OUT).exists()


def test_tallies_of_one_prompt_remember_it(prompts: Path, tmp_path: Path) -> None:
    first = prompts / "first/tallies.parquet"
    again = rescore(tmp_path, first, out="again")
    assert again["provenance"]["filter"]["prompts"] == ["first"]
    last = prompts / "last/tallies.parquet"
    assert "chosen by" in rescore(tmp_path, "again/tallies.parquet", last, code=2)["told"]
    beside = rescore(tmp_path, first, "again/tallies.parquet", prompts / "x.jsonl",
                     "--prompt", "first", out="beside")  # fmt: skip
    assert beside["rows"]["conflicts"] == 0
    assert results(tmp_path / "beside") == results(prompts / "first")


def test_params_can_be_chosen_among_tallies(tmp_path: Path) -> None:
    some = [row | {"params": {"temperature": 1.0}} for row in rows(3)]
    write(tmp_path / "x.jsonl", some)
    rescore(tmp_path, "x.jsonl", out="a")
    summary = rescore(tmp_path, "a/tallies.parquet", "--params", "temperature=1", out="b")
    assert summary["provenance"]["filter"]["params"] == {"temperature": 1}
    assert summary["rows"]["rows"] == 18


@pytest.mark.parametrize("said", [5, {"prompts": 5, "params": [1]}, {"prompts": ["first"]}])
def test_filters_that_files_claim(tmp_path: Path, plain: Path, said: Any) -> None:
    other = _with_metadata(plain / "tallies.parquet", filter=said)
    refused = said == {"prompts": ["first"]}
    rescore(tmp_path, plain / "tallies.parquet", other, code=2 if refused else 0)
    rescore(tmp_path, other)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"reference_answer": "8"}, "several reference answers, such as '0' and '8'"),
        ({"kind": "number"}, "several answer kinds (math, number)"),
    ],
)
def test_rows_that_contradict_each_other(
    tmp_path: Path, second: dict[str, Any], message: str
) -> None:
    write(tmp_path / "x.jsonl", [plain_row(0, "a", 0, 0), plain_row(0, "a", 1, 0) | second])
    told = rescore(tmp_path, "x.jsonl", code=2)["told"]
    assert message in told.replace('"', "'")


def test_choices_that_contradict_each_other(tmp_path: Path) -> None:
    first = plain_row(0, "a", 0, 0) | {"kind": "choice", "reference_answer": "B"}
    first |= {"response": "(B)", "choices": ["ice", "fog"]}
    write(tmp_path / "x.jsonl", [first, first | {"sample_index": 1, "choices": ["fog", "ice"]}])
    told = rescore(tmp_path, "x.jsonl", code=2)["told"]
    assert "several choices, such as ['fog', 'ice'] and" in told.replace('"', "'")
    same = jsonl([first | {"sample_index": 1}]).replace(b'"ice"', b'"\\u0069ce"')
    (tmp_path / "x.jsonl").write_bytes(jsonl([first]) + same)
    rescore(tmp_path, "x.jsonl")


def test_no_kind_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "x.jsonl", [{k: v for k, v in row.items() if k != "kind"} for row in rows()])
    assert "give --kind" in rescore(tmp_path, "x.jsonl", code=2)["told"]
    rescore(tmp_path, "x.jsonl", "--kind", "math")


# Bad input ---------------------------------------------------------------------------------


def _lines() -> list[bytes]:
    return jsonl(rows()).splitlines(keepends=True)


BAD_LINES = {
    b'{"problem_id": "p", "model"': "not JSON: the line is cut off",
    b'{"problem_id": "\xe9t\xe9"}': "not UTF-8",
    b'{"problem_id": "p\0"}': "not JSON: a control character in a string",
    b"\0\0\0": "not JSON: an unknown word or number",
    b"[1]": "not an object",
    b"x": "not JSON: an unknown word or number",
    b'{"x": ' + b"[" * 100_000: "nested more than 512 levels deep",
    b'{"problem_id": "p", "response": "7"}': "field model is missing",
    b'{"model": "a", "response": "7"}': "field problem_id is missing",
    b'{"problem_id": "p", "model": "a"}': "field response is missing",
    b'{"problem_id": "p", "model": "a", "response": 7}': (
        "field response is not a text or a list of texts"
    ),
    b'{"problem_id": "p", "model": "a", "response": "7", "sample_index": 1e400}': (
        "field sample_index is not a whole number from 0 to 4294967295"
    ),
    b'{"problem_id": "p", "model": "a", "response": "7", "sample_index": 4294967296}': (
        "field sample_index is not a whole number from 0 to 4294967295"
    ),
    b'{"problem_id": "p", "model": "a", "response": "7", "sample_index": 0.5}': (
        "field sample_index is not a whole number from 0 to 4294967295"
    ),
    b'{"problem_id": "p", "model": "a", "response": "7", "sample_index": "0.0"}': (
        "field sample_index is not a whole number from 0 to 4294967295"
    ),
}


@pytest.mark.parametrize("bad", BAD_LINES, ids=lambda line: line[:40].decode("latin-1"))
def test_a_bad_line_is_listed_and_the_others_count(tmp_path: Path, plain: Path, bad: bytes) -> None:
    lines = _lines()
    (tmp_path / "x.jsonl").write_bytes(b"".join([*lines[:17], bad, b"\n", *lines[17:]]))
    summary = rescore(tmp_path, "x.jsonl", code=1)  # one of 37 is more than one in a hundred
    assert bad_rows(summary) == [("x.jsonl", 18, BAD_LINES[bad])]
    assert f"x.jsonl:18: {BAD_LINES[bad]}" in summary["told"]
    assert results(tmp_path / OUT) == results(plain)
    assert rescore(tmp_path, "x.jsonl", "--max-bad", "0.1")["rows"]["bad"] == 1
    told = rescore(tmp_path, "x.jsonl", "--strict", code=2, out="strict")["told"]
    assert "--strict allows none: x.jsonl:18" in told
    assert not (tmp_path / "strict").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\n\n \r\n"),
        lambda data: data.rstrip(b"\n"),
        lambda data: data.replace(b'"response"', b'"respons\\u0065"'),
        lambda data: data.replace(b"\\\\", b"\\u005c"),
        lambda data: data.replace(b'{"task"', b'{"model": 5, "response": [], "task"'),
        lambda data: data.replace(b'{"task"', b'{"x": [[{"y": -1.5e-300}]], "big": 1e999, "task"'),
        lambda data: data.replace(b": ", b":", 1).replace(b", ", b" ,\t", 5),
    ],
    ids=["bom", "crlf", "blank", "no-end", "key", "backslash", "twice", "junk", "spacing"],
)
def test_odd_files_that_are_fine(
    tmp_path: Path, plain: Path, change: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "x.jsonl").write_bytes(change(jsonl(rows())))
    rescore(tmp_path, "x.jsonl")
    assert results(tmp_path / OUT) == results(plain)


def test_all_conflicts_are_counted(tmp_path: Path) -> None:
    some = [plain_row(p, "a", 0, p + way) for way in (0, 1) for p in range(13)]
    write(tmp_path / "x.jsonl", some)
    summary = rescore(tmp_path, "x.jsonl")
    assert summary["told"].count("rows that contradict each other; the smallest key counts") == 10
    assert f"… and 3 more in {OUT}/summary.json" in summary["told"]
    assert "13 samples of rows that contradict each other" in summary["told"]


def test_a_torn_last_line(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(jsonl(rows())[:-9])
    summary = rescore(tmp_path, "x.jsonl", code=1)
    assert bad_rows(summary) == [("x.jsonl", 36, "not JSON: the line is cut off")]


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl.zst", "x.parquet", "x.arrow", "x.ipc"])
def test_a_file_cut_short_among_others(tmp_path: Path, name: str) -> None:
    some = rows()
    many = [plain_row(p, "a", k, f"{p}{os.urandom(40).hex()}") for p in range(9) for k in range(99)]
    path = write(tmp_path / "in" / name, many)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    write(tmp_path / "in/y.jsonl", some)
    summary = rescore(tmp_path, "in", "--max-bad", "1", code=1)
    assert summary["rows"]["rows"] >= len(some)
    ((file, line, reason),) = bad_rows(summary)
    assert file == name
    assert line == (1 if name in {"x.parquet", "x.arrow"} else summary["rows"]["rows"] - 35)
    assert "breaks off" in reason
    told = rescore(tmp_path, f"in/{name}", "--strict", code=2)["told"]
    assert name in told


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_the_rows_of_a_damaged_part_are_counted(tmp_path: Path, name: str) -> None:
    some = rows()
    path = write(tmp_path / name, some)
    data = bytearray(path.read_bytes())
    if name == "x.parquet":
        size = 7
        column = pq.ParquetFile(path).metadata.row_group(1).column(5)
        at, end = column.data_page_offset, column.data_page_offset + 20
    else:
        size = 5
        with pa.ipc.open_file(str(path)) as file:
            answer = file.get_batch(1).column("response")
        at = data.index(b"".join(text.as_buffer().to_pybytes() for text in answer))
        end = at + 4
    data[at:end] = b"\xff" * (end - at)
    path.write_bytes(data)
    summary = rescore(tmp_path, name, code=1)
    (bad,) = summary["bad_rows"]["listed"]
    assert (bad["line"], bad["rows"]) == (size + 1, size)
    assert summary["rows"]["bad"] == size
    assert summary["rows"]["rows"] == len(some) - size
    share = f"{size / len(some):.2%}"
    assert f"{name}:{size + 1}: {size} rows lost where the file breaks off: " in summary["told"]
    assert f"{size} rows could not be used and are not counted ({share})" in summary["told"]
    assert "more in" not in summary["told"]


@pytest.mark.parametrize("name", ["x.arrow", "x.ipc"])
def test_a_length_that_cannot_be_is_damage(tmp_path: Path, name: str) -> None:
    some = [plain_row(p, "a", k, "7" * (20 + p)) for p in range(5) for k in range(5)]
    path = write(tmp_path / name, some)
    before, *lengths = path.read_bytes().split(struct.pack("<q", 192))  # of texts, padded
    assert len(lengths) == 4
    sizes = (struct.pack("<q", size) for size in (192, 1 << 40, 192, 192))
    path.write_bytes(before + b"".join(map(operator.add, sizes, lengths)))
    summary = rescore(tmp_path, name, code=1)
    ((file, line, reason),) = bad_rows(summary)
    assert (file, line) == (name, 6)
    assert "the file breaks off: damaged: " in reason
    assert "panicked" not in summary["told"]
    assert summary["rows"]["rows"] == (20 if name == "x.arrow" else 5)


def test_utf16_is_no_sample(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(jsonl(rows()).decode().encode("utf-16"))
    told = rescore(tmp_path, "x.jsonl", code=2)["told"]
    assert "x.jsonl: is UTF-16 text: save it as UTF-8" in told


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("response", [1, 2], "field response is not a text or a list of texts"),
        ("sample_index", ["a", "b"], "field sample_index is not a whole number"),
        ("model", [1.5, 2], "field model is not a text"),
        ("problem_id", [[1], [2]], "field problem_id is not a text"),
        ("reference_answer", [[1], [2]], "field reference_answer is not a text"),
    ],
)
def test_a_column_of_the_wrong_type(
    tmp_path: Path, column: str, values: list[Any], message: str
) -> None:
    some = [row | {column: value} for row, value in zip(rows(1), values, strict=False)]
    write(tmp_path / "x.parquet", some)
    told = rescore(tmp_path, "x.parquet", code=2)["told"]
    assert f"x.parquet:1: {message}" in told
    write(tmp_path / "y.jsonl", rows())
    summary = rescore(tmp_path, "x.parquet", "y.jsonl", code=1)
    assert summary["rows"]["bad"] == 2


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.parquet", "nowhere.jsonl", "empty/"])
def test_nothing_to_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.jsonl").write_bytes(b"")
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(b"\n\n"))
    pq.write_table(pa.table({"problem_id": pa.array([], pa.string())}), tmp_path / "x.parquet")
    told = rescore(tmp_path, name, code=2)["told"]
    assert told.count("\n") == 1
    assert name.rstrip("/") in told
    assert not (tmp_path / OUT).exists()


def test_the_first_hundred_of_many_bad_rows(tmp_path: Path) -> None:
    wide = plain_row(1, "a", 0, 1, junk="x" * 1000)
    good = json.dumps(wide).encode() + b"\n"
    block = good * 40 + b"{\n"
    (tmp_path / "a.jsonl").write_bytes(block * 60)  # some blocks of 512 KiB
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(block * 60))
    summary = rescore(tmp_path, "b.jsonl.gz", "a.jsonl", code=1)
    expected = [("a.jsonl", 41 * n) for n in range(1, 61)]
    expected += [("b.jsonl.gz", 41 * n) for n in range(1, 41)]
    assert [row[:2] for row in bad_rows(summary)] == expected
    assert summary["rows"]["bad"] == 120
    assert f"… and 110 more in {OUT}/summary.json" in summary["told"]
    assert "120 rows could not be used and are not counted (2.44%): not JSON" in summary["told"]
    assert "(120)" in summary["told"]


_WITH_PEAK = """
import pathlib, sys
from slm_mux.cli import main
try:
    main(sys.argv[1:])
finally:
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    print("peak", peak.split()[1], file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are read from /proc")
def test_a_line_of_200_megabytes_is_passed_over_in_bounded_memory(
    tmp_path: Path, plain: Path
) -> None:
    lines = _lines()
    with (tmp_path / "x.jsonl").open("wb") as file:
        file.writelines(lines[:17])
        file.write(b'{"response": "')
        for _ in range(200):
            file.write("é".encode() * (1 << 19))
        file.write(b'"}\n')
        file.writelines(lines[17:])
    asked = ("rescore", "x.jsonl", "-o", OUT, "--json", "--max-bad", "0.1")
    done = subprocess.run(
        [sys.executable, "-c", _WITH_PEAK, *asked], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    assert bad_rows(json.loads(done.stdout)) == [("x.jsonl", 18, "longer than 64 MiB")]
    assert results(tmp_path / OUT) == results(plain)
    peak = int(done.stderr.rpartition("peak")[2])
    assert peak < 320 << 10  # KiB: the line is not held, only what may be read of it


_WITH_FEW_FILES = """
import resource, sys
from slm_mux.cli import main
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
main(sys.argv[1:])
"""


def test_many_spills_become_few_files(tmp_path: Path) -> None:
    write(tmp_path / "x.ipc", rows(100))  # 120 batches, each of which is spilled
    rescore(tmp_path, "x.ipc", out="whole")
    asked = ("rescore", "x.ipc", "-o", OUT, "--memory-limit", "1")
    done = subprocess.run(
        [sys.executable, "-c", _WITH_FEW_FILES, *asked], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert results(tmp_path / OUT) == results(tmp_path / "whole")


@pytest.mark.parametrize("endless", [True, False])
def test_an_interrupted_scan_leaves_nothing(tmp_path: Path, *, endless: bool) -> None:
    code, said = stopped_while_fed(tmp_path, jsonl(rows(500)), [signal.SIGINT], endless=endless)
    assert code == 130
    assert b"interrupted" in said
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_address_without_its_engine_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", rows())
    done = slm_mux("rescore", "log.jsonl", "-o", "out", "--ray-address", "auto", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "slm-mux: --ray-address goes with --engine ray\n")

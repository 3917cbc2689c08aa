"""Telling layouts apart, packed and damaged sources, and what is said of them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli_helpers import slm_mux
from importing.builders import (
    archive,
    batched,
    document,
    layout,
    lines,
    lm_eval_doc,
    nemo,
    parquet,
    parsed,
    read,
    samples,
)
from results_files import entry, ours
from sample_rows import make_row
from slm_mux import importing
from slm_mux.errors import InputError
from slm_mux.importing.peek import peek
from slm_mux.store.packed import zstd_module

ROWS = [json.loads(json.dumps(make_row(i))) for i in range(3)]


def packed_gzip(data: bytes) -> bytes:
    """As gzip."""
    return gzip.compress(data)


def packed_zstd(data: bytes) -> bytes:
    """As zstd, in two frames."""
    zstd = zstd_module()
    half = len(data) // 2
    found: bytes = zstd.compress(data[:half]) + zstd.compress(data[half:])
    return found


@pytest.mark.parametrize("pack", [packed_gzip, packed_zstd])
def test_packed_lines_are_told_by_content(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = lines(tmp_path / "plain.jsonl", ROWS)
    (tmp_path / "packed").write_bytes(pack(path.read_bytes()))
    assert layout(tmp_path / "packed") == "slm-mux"
    assert read(tmp_path / "packed")[0] == read(path)[0] == ROWS


@pytest.mark.parametrize("pack", [packed_gzip, packed_zstd])
@pytest.mark.parametrize("count", [3, 20_000])
def test_a_packed_file_that_is_cut_short(
    tmp_path: Path, pack: Callable[[bytes], bytes], count: int
) -> None:
    body = "".join(json.dumps(make_row(i, seed=i * 7919)) + "\n" for i in range(count))
    (tmp_path / "x.jsonl").write_bytes(pack(body.encode())[:-12])
    with pytest.raises(InputError) as caught:
        read(tmp_path / "x.jsonl")
    assert str(caught.value).startswith(f"{tmp_path}/x.jsonl")
    assert "cut short or damaged" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_content_tells_whatever_the_name(tmp_path: Path) -> None:
    for record, name in (
        (ROWS[0], "slm-mux"),
        (lm_eval_doc(0), "lm-eval"),
        (batched("p", "a"), "batch"),
        (nemo("a"), "nemo-skills"),
        (parsed(0, "2", "2"), "parsed"),
        ({"problem": "?", "answer": "1", "completions": ["1"]}, "columns"),
        ({"prompt": "?", "question": "?", "samples": ["1"], "gt_answer": "1"}, "columns"),
        ({"input": "?", "output": "1", "gts": "1", "score": 1.0, "step": 3}, "columns"),
        ({"problem": "?", "answer": "1"}, None),
        ({}, None),
    ):
        path = lines(tmp_path / "samples_x_2025.eval.parquet", [record])
        assert layout(path) == name


def test_other_files_are_of_no_layout(tmp_path: Path) -> None:
    for at, data in enumerate((b"a,b\n1,2\n", b"\0" * 600, b"[1, 2]", b"{}", b'"x"', b"[", b"")):
        (tmp_path / "f").write_bytes(data)
        assert layout(tmp_path / "f") is None, at


def test_an_unknown_source_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "notes.txt")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/notes.txt: of no known layout; looked for: sample log;")
    assert "inspect_ai" in message


def test_a_layout_can_be_insisted_on(tmp_path: Path) -> None:
    first = lm_eval_doc(0)
    del first["doc_id"]
    path = lines(tmp_path / "m/samples_gsm8k_x.jsonl", [first, lm_eval_doc(1, "2")])
    rows, losses = read(path, layout="lm-eval")
    assert [r["response"] for r in rows] == ["2"]
    assert losses.bad_records == [f"{path}:1: field doc_id is missing or no number"]
    with pytest.raises(InputError, match="no layout 'lmeval': there are slm-mux, lm-eval"):
        read(path, layout="lmeval")


@pytest.mark.parametrize("name", importing.LAYOUTS)
def test_insisting_on_a_wrong_layout_is_one_clear_line(tmp_path: Path, name: str) -> None:
    lines(tmp_path / "lines", [{"a": 1}])
    document(tmp_path / "json", {"a": [1, {"b": 2}]})
    document(tmp_path / "list", [[1]])
    archive(tmp_path / "zip", {"a": 1})
    parquet(tmp_path / "parquet", [{"a": 1}])
    (tmp_path / "text").write_text("hello\n")
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 8)
    for file in sorted(tmp_path.iterdir()):
        with pytest.raises(InputError) as caught:
            read(file, layout=name)
        assert str(caught.value).startswith(str(tmp_path))


def test_empty_sources(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_bytes(b"")
    (tmp_path / "blank.jsonl").write_bytes(b"\n\n")
    for name in ("none", "blank"):
        with pytest.raises(InputError, match=rf"{name}\.jsonl: is empty: no samples in it"):
            read(tmp_path / f"{name}.jsonl")


def test_a_folder_without_samples(tmp_path: Path) -> None:
    document(tmp_path / "results.json", {"results": {}})
    assert layout(tmp_path) is None
    with pytest.raises(InputError, match=r"a folder without samples \(1 files\)"):
        read(tmp_path)


def test_a_folder_of_two_layouts_asks_which(tmp_path: Path) -> None:
    lines(tmp_path / "a.jsonl", ROWS)
    lines(tmp_path / "b.jsonl", [batched("p", "x")])
    with pytest.raises(InputError, match=r"several layouts \(slm-mux, batch\)"):
        read(tmp_path)
    assert len(read(tmp_path, layout="batch")[0]) == 1


def test_results_are_passed_over_beside_the_log_they_were_made_of(tmp_path: Path) -> None:
    lines(tmp_path / "x.samples.jsonl", ROWS)
    lines(
        tmp_path / "x.problems.jsonl",
        [
            {
                "task": "t",
                "kind": "math",
                "problem_id": "p1",
                "problem": "?",
                "reference_answer": "1",
            }
        ],
    )
    document(tmp_path / "x.json", ours(entry("7", "7")))
    rows, losses = read(tmp_path)
    assert rows == ROWS
    assert losses.notes[f"{tmp_path}: results passed over beside sample logs"] == 1


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read: No such file"):
        read(tmp_path / "none.jsonl")


def test_bad_lines_are_counted_and_listed(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [lm_eval_doc(0), 3, lm_eval_doc(1) | {"resps": 7}])
    with path.open("a") as stream:
        stream.write('{"doc_id": 2, "re')
    rows, losses = read(path)
    assert len(rows) == 1
    assert losses.bad_records == [
        f"{path}:2: not a JSON object",
        f"{path}:3: field resps is not a list",
        f"{path}:4: a torn last line",
    ]


def test_a_file_of_nothing_but_bad_lines(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [lm_eval_doc(0) | {"resps": 7}])
    with pytest.raises(InputError, match=r"no samples \(.*:1: field resps is not a list\)"):
        read(path)


def test_a_file_named_twice_counts_once(tmp_path: Path) -> None:
    path = lines(tmp_path / "m/samples_gsm8k_2025-01-02T03-04-05.6.jsonl", [lm_eval_doc(0)])
    assert len(read(path, path, tmp_path)[0]) == 1


def test_files_of_several_layouts_are_read_in_one_go(tmp_path: Path) -> None:
    log = lines(tmp_path / "a.jsonl", ROWS)
    batch = lines(tmp_path / "b.jsonl", [batched("p", "x")])
    assert len(read(log, batch)[0]) == 4


def test_two_files_that_disagree_on_a_reference(tmp_path: Path) -> None:
    paths = [
        lines(tmp_path / m / "samples_gsm8k.jsonl", [lm_eval_doc(0, target=t)])
        for m, t in (("a", "1"), ("b", "2"))
    ]
    with pytest.raises(InputError) as caught:
        read(*paths)
    message = str(caught.value)
    assert message.startswith(f"{paths[1]}:1: problem '0' of task 'gsm8k' has the reference '2'")
    assert f"{paths[0]}:1" in message


def test_one_name_for_several_models_is_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [make_row(0), make_row(1, model="m2")])
    with pytest.raises(InputError, match=r"--model m: the samples are of several \(m1, m2\)"):
        read(path, model="m")


def test_names_given_win(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", ROWS)
    rows, _ = read(path, model="m", task="t", kind="number")
    assert {(r["model"], r["task"], r["kind"]) for r in rows} == {("m", "t", "number")}
    assert samples(rows).keys() == {("m", "p1", i) for i in range(3)}


def test_progress_adds_up_to_the_bytes_of_the_files(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", ROWS * 5000)
    told: list[int] = []
    assert sum(1 for _ in importing.read([path], tick=told.append)) == 15_000
    assert sum(told) == path.stat().st_size


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    entry: dict[str, Any] = {
        "problem": "?",
        "reference_answer": "7",
        "samples": [{"round": 0, "model_response": "x" * 20_000}],
    }
    entries = [entry | {"unique_id": f"p{i}"} for i in range(1500)]
    path = document(tmp_path / "m.json", {"responses": entries})
    code = (
        "import sys, tracemalloc\n"
        "from slm_mux import importing\n"
        "tracemalloc.start()\n"
        "assert sum(1 for _ in importing.read([sys.argv[1]])) == 1500\n"
        "print(tracemalloc.get_traced_memory()[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True, timeout=120
    )
    assert path.stat().st_size > 30_000_000
    assert int(done.stdout) < 15_000_000


def test_importing_it_brings_nothing_heavy() -> None:
    code = "import sys, slm_mux.importing\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    heavy = {"pyarrow", "pydantic", "httpx", "sympy", "yaml", "sqlite3", "backports.zstd"}
    assert not set(done.stdout.split()) & heavy


@pytest.mark.parametrize(
    "first",
    [b'{"doc_id": 0, "do', b"# of yesterday", b"[1, 2]", b"7", b"\x00\x01", b"[" * 9],
)
def test_a_damaged_first_line_does_not_hide_whose_file_it_is(tmp_path: Path, first: bytes) -> None:
    path = lines(tmp_path / "samples_gsm8k_x.jsonl", [lm_eval_doc(i) for i in range(3)])
    path.write_bytes(first + b"\n" + path.read_bytes())
    assert layout(path) == "lm-eval"
    rows, losses = read(path)
    assert len(rows) == 3
    (bad,) = losses.bad_records
    assert bad.startswith(f"{path}:1: not ")


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_document_of_one_object_a_line_is_one(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "set.json"
    row = {"uuid": "a", "answer": "7", "generations": ["7"]}
    objects = ",\n".join(json.dumps(row | {"uuid": str(at)}) for at in range(2))
    text = f"[\n{objects}\n]\n"
    path.write_text(text[: len(text) - cut])
    assert peek(str(path)).shape == "json"
    if cut < 2:
        assert len(read(path, model="m", kind="math")[0]) == 2
    else:
        with pytest.raises(InputError, match=r"set\.json:\d: not valid JSON"):
            read(path, model="m", kind="math")


@pytest.mark.parametrize("start", ["[", '{"version": 1,\n"samples": ['])
def test_a_document_may_begin_on_the_line_of_its_bracket(tmp_path: Path, start: str) -> None:
    path = tmp_path / "set.json"
    row = {"uuid": "a", "answer": "7", "generations": ["7"]}
    objects = ",\n".join(json.dumps(row | {"uuid": str(at)}) for at in range(3))
    path.write_text(start + objects + "\n]" + ("}" if start[0] == "{" else ""))
    assert peek(str(path)).shape == "json"
    if start == "[":
        assert len(read(path, model="m", kind="math")[0]) == 3


def test_a_first_line_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("importing.peek", "store.jsonl"):
        monkeypatch.setattr(sys.modules[f"slm_mux.{module}"], "MAX_LINE", 1 << 10)
    path = lines(tmp_path / "log.jsonl", [make_row(0, response="x" * 3000), make_row(1)])
    assert layout(path) == "slm-mux"
    rows, losses = read(path)
    assert [row["sample_index"] for row in rows] == [1]
    assert losses.bad == {"longer than 0 MiB": 1}
    path.write_text(path.read_text().splitlines()[0])
    assert layout(path) is None


def test_a_file_without_lines_is_not_read_through(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    with path.open("wb") as file:
        file.truncate(1 << 38)
    assert layout(path) is None


@pytest.mark.parametrize("pack", [packed_gzip, packed_zstd])
@pytest.mark.parametrize("name", ["log.eval", "set.parquet"])
def test_what_is_read_from_its_end_must_not_be_packed(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / name
    what = "a zip archive"
    if name == "log.eval":
        archive(path, {"header.json": {}})
    else:
        parquet(path, [{"uuid": "a", "answer": "7", "generations": ["7"]}])
        what = "a Parquet file"
    path.write_bytes(pack(path.read_bytes()))
    said = f"{name}: {what} packed once more: unpack it first"
    with pytest.raises(InputError, match=f"{said}$"):
        read(path)
    done = slm_mux("rescore", name, "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"slm-mux: {said}\n")

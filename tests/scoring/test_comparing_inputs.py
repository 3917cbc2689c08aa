"""What can be compared: every layout, the fields of rows, and what is refused by name."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compared import decision, figures, row, sample, tally, write_folder, write_rows
from results_files import call, entry, ours, published, record, write
from slm_mux.errors import InputError
from slm_mux.scoring.comparing import Comparing, FieldMap, compare
from slm_mux.store.packed import zstd_module


def gave(index: int, verdict: str | None, **fields: Any) -> dict[str, Any]:
    return call("7", round=index, verdict=verdict, stage="key") | fields


def our_results(path: Path, *verdicts: str | None, **fields: Any) -> Path:
    calls = [gave(n, verdict) for n, verdict in enumerate(verdicts)]
    models = [{"model_name": "m0", "calls": calls, "best_answer": "7"}]
    about = {"problem": "How  many?", "models": models, "is_correct": verdicts[0] == "correct"}
    return write(path, ours(entry("7", "7", **about), **fields))


def test_our_results(tmp_path: Path) -> None:
    a = our_results(tmp_path / "a.json", "correct", "incorrect", None)
    b = our_results(tmp_path / "b.json", "incorrect", "incorrect", "correct")
    said = figures(a, b)
    assert said["samples"]["transitions"] == {
        "correct": {"incorrect": 1}, "incorrect": {"incorrect": 1}, "undecided": {"correct": 1},
    }  # fmt: skip
    (changed,) = said["decisions"]["changed_by"]
    assert changed["a"] == {"outcome": "correct", "stage": "key", "rule": "boxed"}
    assert said["decisions"]["examples"][0]["reference"] == "7"


def test_results_in_one_line_are_no_rows(tmp_path: Path) -> None:
    a = our_results(tmp_path / "a.json", "correct")
    assert a.read_text().count("\n") == 0
    spread = tmp_path / "b.json"
    spread.write_text(json.dumps(json.loads(a.read_text()), indent=1))
    assert figures(a, spread)["decisions"]["changed"] == 0


def test_verified_results_speak_for_decisions(tmp_path: Path) -> None:
    a = our_results(tmp_path / "a.json", "incorrect")
    data = json.loads(a.read_text())
    said = {"verdict": "correct", "stage": "sympy", "rule": "boxed"}
    data["results"][0] |= {"verification": said, "is_correct": True}
    b = write(tmp_path / "b.json", data | {"verification": {}})
    compared = figures(a, b)
    assert compared["b"]["layout"] == "verified results"
    assert compared["decisions"]["transitions"] == {"incorrect": {"correct": 1}}
    assert compared["decisions"]["examples"][0]["b"]["stage"] == "sympy"
    assert compared["samples"]["changed"] == 0


def test_published_results_join_by_text_and_have_decisions_alone(tmp_path: Path) -> None:
    about = {"problem": "how many?", "reference_answer": "7", "final_answer": "8"}
    said = {"selected_model": "m0", "is_correct": False, "model_records": [record("m0", "8", "8")]}
    theirs = write(tmp_path / "b.json", published(about | said))
    compared = figures(our_results(tmp_path / "a.json", "correct"), theirs)
    assert compared["samples"] is None
    assert compared["decisions"]["transitions"] == {"correct": {"incorrect": 1}}
    assert compared["decisions"]["other_answer"] == 1
    assert any("joined by their texts" in note for note in compared["notes"])
    assert any("no verdicts on samples" in note for note in compared["notes"])


def collection(path: Path, *samples: dict[str, Any], **fields: Any) -> Path:
    about = {"problem": "How many?", "reference_answer": "7", "samples": list(samples)}
    return write(path, {"num_samples": len(samples), "responses": [about | fields]})


def test_a_published_collection(tmp_path: Path) -> None:
    theirs = collection(
        tmp_path / "org_small-1b.json",
        {"round": 1, "extracted_answer": "7", "is_correct": True},
        {"round": 2, "extracted_answer": "", "is_correct": False},
        {"round": 3, "extracted_answer": "8", "is_correct": False},
    )
    compared = figures(our_results(tmp_path / "a.json", "correct", "correct", None), theirs)
    assert compared["samples"]["transitions"] == {
        "correct": {"correct": 1, "no_answer": 1}, "undecided": {"incorrect": 1},
    }  # fmt: skip
    assert any("taken for one model: m0 and org_small-1b" in n for n in compared["notes"])


def test_a_model_is_known_by_the_name_of_its_file(tmp_path: Path) -> None:
    theirs = collection(tmp_path / "org_b.json", {"extracted_answer": "7", "is_correct": True})
    rows = [
        {"problem": "how MANY?", "model": model, "sample_index": 0, "correct": model == "org/b"}
        for model in ("org/a", "org/b")
    ]
    said = figures(write_rows(tmp_path / "rows", rows), theirs)
    assert said["models"] == {"common": ["org/b"], "only_a": ["org/a"], "only_b": []}
    assert said["samples"]["transitions"] == {"correct": {"correct": 1}}


def test_names_that_are_one_as_a_file_name_are_not_guessed(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a", [row("p", 0, 1, model=m) for m in ("x/y_z", "x_y/z", "w")])
    b = write_rows(tmp_path / "b", [row("p", 0, 1, model=m) for m in ("x_y_z", "w")])
    said = figures(a, b)["models"]
    assert said == {"common": ["w"], "only_a": ["x/y_z", "x_y/z"], "only_b": ["x_y_z"]}


def test_fields_that_the_user_names(tmp_path: Path) -> None:
    rows = [
        {"key": n, "by": {"rule": n % 2, "judge": 1}, "said": {"rule": "x", "judge": "y"}}
        for n in range(4)
    ]
    path = write_rows(tmp_path / "rows", rows)
    both = FieldMap.parse(["problem_id=key"])
    how = Comparing(
        FieldMap.parse(["verdict=by.rule", "answer=said.rule"]).over(both),
        FieldMap.parse(["verdict=by.judge", "answer=said.judge"]).over(both),
        examples=1,
    )
    said = compare(path, path, how).figures
    assert said["samples"]["transitions"] == {
        "correct": {"correct": 2},
        "incorrect": {"correct": 2},
    }
    assert said["samples"]["examples"][0]["a"]["answer"] == "x"
    assert said["samples"]["examples"][0]["b"]["answer"] == "y"


def test_a_row_may_hold_k_samples(tmp_path: Path) -> None:
    a = write_rows(
        tmp_path / "a", [{"idx": 3, "score": [True, False], "pred": ["7", ""], "gt": "7"}]
    )
    b = write_rows(tmp_path / "b", [{"idx": 3, "correct": n == 0, "gold": "7"} for n in range(2)])
    assert figures(a, b)["samples"]["transitions"] == {
        "correct": {"correct": 1}, "no_answer": {"incorrect": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"ref_pred": "8"}, "incorrect"),
        ({"ref_pred": None}, "no_answer"),
        ({"ref_pred": " ", "finish_reason": "length"}, "truncated"),
        ({"ref_pred": None, "error": "timeout"}, "failed"),
        ({"ref_pred": None, "state": "truncated"}, "truncated"),
        ({"ref_pred": "8", "state": "ok"}, "incorrect"),
    ],
)
def test_why_a_stored_verdict_is_not_correct(
    tmp_path: Path, fields: dict[str, Any], outcome: str
) -> None:
    right = row("q", 0, verdict=True, ref_pred="7")
    a = write_rows(tmp_path / "a", [row("p", 0, verdict=False) | fields, right])
    assert figures(a, a)["samples"]["transitions"].keys() == {"correct", outcome}


def test_a_field_that_is_empty_beside_correct_verdicts_tells_nothing(tmp_path: Path) -> None:
    rows = [row("p", n, verdict=n > 1, ref_pred=None) for n in range(4)]
    said = figures(*[write_rows(tmp_path / "a", rows)] * 2)
    assert said["samples"]["transitions"].keys() == {"correct", "incorrect"}
    assert any("field ref_pred is empty beside correct" in note for note in said["notes"])


def test_a_side_without_tasks_is_of_the_others(tmp_path: Path) -> None:
    named = write_rows(tmp_path / "a", [row("p", 0, 1)])
    bare = write_rows(tmp_path / "b", [{"problem_id": "p", "sample": 0, "correct": 0}])
    other = write_rows(tmp_path / "c", [row("p", 0, 1, task="u")])
    two = write_rows(tmp_path / "d", [row("p", 0, 1, task=task) for task in "tu"])
    assert figures(named, bare)["samples"]["changed"] == 1
    assert figures(named, two)["samples"]["n"] == 1
    with pytest.raises(InputError, match="A is of task t, B of u: --ignore-task joins"):
        compare(named, other)
    assert figures(named, other, ignore_task=True)["samples"]["n"] == 1
    with pytest.raises(InputError, match="has several tasks and"):
        compare(two, bare)


def test_bad_rows_are_counted_and_the_rest_is_compared(tmp_path: Path) -> None:
    good = [row("p", n, 1) for n in range(3)]
    bad: list[Any] = [
        b"{", b"7", row("p", 9, 0.5), row("p", -1, 1), row("p", 2**40, 1), row("p", True, 1),
        row("bad", 9, 1, model=[]), {"is_correct": 1}, row("p", 9, [1, 0.5]),
        b'{"x":' * 5000,
    ]  # fmt: skip
    comparison = compare(
        write_rows(tmp_path / "a", good), write_rows(tmp_path / "b", [*good, *bad])
    )
    assert comparison.figures["samples"]["n"] == 3
    assert comparison.figures["samples"]["only_b"]["count"] == 0
    assert comparison.figures["problems"]["only_b"]["count"] == 0
    assert comparison.reports[1].bad.total() == len(bad)
    assert [note.line for note in comparison.reports[1].bad_rows] == list(range(4, 4 + len(bad)))


def test_hostile_texts_are_kept_short_and_can_be_written(tmp_path: Path) -> None:
    nasty = "\ud800\x00\x1b[31m'); DROP TABLE sample_a; --" + "9" * 10**6
    rows = [row(nasty, 0, n, model=nasty, rule=nasty, span=nasty, gold=nasty) for n in range(2)]
    a, b = (write_rows(tmp_path / str(n), [rows[n]]) for n in range(2))
    (shown,) = figures(a, b)["samples"]["examples"]
    assert len(shown["a"]["answer"]) < 300
    assert len(shown["reference"]) < 300
    assert shown["a"]["answer"].startswith("\\ud800\x00")


def test_answers_nested_without_end_are_kept_short(tmp_path: Path) -> None:
    deep = [b'{"problem_id": "p", "correct": 1, "pred": ' + b"[1," * n + b"1" + b"]" * n + b"}"
            for n in range(850, 1000)]  # fmt: skip
    path = write_rows(tmp_path / "a", deep)
    comparison = compare(path, path)
    assert comparison.figures["samples"]["n"] + comparison.reports[0].bad.total() == len(deep)


def test_any_number_of_rules_stays_bounded(tmp_path: Path) -> None:
    a = write_rows(tmp_path / "a", [row("p", n, 1, rule=f"r{n}") for n in range(1500)])
    b = write_rows(tmp_path / "b", [row("p", n, 0) for n in range(1500)])
    ways = figures(a, b)["samples"]["changed_by"]
    assert len(ways) <= 1001
    assert ways[0]["a"]["rule"] == "other"
    assert sum(way["count"] for way in ways) == 1500


GOOD = row("p", 0, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty: there is nothing"),
        (b"\n\n", "empty: there is nothing"),
        (b"hello\n", "neither an object nor rows"),
        (b"[1]\n", "neither an object nor rows"),
        (b"PAR1....", "is a Parquet file"),
        (b'{\n"x": 1}\n', "neither `results` nor `responses`"),
        (b'{\n"x": ', "not valid JSON"),
        (b'{"results": []}', "empty: there is nothing"),
        (b'{"results": [{"final_answer": "7"}]}', "results[0]: neither a problem_id"),
        (b'{"responses": [{"problem": "?"}]}', "responses[0]: `samples` is not a list"),
        (b'{"responses": [{"problem": "?", "samples": [{}]}]}', "samples[0].is_correct is missing"),
        (b'{"problem_id": "p", "response": "x"}\n', "no row carries a verdict"),
        (b'{"problem_id": "p", "correct": null}\n', "nothing in it is correct or incorrect"),
        (b'{"problem_id": "p", "correct": 0.5}\n', "none of 1 rows can be used; the first: "),
        (b'{"problem_id": "q", "correct": 1}\n', "A has for example 'p', B 'q'"),
        (b'{"problem_id": "p", "model": "n", "correct": 1}\n', "there is nothing to compare"),
    ],
)
def test_what_cannot_be_compared_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    a, b = write_rows(tmp_path / "a", [GOOD]), tmp_path / "b"
    b.write_bytes(content)
    with pytest.raises(InputError) as caught:
        compare(a, b)
    assert message in str(caught.value)
    assert str(b) in str(caught.value)


@pytest.mark.parametrize("field", ["round", "verdict"])
def test_calls_of_results_are_checked(tmp_path: Path, field: str) -> None:
    models = [{"model_name": "m", "calls": [gave(0, "correct") | {field: "many"}]}]
    path = write(tmp_path / "r.json", ours(entry("7", "7", models=models, is_correct=True)))
    with pytest.raises(InputError, match=r"results\[0\]: the "):
        compare(path, path)


def test_folders_that_are_none(tmp_path: Path) -> None:
    good = write_folder(tmp_path / "good", decisions=[decision("p", "correct")])
    lacking = write_folder(tmp_path / "lacking", decisions=[{"task": "t"}])
    empty = write_folder(tmp_path / "empty")
    strange = write_folder(tmp_path / "strange", samples=[sample("p", 0, "perhaps")])
    typed = write_folder(tmp_path / "typed", samples=[sample("p", 0, "correct", model=3)])
    counted = write_folder(
        tmp_path / "counted", tallies=[tally("p", "correct", {0}) | {"indexes": "0"}]
    )
    noise = write_folder(
        tmp_path / "noise", tallies=[tally("p", "correct", {0}) | {"indexes": b"noise"}]
    )
    every = struct.pack("<IB", 12347 | 0xFFFF << 16, 255) + b"\xff" * 8191
    every += b"".join(struct.pack("<HH", high, 0xFFFF) for high in range(1 << 16))
    every += bytes(4 << 16) + struct.pack("<HHH", 1, 0, 0xFFFF) * (1 << 16)
    full = write_folder(
        tmp_path / "full", tallies=[tally("p", "correct", {0}) | {"indexes": every}]
    )
    torn = write_folder(tmp_path / "torn")
    (torn / "decisions.parquet").write_bytes((good / "decisions.parquet").read_bytes()[:-9])
    for folder, message in (
        (empty, "no decisions.parquet, samples.parquet or tallies.parquet"),
        (lacking, "decisions.parquet: no column problem_id"),
        (strange, "samples.parquet, row 0: the verdict is 'perhaps'"),
        (typed, "samples.parquet: column model is not of texts"),
        (counted, "tallies.parquet: column indexes is not of bytes"),
        (noise, "tallies.parquet, row 0: tallies: column indexes holds no bitmap"),
        (full, "tallies.parquet, row 0: tallies: column indexes holds 4294967296 indexes"),
        (torn, "decisions.parquet: cannot be read: Parquet"),
        (tmp_path / "none", "none: cannot be read"),
    ):
        with pytest.raises(InputError) as caught:
            compare(good, folder)
        assert message in str(caught.value)


@pytest.mark.parametrize("item", ["verdict", "verdict=", "colour=x", "=x"])
def test_a_map_names_what_and_where(item: str) -> None:
    with pytest.raises(InputError, match="write NAME=FIELD"):
        FieldMap.parse([item])


@pytest.mark.parametrize("pack", [gzip.compress, zstd_module().compress])
def test_packed_rows_and_results_are_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    plain = write_rows(tmp_path / "a.jsonl", [row("p", 0, True), row("q", 0, False)])
    packed = tmp_path / "a.jsonl.packed"
    packed.write_bytes(pack(plain.read_bytes()))
    assert figures(plain, packed)["samples"] == figures(plain, plain)["samples"]
    results = our_results(tmp_path / "r.json", "correct")
    packed.write_bytes(pack(results.read_bytes()))
    assert figures(results, packed)["decisions"] == figures(results, results)["decisions"]
    packed.write_bytes(pack(plain.read_bytes())[:-9])
    with pytest.raises(InputError, match=r"packed: cut short or damaged"):
        figures(plain, packed)


def test_what_convert_says_of_the_verdicts_of_other_tools_is_known(tmp_path: Path) -> None:
    said = [
        {key: value for key, value in row(name, 0, None).items() if key != "is_correct"}
        | {"prior_verdict": verdict, "prior_answer": "7"}
        for name, verdict in (("p", "correct"), ("q", "incorrect"))
    ]
    a = write_rows(tmp_path / "a.jsonl", said)
    b = write_rows(tmp_path / "b.jsonl", [row("p", 0, True), row("q", 0, True)])
    assert figures(a, b)["samples"]["changed"] == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [("tallies.parquet", "give its folder, .*o$"), ("x.parquet", "slm-mux rescore --output DIR")],
)
def test_a_table_alone_is_no_side(tmp_path: Path, name: str, message: str) -> None:
    folder = write_folder(tmp_path / "o", tallies=[tally("p", "correct", {0})])
    table = (folder / "tallies.parquet").rename(folder / name)
    with pytest.raises(InputError, match=message):
        figures(table, table)

"""lm-evaluation-harness samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importing.builders import layout, lines, lm_eval_doc, read, samples

NAME = "org__small-2b/samples_gsm8k_2025-01-02T03-04-05.678901.jsonl"


def test_a_document_counts_once_whatever_its_filters(tmp_path: Path) -> None:
    docs = [lm_eval_doc(i, "a", "b") for i in range(2)]
    docs += [doc | {"filter": "flexible-extract"} for doc in docs]
    rows, losses = read(lines(tmp_path / NAME, docs))
    assert samples(rows) == {
        ("org/small-2b", doc, i): text for doc in "01" for i, text in enumerate("ab")
    }
    assert {(r["task"], r["kind"]) for r in rows} == {("gsm8k", "number")}
    assert any("no finish_reason" in note for note in losses.notes)


def test_all_k_responses_come_from_resps(tmp_path: Path) -> None:
    doc = lm_eval_doc(0, "x", "y", "z", filtered_resps=["x"])
    rows, _ = read(lines(tmp_path / NAME, [doc]))
    assert [r["response"] for r in rows] == ["x", "y", "z"]


def test_without_resps_the_filtered_ones_are_taken_and_said(tmp_path: Path) -> None:
    doc = lm_eval_doc(0, filtered_resps=["18"])
    del doc["resps"]
    rows, losses = read(lines(tmp_path / NAME, [doc]))
    assert [r["response"] for r in rows] == ["18"]
    assert any("as the first filter cut them" in note for note in losses.notes)


def test_the_placeholder_of_null_content_is_no_text(tmp_path: Path) -> None:
    doc = lm_eval_doc(0, "LMEVAL_MODEL_NONE_ANSWER_PLACEHOLDER", "2")
    rows, losses = read(lines(tmp_path / NAME, [doc]))
    assert [r["response"] for r in rows] == [None, "2"]
    assert losses.notes["lm-eval: placeholder where the server sent no content"] == 1


GIVEN = {"temperature": 0.7, "max_gen_toks": 64, "do_sample": True}


@pytest.mark.parametrize(
    "arguments",
    [
        {"gen_args_0": {"arg_0": "Q", "arg_1": GIVEN}},
        [["Q", GIVEN]],
        json.dumps([["Q", GIVEN]]),
        json.dumps([{"role": "user", "content": "Q"}, GIVEN]),
    ],
)
def test_every_form_of_arguments_gives_the_parameters(tmp_path: Path, arguments: Any) -> None:
    rows, _ = read(lines(tmp_path / NAME, [lm_eval_doc(0, arguments=arguments)]))
    assert rows[0]["params"] == {"temperature": 0.7, "top_p": None, "max_tokens": 64}


def test_arguments_that_say_nothing(tmp_path: Path) -> None:
    silent: list[Any] = ["Q", "{", [], None, [["Q"]], [[]]]
    for at, arguments in enumerate(silent):
        path = lines(tmp_path / str(at) / NAME, [lm_eval_doc(0, arguments=arguments)])
        assert "params" not in read(path)[0][0]


def test_log_likelihoods_are_refused_line_by_line(tmp_path: Path) -> None:
    likelihoods = lm_eval_doc(1) | {"resps": [[["-1.5", "False"]], [["-0.5", "True"]]]}
    path = lines(tmp_path / NAME, [lm_eval_doc(0), likelihoods])
    rows, losses = read(path)
    assert len(rows) == 1
    assert losses.bad_records[0].startswith(f"{path}:2: log-likelihoods")


def test_choices_and_a_target_by_index(tmp_path: Path) -> None:
    doc = {"question": "?", "choices": {"text": ["red", "blue"], "label": ["A", "B"]}}
    path = tmp_path / "m" / "samples_arc_easy_2025-01-02T03-04-05.6.jsonl"
    rows, _ = read(lines(path, [lm_eval_doc(0, doc=doc, target=1)]))
    (row,) = rows
    assert (row["kind"], row["choices"], row["reference_answer"]) == (
        "choice",
        ["red", "blue"],
        "B",
    )


def referred(path: Path, target: Any, choices: Any) -> tuple[str, str]:
    """The reference that a target becomes beside these options, and what is said of targets."""
    doc = lm_eval_doc(0, doc={"question": "?", "choices": choices}, target=target)
    (row,), losses = read(lines(path / "m" / "samples_mmlu_2025-01-02T03-04-05.6.jsonl", [doc]))
    return row["reference_answer"], "; ".join(note for note in losses.notes if "targets" in note)


FOUR = ["red", "blue", "green", "3"]


@pytest.mark.parametrize(
    ("target", "options", "reference"),
    [
        ("2", FOUR, "C"),
        ("3", FOUR, "D"),  # the text of one
        ("3", {"text": ["red", "blue", "green"], "label": ["1", "2", "3"]}, "C"),
        ("G", {"text": ["red", "blue"], "label": ["F", "G"]}, "B"),
        ("b", FOUR, "B"),
    ],
)
def test_a_target_is_an_option_by_text_label_index_or_letter(
    tmp_path: Path, target: str, options: Any, reference: str
) -> None:
    found, said = referred(tmp_path, target, options)
    assert found == reference
    assert "neither" not in said


def test_a_target_that_is_taken_for_an_index_is_said(tmp_path: Path) -> None:
    _, said = referred(tmp_path, "0", FOUR)
    assert said == "lm-eval: targets of digits are indexes of the options, from 0 on"


@pytest.mark.parametrize("target", ["4", "E", "purple", "-1", "²"])
def test_a_target_that_is_no_option_is_said(tmp_path: Path, target: str) -> None:
    reference, said = referred(tmp_path, target, FOUR)
    assert reference == target
    assert said == "lm-eval: targets that are neither a letter nor an option"


@pytest.mark.parametrize(
    ("target", "reference"),
    [
        ("1 + 1 = <<1+1=2>>2\n#### 1,200 ", "1,200"),
        ("#### 1\n#### 2", "2"),
        ("#### Steps\nfirst", "#### Steps\nfirst"),
        ("12 ####", "12 ####"),
    ],
)
def test_of_a_worked_solution_the_answer_is_the_reference(
    tmp_path: Path, target: str, reference: str
) -> None:
    (row,), losses = read(lines(tmp_path / NAME, [lm_eval_doc(0, target=target)]))
    assert row["reference_answer"] == reference
    reduced = "lm-eval: targets reduced to what follows ####" in losses.notes
    assert reduced == (reference != target)


def test_a_second_run_of_a_task_is_numbered_on(tmp_path: Path) -> None:
    for day in "23":
        name = f"org__m/samples_gsm8k_2025-01-0{day}T03-04-05.6.jsonl"
        lines(tmp_path / name, [lm_eval_doc(0, f"run {day}")])
    rows, losses = read(tmp_path)
    assert samples(rows) == {("org/m", "0", 0): "run 2", ("org/m", "0", 1): "run 3"}
    said = "lm-eval: several runs of gsm8k by org/m are taken as further samples"
    assert f"{said}: name one file to score one run" in losses.notes


def test_a_file_without_a_folder_of_a_model_says_so(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [lm_eval_doc(0)])
    assert layout(path) == "lm-eval"
    rows, losses = read(path, task="gsm8k")
    assert rows[0]["model"] == tmp_path.name
    assert list(losses.named["models named after files or folders (--model overrides)"]) == [
        tmp_path.name
    ]
    assert read(path, model="m/1")[0][0]["model"] == "m/1"

"""inspect_ai logs, packed with zstd or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from importing.builders import (
    INSPECT_HEADER,
    Row,
    archive,
    document,
    inspect_sample,
    layout,
    read,
    samples,
)
from slm_mux.errors import InputError


def log(path: Path, *given: dict[str, object]) -> Path:
    """A packed log of these samples."""
    members = {f"samples/{s['id']}_epoch_{s['epoch']}.json": s for s in given}
    return archive(path, {"header.json": INSPECT_HEADER} | members)


def several(epoch: int, *texts: str) -> Row:
    """A sample with several choices of one epoch."""
    choices = [{"message": {"content": text}, "stop_reason": "stop"} for text in texts]
    return inspect_sample(1, epoch, output={"choices": choices})


FAILED = {"output": {"choices": []}, "error": {"message": "boom"}}


def test_epochs_are_samples(tmp_path: Path) -> None:
    path = log(tmp_path / "x.eval", inspect_sample(1, 1, "one"), inspect_sample(1, 2, "two"))
    assert layout(path) == "inspect"
    rows, _ = read(path)
    assert [(r["problem_id"], r["sample_index"], r["response"]) for r in rows] == [
        ("1", 0, "one"),
        ("1", 1, "two"),
    ]
    row = rows[0]
    assert (row["task"], row["model"], row["api_model"]) == ("sums", "maker/small-2b", "small-2b")
    assert row["usage"] == {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    assert row["params"] == {"temperature": 0.5, "top_p": None, "max_tokens": None}
    assert (row["prior_answer"], row["prior_verdict"]) == ("2", "correct")
    assert row["reference_answer"] == "2"


def test_a_json_log_reads_the_same(tmp_path: Path) -> None:
    given = [inspect_sample(1, 1), inspect_sample("b", 1, choices=["x", "y"], target="B")]
    packed, _ = read(log(tmp_path / "x.eval", *given))
    plain, _ = read(document(tmp_path / "x.json", INSPECT_HEADER | {"samples": given}))
    assert packed == plain
    assert plain[1]["reference_answer"] == "B"


def test_reasoning_blocks_are_no_answer(tmp_path: Path) -> None:
    blocks = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "ANSWER: 3"}]
    (row,), _ = read(log(tmp_path / "x.eval", inspect_sample(text=blocks)))
    assert (row["response"], row["reasoning"]) == ("ANSWER: 3", "hm")


def test_long_texts_are_fetched_from_the_attachments(tmp_path: Path) -> None:
    sample = inspect_sample(text="attachment://ab12", attachments={"ab12": "long"})
    (row,), _ = read(log(tmp_path / "x.eval", sample))
    assert row["response"] == "long"


def test_a_missing_attachment_is_a_bad_record(tmp_path: Path) -> None:
    path = log(tmp_path / "x.eval", inspect_sample(1), inspect_sample(2, text="attachment://no"))
    rows, losses = read(path)
    assert len(rows) == 1
    assert "samples/2_epoch_1.json:1: its text is an attachment" in losses.bad_records[0]


def test_an_answer_that_was_cut_off(tmp_path: Path) -> None:
    sample = inspect_sample()
    sample["output"]["choices"][0]["stop_reason"] = "max_tokens"
    (row,), _ = read(log(tmp_path / "x.eval", sample))
    assert row["finish_reason"] == "length"


def test_a_sample_that_failed(tmp_path: Path) -> None:
    sample = inspect_sample(output={"model": "m", "choices": []}, error={"message": "boom"})
    (row,), _ = read(log(tmp_path / "x.eval", sample))
    assert row["error"] == {"kind": "error", "status": None, "message": "boom"}
    assert row["response"] is None


def test_a_run_that_has_not_ended_has_its_header_in_the_journal(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "x.eval",
        {"_journal/start.json": INSPECT_HEADER, "samples/1_epoch_1.json": inspect_sample()},
    )
    assert len(read(path)[0]) == 1


def test_a_second_log_of_a_task_and_model_is_said(tmp_path: Path) -> None:
    for day in "ab":
        log(tmp_path / f"{day}.eval", inspect_sample())
    rows, losses = read(tmp_path)
    assert len(rows) == 2
    assert any("of one sample and epoch the first counts" in note for note in losses.notes)


def test_an_archive_that_is_cut_short(tmp_path: Path) -> None:
    path = log(tmp_path / "x.eval", inspect_sample())
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match=r"x\.eval: a zip archive cut short or damaged"):
        read(path)


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    members = {"header.json": INSPECT_HEADER, "samples/1_epoch_1.json": b'{"id": 1,'}
    with pytest.raises(InputError, match=r"x\.eval/samples/1_epoch_1\.json: not valid JSON"):
        read(archive(tmp_path / "x.eval", members))


def test_a_member_whose_bytes_are_wrong_is_named(tmp_path: Path) -> None:
    path = log(tmp_path / "x.eval", inspect_sample(text="text " * 500))
    data = bytearray(path.read_bytes())
    at = data.index(b"samples/1_epoch_1.json") + 40
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"samples/1_epoch_1\.json: cut short or damaged"):
        read(path)


def test_another_archive_is_of_no_layout(tmp_path: Path) -> None:
    assert layout(archive(tmp_path / "x.zip", {"a.txt": "b"})) is None


@pytest.mark.parametrize("packed", [True, False])
def test_choices_of_epochs_do_not_meet_however_many_each_has(tmp_path: Path, packed: bool) -> None:
    given = [
        several(1, "a", "b", "c"),
        inspect_sample(1, 2, **FAILED),
        several(3, "d"),
        several(4, "e", "f"),
    ]
    if packed:
        rows, _ = read(log(tmp_path / "x.eval", *given))
    else:
        rows, _ = read(document(tmp_path / "x.json", INSPECT_HEADER | {"samples": given}))
    found = {r["sample_index"]: r["response"] for r in rows}
    assert found == {0: "a", 4: "b", 8: "c", 1: None, 2: "d", 3: "e", 7: "f"}


def test_a_retried_epoch_has_the_indexes_that_it_would_have_had(tmp_path: Path) -> None:
    log(tmp_path / "a.eval", several(1, "a", "b"), inspect_sample(1, 2, **FAILED))
    log(tmp_path / "b.eval", several(1, "a", "b"))
    log(tmp_path / "c.eval", several(2, "c", "d"))
    rows, _ = read(tmp_path)
    answered = samples(r for r in rows if r["error"] is None)
    assert [(at, text) for (_, _, at), text in answered.items()] == [
        (0, "a"), (2, "b"), (1, "c"), (3, "d"),
    ]  # fmt: skip


def test_epochs_that_were_planned_hold_the_places_of_those_that_are_missing(
    tmp_path: Path,
) -> None:
    spec = INSPECT_HEADER["eval"] | {"config": {"epochs": 5}}  # type: ignore[operator]
    members = {"header.json": {"eval": spec}, "samples/1_epoch_1.json": several(1, "a", "b")}
    rows, _ = read(archive(tmp_path / "x.eval", members))
    assert [r["sample_index"] for r in rows] == [0, 5]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("C", "correct"), ("I", "incorrect"), ("N", "incorrect"), (1.0, "correct")],
)
def test_verdicts_that_are_taken(tmp_path: Path, value: Any, verdict: str) -> None:
    sample = inspect_sample(scores={"match": {"value": value}})
    (row,), losses = read(log(tmp_path / "x.eval", sample))
    assert row["prior_verdict"] == verdict
    assert not any("verdicts" in note for note in losses.notes)


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("P", "inspect: partial verdicts (P), left out"),
        ({"acc": 1}, "inspect: verdicts of several values, left out"),
        (0.5, "inspect: verdicts that are none of C, I, N, 1 and 0, left out"),
        ("yes", "inspect: verdicts that are none of C, I, N, 1 and 0, left out"),
    ],
)
def test_verdicts_that_are_not_taken_are_said(tmp_path: Path, value: Any, note: str) -> None:
    given = [inspect_sample(at, scores={"match": {"value": value}}) for at in range(2)]
    rows, losses = read(log(tmp_path / "x.eval", *given))
    assert not any("prior_verdict" in row for row in rows)
    assert losses.notes[note] == 2


def test_a_second_scorer_is_said(tmp_path: Path) -> None:
    sample = inspect_sample(scores={"match": {"value": "C"}, "judge": {"value": "I"}})
    (row,), losses = read(log(tmp_path / "x.eval", sample))
    assert row["prior_verdict"] == "correct"
    assert losses.notes["inspect: verdicts of scorers after the first, left out"] == 1

"""What a report is made from, and the one clear line where it cannot be made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from report_examples import write_log
from slm_mux.cli import _exit_code as run

Change = Callable[[dict[str, Any]], object]


def changed(results: Path, folder: Path, change: Change) -> Path:
    data = json.loads(results.read_text())
    change(data)
    path = folder / "changed.json"
    path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.update(schema_version=2), "schema_version 2, and this slm-mux reads up to 1"),
        (lambda d: d.update(results=[]), "results is empty"),
        (lambda d: d.pop("results"), "not a results file"),
        (lambda d: d.update(settings=7), "settings is not an object"),
        (lambda d: d["results"].append(d["results"][0]), "stands there twice"),
        (lambda d: d["results"][3].update(problem_id=4), "results[3].problem_id is not a text"),
        (lambda d: d["results"][0].update(confidence=7), "confidence is not between 0 and 1"),
        (
            lambda d: d["results"][0]["models"][1]["calls"][2].update(state="lost"),
            "results[0].models[1].calls[2].state is none of ok",
        ),
    ],
)
def test_a_wrong_results_file_is_named_by_field(
    change: Change, says: str, results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(results, tmp_path, change)
    assert run(["report", str(path), "-o", str(tmp_path / "x.html")]) == 2
    said = capsys.readouterr().err
    assert str(path) in said
    assert says in said
    assert said.count("\n") == 1
    assert not (tmp_path / "x.html").exists()


def test_a_missing_file_several_files_and_an_empty_folder_are_refused(
    tmp_path: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", str(tmp_path / "no.json")]) == 2
    assert "no such file or folder" in capsys.readouterr().err
    assert run(["report", str(results), str(results)]) == 2
    assert "one file or folder" in capsys.readouterr().err
    assert run(["report", str(tmp_path)]) == 2
    assert "no summary.json" in capsys.readouterr().err


def test_a_study_of_another_task_is_refused(
    results: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = json.loads((folder / "scaling.json").read_text()) | {"task": "other"}
    path = tmp_path / "scaling.json"
    path.write_text(json.dumps(study))
    assert run(["report", str(results), "--scaling", str(path)]) == 2
    assert "a study of task 'other'" in capsys.readouterr().err


def test_without_references_there_are_no_accuracies(
    results: Path, tmp_path: Path, look: Callable[..., Any]
) -> None:
    def unlabel(data: dict[str, Any]) -> None:
        for entry in data["results"]:
            entry |= {"reference_answer": None, "is_correct": None}
            for call in (call for model in entry["models"] for call in model["calls"]):
                call |= {"verdict": None, "stage": None}
        for model in data["models"]:
            model["single_sample"] = None

    page = tmp_path / "report.html"
    assert run(["report", str(changed(results, tmp_path, unlabel)), "-o", str(page), "-q"]) == 0
    opened = look(page)
    assert "without reference answers" in opened.locator(".lede").inner_text()
    assert opened.locator('.chart[data-figure="selectors"]').count() == 0
    assert opened.locator(".row .verdict").first.inner_text() == "? undecided"


def test_sampling_that_stopped_early_has_only_its_own_accuracy(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(results, tmp_path, lambda d: d["settings"].update(stop="unanimous"))
    assert run(["report", str(path), "-o", str(tmp_path / "x.html"), "--json"]) == 0
    [task] = json.loads(capsys.readouterr().out)["tasks"]
    assert task["figures"] == ["causes", "selectors", "states"]
    assert "would be biased" in (tmp_path / "x.html").read_text()


def test_a_file_and_a_folder_of_the_same_samples_tell_the_same(
    results: Path, folder: Path, log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for given in ([str(results)], [str(folder), "--log", str(log)]):
        assert run(["report", *given, "-o", str(tmp_path / "x.html"), "--json"]) == 0
        [task] = json.loads(capsys.readouterr().out)["tasks"]
        told.append((task["problems"], task["accuracy"]))
    assert told[0] == told[1]


def test_beyond_the_bound_problems_are_drawn_and_the_page_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = write_log(tmp_path, problems=120, samples=6, padding=12)
    run(["rescore", str(log), "-o", str(tmp_path / "r.json"), "-q"])
    page = tmp_path / "x.html"
    report = ["report", str(tmp_path / "r.json"), "-o", str(page), "--json", "--max-texts", "1"]
    assert run(report) == 0
    [task] = json.loads(capsys.readouterr().out)["tasks"]
    assert task["problems"] == 120
    assert 0 < task["problems_in_page"] < 120
    assert f"{task['problems_in_page']} of 120 problems are in this page" in page.read_text()

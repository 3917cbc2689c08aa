"""`slm-mux compare` as a user runs it: logs scored twice, then side by side."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli_helpers import slm_mux
from compared import decision, row, tally, write_folder, write_rows
from sample_rows import make_row, write_log
from slm_mux.cli.compare_table import print_comparison
from slm_mux.cli.text import plain
from slm_mux.scoring.comparing import Comparing, compare

BOXED, TAIL, CUT, NONE = r"So \boxed{%s}.", "The answer is %s.", r"So \boxed{%s", "I give up."
RESPONSES = {  # what the reference 7 is answered with, by problem
    "boxed": [BOXED % 7, BOXED % 7, BOXED % 8],
    "tail": [TAIL % 7, TAIL % 7, BOXED % 8],  # the paper's rules read boxes alone
    "units": [BOXED % r"7\text{ cm}", BOXED % "7.0", BOXED % 8],  # and hold 7.0 for no 7
    "none": [NONE, CUT % 7, BOXED % 9],
}


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log and its results under both profiles."""
    folder = tmp_path_factory.mktemp("scored")
    rows = [
        make_row(index, problem_id=problem, response=response, reference_answer="7")
        for problem, responses in RESPONSES.items()
        for index, response in enumerate(responses)
    ]
    write_log(folder / "log.jsonl", rows)
    for profile in ("canonical", "paper"):
        done = slm_mux(
            "rescore", "log.jsonl", "--profile", profile, "--output", f"{profile}.json", "-q",
            cwd=folder,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return slm_mux("compare", *arguments, cwd=folder)


def test_folders_of_an_early_exit_have_no_accuracy_of_samples(tmp_path: Path) -> None:
    rows = [make_row(index, response=BOXED % 7, reference_answer="7") for index in range(2)]
    stopped = [
        make_row(index, problem_id="other", response=BOXED % 7, reference_answer="7")
        | {"stop": "unanimous"}
        for index in range(1)
    ]
    write_log(tmp_path / "log.jsonl", rows + stopped)
    for name in "ab":
        done = slm_mux("rescore", "log.jsonl", "--output", name, "-q", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    said = json.loads(run(tmp_path, "a", "b", "--json").stdout)
    assert said["a"]["settings"]["stop"] == "unanimous"
    assert said["samples"]["accuracy"] is None
    assert said["decisions"]["accuracy"]["a"]["value"] == 1


def test_two_profiles(scored: Path) -> None:
    done = run(scored, "canonical.json", "paper.json", "--json", "--examples", 9)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["samples"]["transitions"] == {
        "correct": {"correct": 3, "incorrect": 1, "no_answer": 2},
        "incorrect": {"incorrect": 4},
        "no_answer": {"no_answer": 2},
    }
    assert said["decisions"]["n"] == 4
    assert said["decisions"]["transitions"]["correct"]["incorrect"] >= 1
    places = [(e["problem_id"], e["sample_index"]) for e in said["samples"]["examples"]]
    assert places == [("tail", 0), ("tail", 1), ("units", 1)]
    shown = said["samples"]["examples"][0]
    assert (shown["reference"], shown["a"]["answer"], shown["b"]["answer"]) == ("7", "7", None)
    assert (shown["a"]["outcome"], shown["a"]["stage"]) == ("correct", "string")
    accuracy = said["samples"]["accuracy"]
    assert accuracy["a"]["value"] == pytest.approx(6 / 12)
    assert accuracy["difference"]["value"] == pytest.approx(-3 / 12)
    assert accuracy["difference"]["n"] == 4
    assert [said[side]["settings"]["profile"] for side in "ab"] == ["canonical", "paper"]


def test_what_is_printed(scored: Path) -> None:
    done = run(scored, "canonical.json", "paper.json", "--output", "out/compared.json")
    assert done.returncode == 0, done.stderr
    for part in (
        "profile: A canonical, B paper",
        "samples: 12 samples in both, 3 changed (25.0 %)",
        "accuracy: A 50.0 %",
        "B - A -25.0 points [",
        "McNemar exact p = ",
        "correct -> no answer",
        "tail, m1 #0  reference 7",
        "comparison: out/compared.json",
    ):
        assert part in done.stdout
    figures = json.loads((scored / "out" / "compared.json").read_text())
    assert figures["samples"]["changed"] == 3


def test_against_the_verdicts_of_another_tool(scored: Path) -> None:
    rows = [json.loads(line) for line in (scored / "log.jsonl").read_text().splitlines()]
    theirs = [
        {"qid": r["problem_id"], "model": r["model"], "sample": r["sample_index"],
         "graded": {"ok": "7" in r["response"]}, "read": r["response"][-3:]}
        for r in rows
    ]  # fmt: skip
    write_rows(scored / "theirs.jsonl", theirs)
    done = run(
        scored, "canonical.json", "theirs.jsonl", "--map", "verdict=graded.ok", "answer=read",
        "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["decisions"] is None
    assert said["samples"]["transitions"]["no_answer"] == {"correct": 1, "incorrect": 1}
    assert said["b"]["fields"]["verdict"] == "graded.ok"


def test_exit_codes(scored: Path) -> None:
    same, other = ("canonical.json", "canonical.json"), ("canonical.json", "paper.json")
    assert run(scored, *other, "--quiet").returncode == 0
    assert run(scored, *same, "--quiet", "--fail-on-change").returncode == 0
    done = run(scored, *other, "--quiet", "--fail-on-change")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_what_only_one_has_counts_as_a_change(tmp_path: Path) -> None:
    write_rows(tmp_path / "a", [row("p", 0, 1), row("q", 0, 1)])
    write_rows(tmp_path / "b", [row("p", 0, 1)])
    done = run(tmp_path, "a", "b", "--fail-on-change")
    assert done.returncode == 1
    assert "only in A: 1 problem (q)" in done.stdout
    assert "only in A: 1 sample\n" in done.stdout


def test_bad_rows_are_listed(tmp_path: Path) -> None:
    write_rows(tmp_path / "a", [row("p", 0, 1), b"{", row("p", 1, 0.5)])
    done = run(tmp_path, "a", "a", "--quiet")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "slm-mux: a:2: not valid JSON" in done.stderr
    assert "2 lines could not be read" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a"], "B"),
        (["a", "none"], "none: cannot be read"),
        (["a", "empty"], "empty: no decisions.parquet"),
        (["a", "log"], "log: no row carries a verdict"),
        (["a", "far"], "no problem in common"),
        (["a", "a", "--map", "verdict"], "--map verdict: write NAME=FIELD"),
        (["a", "a", "--examples", "-1"], "--examples"),
        (["a", "a", "--output", "a/x.json"], "choose another --output"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    write_rows(tmp_path / "a", [row("p", 0, 1)])
    write_rows(tmp_path / "far", [row("q", 0, 1)])
    write_log(tmp_path / "log", [make_row()])
    (tmp_path / "empty").mkdir()
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith("slm-mux: ")
    assert done.stderr.count("\n") == 1


def printed(a: Path, b: Path, width: int = 140) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_comparison(compare(a, b, Comparing()).figures, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_texts_never_act_on_the_terminal(tmp_path: Path) -> None:
    nasty = "[red]\x1b]0;x\x07\u202e\r\n\ud800"
    rows: list[dict[str, Any]] = [
        row(nasty, 0, n, model=nasty, task=nasty, rule=nasty, span=nasty, gold=nasty)
        for n in range(2)
    ]
    more = [row(nasty, n + 1, 1, model=f"{nasty}{n}") for n in range(2)]
    a, b = (write_rows(tmp_path / str(n), [rows[n], more[n]]) for n in range(2))
    text = printed(a, b)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert text.count(r"[red]\x1b]0;x\x07\u202e\r\n\ud800") >= 5


def test_tallies_and_decisions_are_printed_too(tmp_path: Path) -> None:
    a, b = (
        write_folder(
            tmp_path / name,
            decisions=[decision("p", "correct")],
            tallies=[tally("p", verdict, {0, 1})],
        )
        for name, verdict in (("a", "correct"), ("b", "incorrect"))
    )
    text = printed(a, b, width=80)
    assert "2 changed (100.0 %)" in text
    assert "decisions: 1 problems in both, 0 changed" in text
    assert "has tallies, not samples" in text


def test_plain_texts_are_short() -> None:
    assert plain("x" * 100, 10) == "x" * 9 + "…"
    assert plain("x" * 10, 10) == "x" * 10
    assert len(plain("\x00" * 100, 10)) == 10

"""The folder that `rescore` writes: whole and of one job, or as it was."""

from __future__ import annotations

import contextlib
import signal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bulk_inputs import jsonl, plain_row, rows, write
from cli_helpers import being_fed, slm_mux
from slm_mux.scoring.bulk.folder import replacing

OUT = "out"
WHOLE = ["decisions.parquet", "samples.parquet", "summary.json", "tallies.parquet"]
# Two answers to one question about the right one.
AT_ODDS = [plain_row(0, "a", 0, 0), plain_row(0, "a", 1, 0) | {"reference_answer": "8"}]


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rescore(folder: Path, *given: object, code: int = 0) -> str:
    """Run it into the same folder every time; what it says."""
    done = slm_mux("rescore", *given, "-o", OUT, cwd=folder)
    assert done.returncode == code, done.stderr
    return done.stderr


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """A folder with a log and its tables."""
    write(tmp_path / "log.jsonl", rows())
    rescore(tmp_path, "log.jsonl", "--keep-samples")
    assert sorted(held(tmp_path / OUT)) == WHOLE
    return tmp_path


FAILING: dict[str, tuple[list[Any], list[str], str]] = {
    "filter": (rows(2), ["--params", "temperature=3", "--keep-samples"], "none of 12 rows"),
    "strict": ([*rows(2), {}], ["--strict", "--keep-samples"], "--strict allows none"),
    "references": (AT_ODDS, ["--keep-samples"], "several reference answers"),
    "names": (rows(2), ["--accuracy", "nobody=0.5"], "no such model"),
    "rule": (rows(2), ["--selector", "calibrated"], "--calibration"),
}


@pytest.mark.parametrize("why", FAILING)
def test_a_job_that_fails_leaves_the_tables_as_they_were(scored: Path, why: str) -> None:
    before = held(scored / OUT)
    some, options, said = FAILING[why]
    write(scored / "other.jsonl", some)
    assert said in rescore(scored, "other.jsonl", *options, code=2)
    assert held(scored / OUT) == before


def test_a_job_that_fails_leaves_its_own_input(scored: Path) -> None:
    before = held(scored / OUT)
    told = rescore(scored, f"{OUT}/tallies.parquet", "--params", "temperature=3", code=2)
    assert "none of" in told
    assert held(scored / OUT) == before


def test_a_job_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    write(tmp_path / "other.jsonl", AT_ODDS)
    rescore(tmp_path, "other.jsonl", "--keep-samples", code=2)
    assert not (tmp_path / OUT).exists()


def test_tables_may_take_the_place_of_their_input(scored: Path) -> None:
    before = held(scored / OUT)
    rescore(scored, f"{OUT}/tallies.parquet")
    assert held(scored / OUT)["tallies.parquet"] == before["tallies.parquet"]


def test_samples_of_an_earlier_job_go_away(scored: Path) -> None:
    write(scored / "other.jsonl", rows(2))
    rescore(scored, "other.jsonl")
    assert sorted(held(scored / OUT)) == [name for name in WHOLE if "samples" not in name]


def test_a_file_that_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", rows(2))
    (tmp_path / OUT / "summary.json").mkdir(parents=True)
    told = rescore(tmp_path, "log.jsonl", code=2)
    assert told.startswith(f"slm-mux: {OUT}/summary.json: a folder is in the way")
    assert sorted(path.name for path in (tmp_path / OUT).iterdir()) == ["summary.json"]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", rows(2))
    (tmp_path / OUT).write_text("")
    told = rescore(tmp_path, "log.jsonl", code=2)
    assert told.startswith(f"slm-mux: --output {OUT}: is a file")


def test_an_interrupted_job_leaves_the_tables_as_they_were(scored: Path) -> None:
    before = held(scored / OUT)
    asked = ("rescore", "-", "-o", OUT, "--keep-samples", "--quiet")
    child, given, said = being_fed(*asked, cwd=scored, data=jsonl(rows(500)))
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=10) == 130
    with said, contextlib.suppress(BrokenPipeError), given:
        assert held(scored / OUT) == before


def test_samples_are_the_same_rows_whatever_the_threads(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", [row | {"junk": "x" * 999} for row in rows(500)])  # many blocks
    found = []
    for threads in "14":
        asked = ("rescore", "log.jsonl", "-o", OUT, "--keep-samples", "--quiet")
        slm_mux(*asked, cwd=tmp_path, env={"RAYON_NUM_THREADS": threads})
        files = held(tmp_path / OUT)
        samples = pq.read_table(tmp_path / OUT / "samples.parquet").to_pylist()
        del files["samples.parquet"]
        found.append((files, sorted(samples, key=itemgetter("position"))))
    assert found[0] == found[1]
    assert len(found[0][1]) == 3000


@pytest.mark.parametrize("moved", [0, 1])
def test_an_interruption_at_the_end_leaves_files_of_one_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    for name in WHOLE:
        (tmp_path / name).write_text("old")
    calls: list[Path] = []
    replace = Path.replace

    def interrupted(part: Path, end: Path) -> Path:
        calls.append(end)
        if len(calls) == 2 and not moved:
            raise KeyboardInterrupt
        found = replace(part, end)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path) as places:  # noqa: PT012
        for name in WHOLE:
            if "samples" not in name:
                places[name].write_text("new")
    found = held(tmp_path)
    assert found == {name: b"new" for name in WHOLE if "samples" not in name}

"""What nobody may read is named in one line, and never passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bulk_inputs import rows, write
from cli_helpers import slm_mux
from unreadable import closed, slm_mux_of_nobody

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A log, and another in a folder below it."""
    some = rows()
    write(tmp_path / "logs/x.jsonl", some[:20])
    write(tmp_path / "logs/in/y.jsonl", some[20:])
    return tmp_path / "logs"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rescore", "logs", "-o", "out"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "logs/*/*.jsonl", "-o", "out"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "logs/**/*.jsonl", "-o", "out"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "logs/*/y.jsonl", "-o", "out"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "l*/in/*.jsonl", "-o", "out"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "logs", "-o", "r.json"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "logs/in", "-o", "out"), "logs/in: cannot be read: Permission denied"),
        (("convert", "logs", "-o", "log.jsonl"), "logs/in: cannot be read: Permission denied"),
        (("rescore", "logs/in/y.jsonl", "-o", "out"), "logs/in/y.jsonl: Permission denied"),
        (("rescore", "logs/x.jsonl", "-o", "logs/in/out"), "logs/in/out: Permission denied"),
        (("convert", "logs/in/y.jsonl", "-o", "log.jsonl"), "logs/in/y.jsonl: Permission denied"),
    ],
)
def test_what_cannot_be_reached_is_named(
    tmp_path: Path, logs: Path, arguments: tuple[str, ...], said: str
) -> None:
    with closed(logs / "in"):
        done = slm_mux_of_nobody(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"slm-mux: {said}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_a_pattern_does_not_look_into_folders_beside_it(tmp_path: Path, logs: Path) -> None:
    with closed(logs / "in"):
        done = slm_mux_of_nobody("rescore", "l*/*.jsonl", "-o", "out", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    done = slm_mux("rescore", "x" * 5000, "-o", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "output"),
    [
        *((option, "out") for option in ("--task", "--models", "--api-model", "--prompt")),
        ("--models", "r.json"),
        ("--prompt", "r.json"),
    ],
)
def test_an_argument_in_another_encoding(
    tmp_path: Path, logs: Path, option: str, output: str
) -> None:
    done = slm_mux("rescore", logs, option, "caf\udce9", "-o", output, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "slm-mux: 'caf\\udce9': not valid Unicode\n")
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize("option", ["--task", "--model"])
def test_a_name_in_another_encoding_is_not_written(tmp_path: Path, logs: Path, option: str) -> None:
    done = slm_mux("convert", logs, option, "caf\udce9", "-o", "log.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "slm-mux: 'caf\\udce9': not valid Unicode\n")

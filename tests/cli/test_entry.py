"""The way into the command line: what is loaded for it, and an interruption meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import slm_mux
from cli_helpers import command, environment
from conftest import ROOT

# What an interruption may be while modules load.
INTERRUPTED = {
    "plain": "raise KeyboardInterrupt",
    "exec": "exec('raise KeyboardInterrupt')",  # data classes and named tuples are made so
    "class": (
        "class Field:\n"
        "    def __set_name__(self, owner, name): raise KeyboardInterrupt\n"
        "class Of: field = Field()"
    ),
}


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    """`--version`, with the modules in a folder before all others."""
    where = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        command("--version"), env=environment(PYTHONPATH=where), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("how", INTERRUPTED)
def test_an_interruption_while_it_loads(tmp_path: Path, how: str) -> None:
    (tmp_path / "cyclopts.py").write_text(INTERRUPTED[how])
    done = _run(tmp_path)
    assert (done.returncode, done.stderr) == (130, "slm-mux: interrupted\n")


def test_other_errors_while_it_loads_are_shown(tmp_path: Path) -> None:
    (tmp_path / "cyclopts.py").write_text("raise RuntimeError('broken')")
    done = _run(tmp_path)
    assert done.returncode == 1
    assert "RuntimeError: broken" in done.stderr


def test_nothing_is_loaded_before_it_is_guarded() -> None:
    code = "import slm_mux.__main__, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    ours = [name for name in loaded if name.startswith("slm_mux")]
    assert sorted(ours) == ["slm_mux", "slm_mux.__main__"]
    assert not {"dataclasses", "cyclopts"} & set(loaded)


def test_every_way_in_is_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"slm-mux": "slm_mux.__main__:main"}
    for name in ("slm_mux", "slm_mux.cli"):
        done = subprocess.run(
            [sys.executable, "-m", name, "--version"], env=environment(), capture_output=True,
            text=True, check=True, timeout=60,
        )  # fmt: skip
        assert done.stdout.strip() == slm_mux.__version__

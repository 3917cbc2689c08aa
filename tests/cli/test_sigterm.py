"""SIGTERM, as schedulers send it: cleared away as after Ctrl-C, and told apart from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bulk_inputs import jsonl, rows
from cli_helpers import (
    MODELS,
    command,
    endpoint,
    environment,
    stopped_while_fed,
    write_problems,
)
from faults.server import FaultServer
from slm_mux.cli.signals import TerminatedError, ending_on_sigterm

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("endless", [True, False])
def test_a_terminated_scan_leaves_nothing(tmp_path: Path, *, endless: bool, times: int) -> None:
    data = jsonl(rows(500))
    code, said = stopped_while_fed(tmp_path, data, [signal.SIGTERM] * times, endless=endless)
    assert (code, said) == (143, b"slm-mux: terminated\n")
    assert list(tmp_path.iterdir()) == []


def test_a_termination_while_it_loads(tmp_path: Path) -> None:
    (tmp_path / "cyclopts.py").write_text(
        "class TerminatedError(KeyboardInterrupt): exit_code = 143\n"
        "class Field:\n"
        "    def __set_name__(self, owner, name): raise TerminatedError('terminated')\n"
        "class Of: field = Field()"
    )
    where = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command("--version"), env=environment(PYTHONPATH=where), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (143, "slm-mux: terminated\n")


def test_a_run_that_is_told_twice_stops_at_once(tmp_path: Path) -> None:
    write_problems(tmp_path, 20)
    arguments = (
        "run", "math", "--data_path", "problems.json", "--output", "r.json", "--models", *MODELS,
        "--no-preflight",
    )  # fmt: skip
    with FaultServer(latency=5) as server:
        process = subprocess.Popen(
            command(*arguments, *endpoint(server)), cwd=tmp_path, env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stderr is not None
        while not server.requests and process.poll() is None:
            server.arrived.wait(0.05)
            server.arrived.clear()
        process.send_signal(signal.SIGTERM)
        while "once more to stop at once" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert process.returncode == -signal.SIGTERM


def test_who_ignores_it_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with ending_on_sigterm():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_it_is_raised_as_an_interruption() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with pytest.raises(TerminatedError), ending_on_sigterm():
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)

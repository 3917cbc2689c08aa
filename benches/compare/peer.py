"""The peer (Math-Verify) as a process that is killed when it hangs."""

from __future__ import annotations

import json
import selectors
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEER_PYTHON = HERE.parents[1] / ".venv-compare" / "bin" / "python"


class Peer:
    """One worker; a request that takes longer than `patience` seconds costs it its life."""

    def __init__(self, *, patience: float = 30.0, nice: int = 0) -> None:
        if not PEER_PYTHON.is_file():
            raise SystemExit(f"no {PEER_PYTHON}: run `make compare-tools` first")
        self.patience = patience
        self.command = ["nice", "-n", str(nice), str(PEER_PYTHON), str(HERE / "peer_worker.py")]
        self._process: subprocess.Popen[str] | None = None

    def grade(self, gold: str, response: str) -> dict[str, Any]:
        """The peer's verdict; `error` says `killed` where it did not come back in time."""
        process = self._running()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"gold": gold, "response": response}) + "\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if waiting.select(self.patience) else ""
        if not line:
            self.close()
            error = f"killed after {self.patience:g} s"
            return {
                "verdict": None,
                "error": error,
                "gold_parsed": [],
                "parsed": [],
                "seconds": None,
            }
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the worker; the next request starts another."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._process

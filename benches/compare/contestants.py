"""Who is measured in the bulk re-scoring, on which files, and how each is asked."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple, Protocol

from peer import HERE, PEER_PYTHON
from sample_files import JSON_LINES, MAKERS
from worker import Measured, Worker

ROOT = HERE.parents[1]
OURS, NEWLINES, POLARS, DUCKDB, PAPER = (
    "slm-mux",
    "counting newlines",
    "Polars, naive regex",
    "DuckDB, naive regex",
    "published rules, Python over orjson (of 100,000 at most, scaled)",
)


class Asked(Protocol):
    """What measures one file after another."""

    def ask(self, measure: str, path: Path) -> Measured:
        """One measurement."""


class Contestant(NamedTuple):
    """A name, its worker's script (none: the Rust example), and on which files it is measured.

    `samples` is the size of the file that stands for larger ones where those would take too long;
    its times are scaled.
    """

    name: str
    script: str | None
    files: frozenset[str]
    samples: int | None = None

    def start(self, threads: int) -> AbstractContextManager[Asked]:
        """The contestant, ready to be asked."""
        if self.script is None:
            return nullcontext(LineCounter(threads))
        python = Path(sys.executable) if self.name == OURS else PEER_PYTHON
        return Worker(python, HERE / self.script, threads)


class LineCounter:
    """The Rust example that counts newlines; it times itself, and holds nothing."""

    def __init__(self, threads: int) -> None:
        build = ["cargo", "build", "--quiet", "--release", "-p", "slm-mux-benches"]
        subprocess.run([*build, "--example", "count_lines"], cwd=ROOT, check=True)
        self.threads = threads

    def ask(self, _measure: str, path: Path) -> Measured:
        """Count twice in one process, which takes its pages the first time; give the second."""
        command = [ROOT / "target/release/examples/count_lines", path, str(self.threads), "2"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        lines, seconds = done.stdout.splitlines()[-1].split()
        return Measured(float(seconds), int(lines), before=0, peak=0)


def present() -> list[Contestant]:
    """All contestants; ours only where the package can re-score in bulk."""
    if not PEER_PYTHON.is_file():
        raise SystemExit(f"no {PEER_PYTHON}: run `make compare-tools` first")
    asked = [sys.executable, "-c", "import slm_mux.tallies"]
    if subprocess.run(asked, check=False, stderr=subprocess.DEVNULL).returncode:
        print("slm-mux is missing below: the package has no slm_mux.tallies\n")
        return list(PEERS)
    return [Contestant(OURS, "rescoring_ours.py", ALL), *PEERS]


ALL = frozenset(MAKERS)
SCRIPT = "rescoring_peers.py"
PEERS = (
    Contestant(NEWLINES, None, JSON_LINES),
    Contestant(POLARS, SCRIPT, ALL),
    Contestant(DUCKDB, SCRIPT, ALL),
    Contestant(PAPER, SCRIPT, frozenset({"sorted"}), samples=100_000),
)

"""Speed of grading: `slm_mux.grade` against Math-Verify, one core each, in one run.

The recorded first-round responses to MATH problems. Ours grades all of them, as lists, in fresh
processes with one thread, so that nothing is remembered from an earlier pass; Math-Verify a
random sample of a fixed seed, in a process that is killed when it hangs. The runs alternate;
medians of CPU time are printed.

    python benches/compare/grading.py --runs 5 --sample 500
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from typing import Any

from peer import Peer
from recorded import first_round

import slm_mux


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--sample", type=int, default=500, help="responses for Math-Verify")
    options.add_argument("--patience", type=float, default=30.0, help="seconds before a kill")
    options.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    rows = first_round()
    if given.ours:
        json.dump(our_pass(rows), sys.stdout)
        return
    sample = random.Random(0).sample(rows, given.sample)
    ours, theirs, killed = [], [], 0
    for _ in range(given.runs):
        ours.append(our_pass_apart())
        seconds, lost = their_pass(sample, given.patience)
        theirs.append(seconds)
        killed += lost
    report(len(rows), ours, len(sample) - killed // given.runs, theirs, killed)


def our_pass(rows: list[dict[str, Any]]) -> float:
    """CPU seconds of one pass over all responses."""
    responses, golds = [row["response"] for row in rows], [row["gold"] for row in rows]
    slm_mux.grade("\\boxed{1}", "1", kind="math")  # what is set up once is not counted
    start = time.process_time()
    slm_mux.grade(responses, golds, kind="math")
    return time.process_time() - start


def our_pass_apart() -> float:
    """The same in a process of its own, on one thread."""
    done = subprocess.run(
        [sys.executable, __file__, "--ours"],
        env={**os.environ, "RAYON_NUM_THREADS": "1"},
        check=True,
        stdout=subprocess.PIPE,
    )
    return float(json.loads(done.stdout))


def their_pass(sample: list[dict[str, Any]], patience: float) -> tuple[float, int]:
    """CPU seconds of Math-Verify on the sample, and how many it did not come back from."""
    peer = Peer(patience=patience)
    peer.grade("1", "\\boxed{1}")
    seconds = [peer.grade(row["gold"], row["response"])["seconds"] for row in sample]
    peer.close()
    known = [each for each in seconds if each is not None]
    return sum(known), len(seconds) - len(known)


def report(count: int, ours: list[float], asked: int, theirs: list[float], killed: int) -> None:
    """Print medians, rates and their ratio."""
    our_rate = count / statistics.median(ours)
    their_rate = asked / statistics.median(theirs)
    print(f"{platform.machine()}, Python {platform.python_version()}, one core each")
    print(f"slm-mux {slm_mux.__version__}, Math-Verify 0.9.0; {len(ours)} runs, medians\n")
    print("| grader | responses | seconds | responses/s |")
    print("|---|---|---|---|")
    print(f"| slm-mux | {count} | {statistics.median(ours):.4f} | {our_rate:,.0f} |")
    print(f"| Math-Verify | {asked} | {statistics.median(theirs):.2f} | {their_rate:,.0f} |")
    print(f"\nratio {our_rate / their_rate:,.0f}; killed: {killed}")


if __name__ == "__main__":
    main()

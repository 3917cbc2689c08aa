"""Bulk re-scoring on Ray beside the local engine: two nodes of one CPU each, two threads.

Both read the file, merge and decide, in one process, and take turns after a round that is not
counted. Starting the cluster, and its workers, is not counted either. Needs the extra `ray`.

    python benches/compare/rescoring_ray.py --data FOLDER --samples 10000000
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import ray
from ray.cluster_utils import Cluster
from sample_files import DEFAULT_FOLDER, MILLION, file, read_anew

from slm_mux.scoring.bulk import cutting
from slm_mux.scoring.bulk.inputs import find_inputs
from slm_mux.scoring.bulk.local import Work, read_local
from slm_mux.scoring.bulk.on_ray import reading_on_ray, task_size
from slm_mux.tallies import Rules, Scan

if TYPE_CHECKING:
    from slm_mux.scoring.bulk.score import Engine

LOCAL, RAY = "local, 2 threads", "Ray, 2 nodes of 1 CPU"
RULES = Rules(kind="math")
NODE = {"num_cpus": 1, "object_store_memory": 512 << 20}


def main() -> None:
    """Measure and print a table."""
    given = arguments()
    path = file(given.data, "sorted", given.samples)
    read_anew(path)
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    try:
        cluster.add_node(**NODE)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        report(given.samples, rounds(path, given.repeats), record_bytes(path))
    finally:
        ray.shutdown()
        cluster.shutdown()


def arguments() -> argparse.Namespace:
    """What the command line says."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="where the files are")
    options.add_argument("--samples", type=int, default=10 * MILLION)
    options.add_argument("--repeats", type=int, default=5)
    return options.parse_args()


def rounds(path: Path, repeats: int) -> dict[str, list[float]]:
    """The seconds of both engines, in turns."""
    engines: dict[str, Engine] = {LOCAL: read_local, RAY: reading_on_ray()}
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(1 + repeats):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine(find_inputs([path]), RULES, Work()).finish()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def record_bytes(path: Path) -> int:
    """The bytes of partial tallies that the tasks hand on."""
    inputs = find_inputs([path])
    bundled = cutting.bundles(inputs.samples, task_size(inputs.size, cpus=2))
    records = (Scan(RULES).read([one.piece for one in bundle]).records() for bundle in bundled)
    return sum(table.nbytes for table in records)


def report(samples: int, seconds: dict[str, list[float]], handed_on: int) -> None:
    """Print the table."""
    print(f"{samples:,} samples; partial tallies: {handed_on / samples:.1f} bytes a sample\n")
    print("| who | least s | median s | median / local |\n|---|---|---|---|")
    base = statistics.median(seconds[LOCAL])
    for name, each in seconds.items():
        median = statistics.median(each)
        print(f"| {name} | {min(each):.2f} | {median:.2f} | {median / base:.2f} |")


if __name__ == "__main__":
    main()

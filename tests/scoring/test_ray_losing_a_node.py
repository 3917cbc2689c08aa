"""A node is lost in mid-job: what it had in hand is done again elsewhere, and counts once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ray_clusters import QUIET, cluster_of
from sample_rows import make_row
from slm_mux.scoring.bulk import on_ray
from slm_mux.scoring.bulk.inputs import find_inputs
from slm_mux.scoring.bulk.local import Work, read_local
from slm_mux.scoring.bulk.score import Job, score_bulk
from slm_mux.tallies import Choice, Rules

if TYPE_CHECKING:
    from pathlib import Path

ROWS, TASK = 200_000, 256 << 10

pytestmark = [pytest.mark.slow, *(pytest.mark.filterwarnings(one) for one in QUIET)]


def write_many(path: Path) -> None:
    with path.open("w") as target:
        for n in range(ROWS):
            row = make_row(n // 100, problem_id=f"p{n % 100}", response=rf"\boxed{{{n % 7}}}")
            target.write(json.dumps(row) + "\n")


def test_a_node_that_dies_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    write_many(log)
    monkeypatch.setattr(on_ray, "LARGEST", TASK)
    job = Job(find_inputs([log]), Rules(), Choice())
    left: list[int] = []
    with cluster_of(2) as cluster:
        doomed = cluster.add_node(num_cpus=1, object_store_memory=100 << 20)

        def lose_a_node(done: int, _rows: int) -> None:
            if not left and done > job.inputs.size // 4:
                left.append(job.inputs.size - done)
                cluster.remove_node(doomed, allow_graceful=False)

        work = Work(progress=lose_a_node)
        capsys.readouterr()
        there = score_bulk(job, on_ray.reading_on_ray(cluster.address), work)
        told = capsys.readouterr()
    here = score_bulk(job, read_local)
    assert left[0] > 0
    assert told.out == ""  # which programs read
    assert "node" in told.err
    assert there.summary == here.summary
    assert there.tallied.tallies == here.tallied.tallies
    assert there.tallied.decisions == here.tallied.decisions

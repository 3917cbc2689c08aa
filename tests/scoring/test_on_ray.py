"""The Ray engine on a real cluster: the same bytes as on one machine."""

from __future__ import annotations

import gzip
import json
import socket
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ray_clusters import QUIET, cluster_of
from sample_rows import make_row, write_log
from slm_mux.errors import InputError
from slm_mux.scoring.bulk import on_ray
from slm_mux.scoring.bulk.inputs import Inputs, find_inputs
from slm_mux.scoring.bulk.local import Work, read_local
from slm_mux.scoring.bulk.on_ray import reading_on_ray
from slm_mux.scoring.bulk.score import Job, score_bulk
from slm_mux.tallies import Choice, Rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from slm_mux.scoring.bulk.score import Engine

WRITTEN = ("tallies.parquet", "decisions.parquet", "summary.json")
BAD = (b'{"problem_id": "p1", "model": "m1", "resp', b"[1, 2]", b'{"problem_id": "p1"}', b"\xff{}")

pytestmark = [pytest.mark.filterwarnings(one) for one in QUIET]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a cluster of three nodes answers."""
    with cluster_of(3) as cluster:
        yield cluster.address


@pytest.fixture
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are cut up as large ones are."""
    monkeypatch.setattr(on_ray, "SMALLEST", 1)


def rows_of(model: str, first: int, *, problems: int = 3, samples: int = 6) -> list[dict[str, Any]]:
    """Answers of 0 to 4, the indexes from `first` on."""
    return [
        {**make_row(first + n, problem_id=f"p{p}", model=model, response=rf"\boxed{{{n * p % 5}}}")}
        for p in range(problems)
        for n in range(samples)
    ]


def without_index(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k != "sample_index"} for row in rows]


def write_mixed(folder: Path) -> None:
    """Each form of file, rows that repeat and contradict each other, rows of no use."""
    folder.mkdir()
    twice = [*rows_of("m1", 0), *rows_of("m1", 3), make_row(4, response="No answer.")]
    write_log(folder / "indexed.jsonl", twice)
    write_log(folder / "unnumbered-a.jsonl", without_index(rows_of("m2", 0, samples=9)))
    write_log(folder / "unnumbered-b.jsonl", without_index(rows_of("m2", 0, problems=2)))
    lines = [json.dumps(row).encode() + b"\n" for row in rows_of("m1", 9)]
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(b"".join(lines)))
    columns = [
        {k: row[k] for k in ("task", "kind", "problem_id", "model", "sample_index", "response")}
        for row in rows_of("m3", 0)
    ]
    pq.write_table(pa.Table.from_pylist(columns), folder / "columns.parquet", row_group_size=4)
    good = rows_of("m4", 0)
    write_log(folder / "with-bad.jsonl", [BAD[0], *good[:9], *BAD[1:3], *good[9:], BAD[3]])


def scored(engine: Engine, given: str, folder: Path) -> dict[str, bytes]:
    """What an engine makes of the files, as bytes by name."""
    job = Job(find_inputs([given]), Rules(), Choice(), folder=folder)
    score_bulk(job, engine)
    return {name: (folder / name).read_bytes() for name in WRITTEN}


@pytest.mark.usefixtures("many_tasks")
def test_the_output_is_that_of_one_machine(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mixed(tmp_path / "samples")
    monkeypatch.chdir(tmp_path)  # names that are relative are reported as they were given
    here = scored(read_local, "samples", tmp_path / "here")
    there = scored(reading_on_ray(address), "samples", tmp_path / "there")
    summary = json.loads(here["summary.json"])
    assert there == here
    assert summary["rows"]["bad"] == len(BAD)
    assert summary["rows"]["duplicates"] > 0
    assert summary["conflicting_samples"]
    assert {row["file"] for row in summary["bad_rows"]["listed"]} == {"samples/with-bad.jsonl"}
    assert summary["provenance"]["numbering"] == "by_row"


def test_progress_comes_to_the_size_of_the_files(address: str, tmp_path: Path) -> None:
    write_mixed(tmp_path / "samples")
    inputs = find_inputs([tmp_path / "samples"])
    seen: list[tuple[int, int]] = []
    work = Work(progress=lambda done, rows: seen.append((done, rows)))
    scan = reading_on_ray(address)(inputs, Rules(), work)
    assert seen[-1] == (inputs.size, scan.rows)


def test_what_a_task_cannot_use_is_the_error_of_the_job(address: str, tmp_path: Path) -> None:
    row = {k: v for k, v in make_row().items() if k != "kind"}
    log = write_log(tmp_path / "log.jsonl", [row])
    with pytest.raises(InputError, match=r'log\.jsonl: task "made-up": no answer kind'):
        reading_on_ray(address)(find_inputs([log]), Rules(), Work())


def test_standard_input_is_refused() -> None:
    with pytest.raises(InputError, match="cannot read standard input"):
        reading_on_ray()(Inputs(samples=["-"]), Rules(), Work())


def test_single_samples_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--keep-samples"):
        reading_on_ray()(Inputs(), Rules(), Work(samples=tmp_path / "samples.parquet"))


def test_an_address_where_nobody_listens(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    log = write_log(tmp_path / "log.jsonl", [make_row()])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(InputError, match=f"--ray-address 127.0.0.1:{port}: no cluster to work on"):
        reading_on_ray(f"127.0.0.1:{port}")(find_inputs([log]), Rules(), Work())


def test_a_cluster_that_does_not_let_us_in(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")
    refusals = [
        ConnectionError("Failed to connect to Ray cluster at HOST:1"),
        ray.exceptions.AuthenticationError("no token"),
    ]

    def refused(**_options: object) -> None:
        raise refusals.pop(0)

    monkeypatch.setattr(ray, "init", refused)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        there = f"127.0.0.1:{taken.getsockname()[1]}"
        for what in ("no cluster to work on: Failed to connect .*", "no token for the cluster.*"):
            with pytest.raises(InputError, match=what + "RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"):
                reading_on_ray(there)(Inputs(samples=["log.jsonl"]), Rules(), Work())


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install 'slm-mux\[ray\]'"):
        reading_on_ray()(Inputs(samples=["log.jsonl"]), Rules(), Work())

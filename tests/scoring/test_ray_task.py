"""What a task gives and refuses; no cluster is needed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from sample_rows import FAILURE, make_row, write_log
from slm_mux.scoring.bulk.cutting import bundles
from slm_mux.scoring.bulk.ray_task import Order, Result, results_in, tally_bundles
from slm_mux.tallies import Rules, Scan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "log.jsonl", [make_row(n) for n in range(4)])


def results(order: Order) -> list[Result]:
    numbers = pa.table({"id": range(len(order.bundles))})
    return [one for table in tally_bundles(numbers, order) for one in results_in(table)]


@pytest.mark.parametrize("memory", [1, 1 << 30])
@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_results_put_together_are_a_scan(tmp_path: Path, size: int, memory: int) -> None:
    rows = [make_row(n % 6, problem_id=f"p{n % 4}", response=f"It is {n % 5}.") for n in range(40)]
    failed = make_row(1, problem_id="p1", response=None, error=FAILURE)
    log = write_log(tmp_path / "log.jsonl", [failed, *rows, failed])
    whole = Scan()
    given = results(Order(Rules(), bundles([str(log)], size), "/"))
    for one in given:
        whole.add(one.records, one.notes, memory=memory, spill=tmp_path)
    here = Scan().read([log])
    assert sum(one.size for one in given) == log.stat().st_size
    assert whole.rows == here.rows == len(rows) + 2
    there, done = whole.finish(), here.finish()
    assert pa.table(there.tallies).equals(pa.table(done.tallies))
    assert pa.table(there.decisions).equals(pa.table(done.decisions))
    assert there.figures == done.figures


def test_a_name_is_looked_up_from_the_folder_of_the_job(log: Path) -> None:
    cuts = bundles([str(log)], 1 << 20)
    named = [[one._replace(piece=one.piece._replace(path=log.name)) for one in cuts[0]]]
    (result,) = results(Order(Rules(), named, str(log.parent)))
    assert result.error is None
    assert f'"{log.name}"' in str(result.notes)
    assert str(log.parent) not in str(result.notes)


def test_a_file_that_only_others_see(log: Path) -> None:
    order = Order(Rules(), bundles([str(log)], 1 << 20), "/")
    log.unlink()
    (result,) = results(order)
    assert "cannot be read on node" in str(result.error)
    assert "all nodes must see the same files" in str(result.error)


def test_a_file_that_is_another_here(log: Path) -> None:
    order = Order(Rules(), bundles([str(log)], 1 << 20), "/")
    size = log.stat().st_size
    write_log(log, [make_row()])
    (result,) = results(order)
    assert f"has {log.stat().st_size:,} bytes on node" in str(result.error)
    assert f"not {size:,}" in str(result.error)


def test_a_node_of_another_version(log: Path) -> None:
    (result,) = results(Order(Rules(), bundles([str(log)], 1 << 20), "/", version="0.0.0"))
    assert "the job is of 0.0.0" in str(result.error)

"""Tallying Arrow batches from Python: what counts, and what is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bulk_inputs import jsonl, plain_row
from slm_mux.columns import read_parquet
from slm_mux.errors import InputError
from slm_mux.scoring.bulk.inputs import find_inputs
from slm_mux.scoring.bulk.score import Job, score_bulk
from slm_mux.tallies import Choice, Piece, Rules, Scan, merge, scan, tally

RULES = Rules(kind="math")
NUMBERED = [plain_row(1, "a", n, n % 2) for n in range(4)]
UNNUMBERED = [plain_row(1, "a", None, n % 2) for n in range(4)]


def batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows)


def counted(whole: Scan) -> int:
    """How many samples there are in all."""
    return sum(row["count"] for row in pa.table(whole.finish().tallies).to_pylist())


def test_batches_of_numbered_rows_need_no_place() -> None:
    parts = [tally(batch(NUMBERED[:2]), RULES), tally(batch(NUMBERED[2:]), RULES)]
    assert counted(merge(parts, RULES)) == 4


@pytest.mark.parametrize("where", [{}, {"file": 3}])
def test_rows_without_an_index_need_a_place(where: dict[str, int]) -> None:
    for rows in (UNNUMBERED, [*NUMBERED, *UNNUMBERED[:1]]):
        with pytest.raises(InputError, match=r"^\d rows without a sample_index[^\n]*first=ROW\)$"):
            tally(batch(rows), RULES, **where)


def test_rows_are_numbered_by_file_and_first_row() -> None:
    places = [(0, 0), (0, 2)], [(0, 0), (1, 0)]
    for both in places:
        parts = [
            tally(batch(UNNUMBERED[2 * n : 2 * n + 2]), RULES, file=file, first=first)
            for n, (file, first) in enumerate(both)
        ]
        assert counted(merge(reversed(parts), RULES)) == 4


def test_a_batch_of_no_rows_is_a_part() -> None:
    none = tally(batch(NUMBERED).slice(0, 0), RULES)
    assert counted(merge([none, tally(batch(NUMBERED), RULES)], RULES)) == 4


def _through_ipc(part: pa.Table) -> pa.RecordBatchReader:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, part.schema) as stream:
        stream.write_table(part)
    return pa.ipc.open_stream(sink.getvalue())


def test_parts_of_other_rules_are_refused() -> None:
    canonical = pa.table(tally(batch(NUMBERED), RULES))
    paper = pa.table(tally(batch(NUMBERED), Rules(kind="math", profile="paper")))
    bare = canonical.replace_schema_metadata(None)  # as Spark hands it on
    assert counted(merge([bare, _through_ipc(canonical)], RULES)) == 4
    said = r"^a part made by other rules \(paper \S+ \S+, here canonical \S+ \S+\): [^\n]+$"
    for other in (paper, _through_ipc(paper), pa.concat_tables([bare, paper]).combine_chunks()):
        with pytest.raises(InputError, match=said):
            merge([canonical, other], RULES)
    with pytest.raises(InputError, match="here paper"):
        merge([canonical], Rules(kind="math", profile="paper"))
    records = Scan(RULES).read_rows(batch(NUMBERED), name="x").records()
    with pytest.raises(InputError, match="here paper"):
        Scan(Rules(profile="paper")).add(records)


def test_one_part_is_no_list_of_parts() -> None:
    part = tally(batch(NUMBERED), RULES)
    parts: list[Any] = [part, pa.table(part), pa.table(part).to_batches()[0]]
    for one in parts:
        with pytest.raises(TypeError, match=r"write merge\(\[part\], rules\)"):
            merge(one, RULES)
    with pytest.raises(TypeError, match="Arrow rows are wanted"):
        merge([NUMBERED], RULES)  # type: ignore[list-item]


@pytest.mark.parametrize("wrong", [{"kind": "poetry"}, {"profile": "x"}, {"fields": {"x": "y"}}])
def test_wrong_rules_fail_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, InputError), match=r"is (not one of|no field)"):
        Rules(**wrong)
    assert pickle.loads(pickle.dumps(RULES)) == RULES


def test_one_file_needs_no_list(tmp_path: Path) -> None:
    log = tmp_path / "base.jsonl"
    log.write_bytes(jsonl(NUMBERED))
    for one in (log, str(log), [log], Piece(str(log))):
        assert Scan(RULES).read(one).rows == 4
    assert scan(str(log)).rows == 4


def test_tallies_of_the_library_are_inputs(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(jsonl(NUMBERED))
    scan(log).finish(path=tmp_path / "whole.parquet")
    merge([tally(batch(NUMBERED), RULES)], RULES).finish(path=tmp_path / "merged.parquet")
    pq.write_table(pa.table(scan(log).finish().tallies), tmp_path / "kept.parquet")
    names = [tmp_path / f"{name}.parquet" for name in ("whole", "merged", "kept")]
    for given in ([names[0]], [names[1]], [names[2]], names):
        outcome = score_bulk(Job(find_inputs(given), RULES, Choice()))
        assert outcome.summary["provenance"]["numbering"] == "given"
        assert sum(m["samples"]["ok"] for m in outcome.summary["tasks"][0]["models"]) == 4


def test_tallies_numbered_by_row_say_so(tmp_path: Path) -> None:
    part = tally(batch(UNNUMBERED), RULES, first=0)
    path = tmp_path / "x.parquet"
    done = merge([part], RULES).finish(path=path)
    assert done.tallies is None
    again = Scan(RULES).add_tallies(read_parquet(path)).finish()
    told = pa.table(again.tallies).schema.metadata[b"slm_mux"]
    assert json.loads(told)["numbering"] == "by_row"
    with pytest.raises(InputError, match=r"another profile \(canonical, here paper\)"):
        Scan(Rules(profile="paper")).add_tallies(read_parquet(path))
    job = Job(find_inputs([path]), RULES, Choice())
    assert score_bulk(job).summary["provenance"]["numbering"] == "by_row"


def test_tallies_of_another_filter_are_refused() -> None:
    some = [row | {"prompt_sha256": prompt} for prompt in ("aa", "bb") for row in NUMBERED]
    first, last = (
        Scan(RULES).read_rows(batch(some), name="x").finish(Choice(prompts=[which])).tallies
        for which in ("first", "last")
    )
    assert first is not None
    assert last is not None
    twice = Scan(RULES).add_tallies(first).add_tallies(first)
    with pytest.raises(InputError, match=r'chosen by prompts \["last"\] beside .*"first"'):
        twice.add_tallies(last)
    told = pa.table(twice.finish().tallies).schema.metadata[b"slm_mux"]
    assert json.loads(told)["filter"]["prompts"] == ["first"]

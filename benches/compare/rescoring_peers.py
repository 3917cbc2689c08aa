r"""What the bulk re-scoring is measured against; a worker in the venv of the peers.

Polars and DuckDB do less than a re-scoring: they take the first box up to its first brace with a
naive regex, and count answers by problem and model. Columns are named and typed for them, so
that nothing is inferred. The published rules (`tests/reference/paper.py`) run over orjson in as
many processes as there are threads.
"""

from __future__ import annotations

import itertools
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from multiprocessing.pool import Pool
from pathlib import Path

import duckdb
import orjson
import polars as pl
from contestants import DUCKDB, PAPER, POLARS
from worker import serve

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))

from reference import paper

BOX = r"\\boxed\{([^}]*)\}"
COLUMNS = ("problem_id", "model", "response")
GROUP = ("problem_id", "model", "answer")


def polars(path: str, _threads: int) -> tuple[float, int]:
    """The naive query by Polars' streaming engine; the environment says on how many threads."""
    parquet = path.endswith(".parquet")
    columns = dict.fromkeys(COLUMNS, pl.String)
    samples = pl.scan_parquet(path) if parquet else pl.scan_ndjson(path, schema=columns)
    answer = pl.col("response").str.extract(BOX, 1).alias("answer")
    query = samples.with_columns(answer).group_by(*GROUP).agg(pl.len().alias("votes"))
    start = time.perf_counter()
    votes = query.collect(engine="streaming")
    return time.perf_counter() - start, votes["votes"].sum()


def duck(path: str, threads: int) -> tuple[float, int]:
    """The naive query by DuckDB, which gives an Arrow table."""
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in COLUMNS)
    lines = f"read_ndjson($path, columns = {{{columns}}})"
    source = "read_parquet($path)" if path.endswith(".parquet") else lines
    query = (
        "SELECT problem_id, model, regexp_extract(response, $box, 1) AS answer, count(*) AS votes "
        f"FROM {source} GROUP BY ALL"
    )
    with duckdb.connect(config={"threads": threads}) as connection:
        start = time.perf_counter()
        votes = connection.sql(query, params={"path": path, "box": BOX}).to_arrow_table()
        seconds = time.perf_counter() - start
    return seconds, sum(votes["votes"].to_pylist())


def paper_rules(path: str, threads: int) -> tuple[float, int]:
    """The published rules of Python, each process on a part of the file."""
    size = Path(path).stat().st_size
    cuts = [size * part // threads for part in range(threads + 1)]
    tasks = [(path, start, end) for start, end in itertools.pairwise(cuts)]
    pool = processes(threads)
    start = time.perf_counter()
    votes: Counter[tuple[str, str, str | None]] = Counter()
    for part in pool.starmap(paper_votes, tasks, chunksize=1):
        votes.update(part)
    return time.perf_counter() - start, votes.total()


@cache
def processes(threads: int) -> Pool:
    """Processes that have started and read their imports."""
    pool = multiprocessing.get_context("spawn").Pool(threads)
    pool.map(abs, range(threads), chunksize=1)
    return pool


def paper_votes(path: str, start: int, end: int) -> Counter[tuple[str, str, str | None]]:
    """The votes of the lines that begin between two places of the file."""
    votes: Counter[tuple[str, str, str | None]] = Counter()
    for line in lines_between(path, start, end):
        sample = orjson.loads(line)
        span = paper.extract(sample["response"], "math")
        key = None if span is None else paper.key(span, "math")
        votes[sample["problem_id"], sample["model"], key] += 1
    return votes


def lines_between(path: str, start: int, end: int) -> Iterator[bytes]:
    """The lines whose first byte lies in a range of the file."""
    with Path(path).open("rb") as source:
        if start:
            source.seek(start - 1)
            source.readline()
        while source.tell() < end and (line := source.readline()):
            yield line


if __name__ == "__main__":
    serve({POLARS: polars, DUCKDB: duck, PAPER: paper_rules})

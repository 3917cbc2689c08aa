"""The examples of `docs/cluster.md` on Spark and Daft, as they are printed: do the tallies agree?

    make check-engines

Made-up samples are written as Parquet files and scored by `slm-mux rescore`. Then the page's code
runs in this process, with those files for its `frame`, and its tallies are held against those of
`rescore`; so are decisions that come of the tallies written by Spark's. Wants a Java runtime, and
a venv with the engines; its argument is the command `slm-mux` of another one. Exits with 1 where
anything differs.
"""

from __future__ import annotations

import ast
import doctest
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import daft
import pyarrow as pa
import pyarrow.parquet as pq
import sample_text
from pyspark.sql import SparkSession

import slm_mux

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cluster.md"
SAMPLES, FILES, ROW_GROUP = 20_000, 3, 1_000
PLACE = "/shared/samples/*.parquet"
"""Where the page has its files."""


def main() -> int:
    """Check both engines; prints a line for each check."""
    if len(sys.argv) != 2:
        sys.exit("usage: engines.py SLM_MUX")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        sys.exit("Spark wants a Java runtime: java is not on the PATH, and JAVA_HOME is not set")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_samples(home / "samples")
        scored = rescored(home / "samples", home / "scored")
        spark = on_spark(home / "samples", home / "spark.parquet")
        again = rescored(home / "spark.parquet", home / "again")
        checks = {
            "Spark, mapInArrow": same_tallies(spark, scored),
            "Spark, written and rescored": same_decisions(again, scored),
            "Daft, where the rows arrive": same_tallies(on_daft(home / "samples", 0), scored),
            "Daft, on its workers": same_tallies(on_daft(home / "samples", 1), scored),
        }
    for name, good in checks.items():
        print(f"{name}: {'the same' if good else 'DIFFERS'}")
    return int(not all(checks.values()))


def write_samples(folder: Path) -> None:
    """Made-up samples in several files of several row groups."""
    folder.mkdir()
    rows = pa.Table.from_pylist([json.loads(line) for line in sample_text.lines(SAMPLES)])
    each = -(-rows.num_rows // FILES)
    for at in range(FILES):
        part = rows.slice(at * each, each)
        pq.write_table(part, folder / f"{at}.parquet", row_group_size=ROW_GROUP)


def rescored(given: Path, output: Path) -> Path:
    """The folder of tables that `slm-mux rescore` writes."""
    arguments = ["rescore", given, "--output", output, "--quiet"]
    done = subprocess.run([sys.argv[1], *arguments], check=False)
    if done.returncode not in (0, 1):  # 1: models fall short of samples, which is said
        sys.exit(f"rescore {given}: exit {done.returncode}")
    return output


def same_tallies(found: pa.Table, scored: Path) -> bool:
    """Whether the tallies are those of `rescore`, in its order."""
    expected = pq.read_table(scored / "tallies.parquet")
    return expected.num_rows > 0 and found.equals(expected.replace_schema_metadata(None))


def same_decisions(one: Path, other: Path) -> bool:
    """Whether the decisions are the same to the byte."""
    first, second = ((folder / "decisions.parquet").read_bytes() for folder in (one, other))
    return first == second


def on_spark(samples: Path, written: Path) -> pa.Table:
    """The tallies of the page's Spark block, which are written too."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {"spark.driver.host": "127.0.0.1", "spark.log.level": "ERROR"}
    settings |= dict.fromkeys(("spark.ui.enabled", "spark.ui.showConsoleProgress"), "false")
    spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    try:
        names = prepared() | {"frame": spark.read.parquet(str(samples))}
        done = run(block("from pyspark"), names)
        slm_mux.merge([names["parts"]], names["rules"]).finish(path=written)
    finally:
        spark.stop()
    return pa.table(done.tallies)


def on_daft(samples: Path, which: int) -> pa.Table:
    """The tallies of the page's first (0) or second (1) Daft block."""
    first = block("frame = daft").replace(PLACE, f"{samples}/*.parquet")
    names = prepared() | {"daft": daft}
    done = run(first, names)
    if which:
        done = run(block("@daft.func"), names)
    return pa.table(done.tallies)


def prepared() -> dict[str, Any]:
    """The names that the page's examples define, which tests run too."""
    names: dict[str, Any] = {"__name__": "__main__"}  # so that engines send functions by value
    examples = doctest.DocTestParser().get_examples(PAGE.read_text(encoding="utf-8"))
    for example in examples:
        exec(compile(example.source, str(PAGE), "exec"), names)
    return names


def block(start: str) -> str:
    """The code block of the page that starts so."""
    fenced = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    found = fenced.findall(PAGE.read_text(encoding="utf-8"))
    (one,) = (code for code in found if code.startswith(start))
    return str(one)


def run(code: str, names: dict[str, Any]) -> Any:
    """Run a block; the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, str(PAGE), "exec"), names)
    return eval(compile(ast.Expression(last.value), str(PAGE), "eval"), names)


if __name__ == "__main__":
    sys.exit(main())

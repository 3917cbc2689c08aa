"""Lines up to one length are read, those beyond are counted, whoever reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli_helpers import slm_mux
from sample_rows import make_row
from slm_mux.columns import MOST_LINE_BYTES

if TYPE_CHECKING:
    from pathlib import Path

MOST = 64 << 20


def line_of(index: int, size: int) -> bytes:
    """A row of so many bytes, most of them in a field that nobody reads."""
    row: dict[str, Any] = {**make_row(index), "note": ""}
    short = json.dumps(row, separators=(",", ":")).encode()
    return short.replace(b'"note":""', b'"note":"%s"' % (b"x" * (size - len(short)))) + b"\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A row as long as may be, and one too long by a byte."""
    path = tmp_path_factory.mktemp("long") / "x.jsonl"
    with path.open("wb") as file:
        for index, size in enumerate((1000, MOST, MOST + 1, 1000)):
            file.write(line_of(index, size))
    return path


def test_the_limit_is_one() -> None:
    assert MOST_LINE_BYTES == MOST


@pytest.mark.parametrize(
    "asked",
    [
        ("rescore", "-o", "out"),
        ("rescore", "-o", "r.json"),
        ("convert", "-o", "log.jsonl"),
    ],
)
def test_a_line_too_long_is_a_bad_row(log: Path, tmp_path: Path, asked: tuple[str, ...]) -> None:
    name, *options = asked
    done = slm_mux(name, log, *options, "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f"slm-mux: {log}:3: longer than 64 MiB"
    said = json.loads(done.stdout)
    if name == "convert":
        assert said["samples"] == 3
    elif "tasks" in said:
        assert said["rows"]["rows"] == 3
    else:
        assert said["models"][0]["samples"]["ok"] == 3

"""Every text of the case tables as a file of its own, for the fuzzer to start from.

A pair is joined by the separator of `src/lib.rs`, so that a grade starts from both its sides.

    python rust/fuzz/seeds.py FOLDER
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[2] / "tests" / "cases"
SEPARATOR = "\x1f"
LONGEST = 4096
PAIRS = (("a", "b"), ("input", "other"), ("input", "reference"), ("answer", "reference"))


def main() -> None:
    """Write the texts into the folder that is named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for text in texts():
        data = text.encode("utf-8", "replace")[:LONGEST]
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def texts() -> Iterator[str]:
    """The inputs of all tables of answers: alone, in pairs, with their options."""
    for table in sorted(CASES.glob("*.json")):
        rows = json.loads(table.read_text(encoding="utf-8"))
        if isinstance(rows, list):
            yield from (text for row in rows for text in of_row(row))


def of_row(row: dict[str, Any]) -> Iterator[str]:
    """The texts of one case."""
    for pair in PAIRS:
        sides = [row[side] for side in pair if isinstance(row.get(side), str)]
        yield from sides[:1]
        if len(sides) == len(pair):
            yield SEPARATOR.join(sides)
    if isinstance(row.get("input"), str) and row.get("choices"):
        yield SEPARATOR.join([row["input"], "\n".join(row["choices"])])


if __name__ == "__main__":
    main()

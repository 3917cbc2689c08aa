"""The recorded data of `$SLM_MUX_DATA` that the comparisons run on."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SLM_MUX_DATA", ROOT.parent / "shared" / "data"))


def first_round() -> list[dict[str, Any]]:
    """The independent responses to MATH problems, each with its `row` number in the file."""
    return [row for row in all_rounds() if row["round"] == 0]


def all_rounds() -> list[dict[str, Any]]:
    """All responses to MATH problems, also those that saw earlier ones; by round."""
    with gzip.open(DATA / "dylan_math_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [{"row": number, **json.loads(line)} for number, line in enumerate(lines)]
    return sorted((row for row in rows if row["response"]), key=lambda row: int(row["round"]))


def math_500() -> list[dict[str, Any]]:
    """The problems of MATH-500: `problem`, `solution`, `answer`, `unique_id`."""
    rows: list[dict[str, Any]] = json.loads((DATA / "math_500.json").read_text(encoding="utf-8"))
    return rows

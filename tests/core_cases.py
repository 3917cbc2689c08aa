"""The case tables of `tests/cases` as pytest parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import CASES

Case = dict[str, Any]


def cases(table: str) -> list[Any]:
    """Give the rows of one table, each named by its id."""
    rows = json.loads((CASES / f"{table}.json").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["id"]) for row in rows]

"""How many samples a request brought, from the first rows of logs: what a prompt costs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIRST = 20_000
"""Rows of each file that are looked at; the rest will be alike."""
LONGEST = 1 << 20


def samples_per_request(names: Iterable[str]) -> Mapping[str, float]:
    """The mean number of samples of a request, by model; of models whose rows name requests.

    Only plain JSONL is looked at. What is no row is passed over: whoever scores it tells.
    """
    rows: Counter[str] = Counter()
    requests: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        if not name.endswith(".jsonl"):
            continue
        with Path(name).open("rb") as file:
            for line in islice(iter(partial(file.readline, LONGEST), b""), FIRST):
                model, request = _of(line)
                if model is not None and request is not None:
                    rows[model] += 1
                    requests[model].add(request)
    return {model: count / len(requests[model]) for model, count in rows.items()}


def _of(line: bytes) -> tuple[str | None, str | None]:
    """Model and request of a row that has a response."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(row, dict) or row.get("error"):
        return None, None
    model, request = row.get("model"), row.get("request_id")
    texts = isinstance(model, str) and isinstance(request, str)
    return (model, request) if texts else (None, None)

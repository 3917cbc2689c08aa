"""What we write beside sample logs, told from samples: results, problems, figures."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from slm_mux.errors import InputError
from slm_mux.importing.layout import layout_of
from slm_mux.importing.peek import peek
from slm_mux.importing.published import is_ours
from slm_mux.scoring.bulk.folder import DECISIONS, SAMPLES, SUMMARY, TALLIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.importing.peek import Peek

Place = Literal["own", "imported", "product"]

PROBLEMS = ".problems.jsonl"
NATIVE = ("slm-mux", "columns")
"""The layouts that the scan reads by itself."""
TABLES = (SUMMARY, DECISIONS, SAMPLES)
"""What lies beside tallies."""
PACKED = ("", ".gz", ".zst", ".zstd")
_LOGS = (".samples.jsonl", ".jsonl")
DOCUMENT = ".json"


def tables_in(folder: str | os.PathLike[str]) -> frozenset[str]:
    """The files that a job writes into this folder, whether they are there or not."""
    real = os.path.realpath(folder)
    return frozenset(str(PurePath(real, name)) for name in (TALLIES, *TABLES))


def is_one_of(name: str, files: frozenset[str]) -> bool:
    """Whether a file stands at one of these places, or is a link to one."""
    path = PurePath(name)
    place = PurePath(os.path.realpath(path.parent), path.name)
    return not files.isdisjoint((str(place), os.path.realpath(name)))


def is_document(name: str) -> bool:
    """Whether a file is called one JSON document, packed or not."""
    return name.lower().endswith(tuple(DOCUMENT + packed for packed in PACKED))


def without_products(names: Iterable[str]) -> list[str]:
    """`names` without what we made of logs and tallies that are named, too."""
    listed = list(names)
    there = set(listed)
    return [name for name in listed if not _is_product_of(name, there)]


def place_of(name: str, *, logs: bool) -> Place:
    """Whose a JSON file of a folder or pattern is; `logs` says whether sample logs are there.

    `own` is what the scan reads line by line, `product` what holds no samples of its own.
    """
    try:
        one = peek(name)
    except InputError:  # damaged: the scan says where
        return "own"
    layout = layout_of(one)
    if layout is None:
        return "product" if one.shape == "json" else "own"
    if logs and _is_our_result(one):
        return "product"
    return "own" if layout.name in NATIVE and one.shape == "lines" else "imported"


def told(products: Sequence[str]) -> str:
    """One line about files that were left out."""
    more = f" and {len(products) - 1:,} more" if len(products) > 1 else ""
    return f"left out (no samples of their own): {products[0]}{more}"


def _is_product_of(name: str, there: set[str]) -> bool:
    path = PurePath(name)
    if path.name in TABLES and str(path.with_name(TALLIES)) in there:
        return True
    endings = (PROBLEMS, *(DOCUMENT + packed for packed in PACKED))
    ending = next((e for e in endings if name.endswith(e)), None)
    if ending is None:
        return False
    stem = name.removesuffix(ending)
    if not any(stem + log + packed in there for log in _LOGS for packed in PACKED):
        return False
    if ending == PROBLEMS:
        return True
    try:
        return _is_our_result(peek(name))
    except InputError:
        return False


def _is_our_result(one: Peek) -> bool:
    layout = layout_of(one)
    return layout is not None and layout.name == "results" and is_ours(one)

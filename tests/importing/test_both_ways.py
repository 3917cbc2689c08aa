"""Data sets of other tools: scanned as they are, they tell what they tell once converted."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from importing.builders import lines
from roaring import members_of
from slm_mux.errors import InputError
from slm_mux.importing import Losses, detect, is_scanned, read
from slm_mux.importing.set_columns import IDS, MODELS, NOT_SCANNED, REFERENCES, SINGLES, TASKS
from slm_mux.store.rows import encode_row
from slm_mux.tallies import Scan

Row = dict[str, Any]
Found = tuple[dict[tuple[str, str, str, int], Any], list[Any], int]

_KINDS = {
    "math": ([r"So \boxed{7}.", r"It is \boxed{8}", "No idea.", ""], "7", None),
    "number": (["#### 1234", "It is 1,234.", "none"], "1,234", None),
    "choice": (["Answer: B", "(C)", "Well"], "B", ["red", "green", "both"]),
}
_LISTS = ("responses", "generations", "completions", "samples")
_INDEXES = ("sample_index", "generation_index", "sample", "sample_idx", "epoch")
_ERRORS: tuple[Any, ...] = (None, "", False, 0, [], "late", True, 3, {"message": "x"}, {})
_FINISHED = ("stop", "length", None, "MAX_TOKENS")
_COUNTS: tuple[Any, ...] = (*range(10), None, -1, 2.0, 1.5, "3")
# What is now and then in the place of what should be there.
_ODD: dict[str, tuple[Any, ...]] = {
    "id": (3, 3.0, 3.5, True, ["x"]),
    "task": ("", None, 3),
    "model": (3, True),
    "response": (None, True, {"a": 1}, ["#### 1234"]),
    "index": (None, -1, 2.0, 1.5, "1", 1 << 33),
    "finish": (3, True, {"a": 1}),
    "usage": (None, 3, "x", {}, {"input_tokens": 3, "output_tokens": 4}, {"prompt_tokens": 3}),
}


_USAGE = st.fixed_dictionaries(
    {"prompt_tokens": st.sampled_from(_COUNTS), "completion_tokens": st.sampled_from(_COUNTS)}
)


def _names(lists: bool) -> st.SearchStrategy[dict[str, str]]:
    """What the fields of a set are called; those that begin with ? may be missing."""
    known = {
        "id": IDS, "model": MODELS, "reference": REFERENCES, "choices": ("choices", "options"),
        "response": _LISTS if lists else SINGLES, "?task": TASKS, "?index": _INDEXES,
        "?finish": ("finish_reason", "finish_reasons", "stop_reason"),
        "?usage": ("usage", "token_usage", "flat"),
    }  # fmt: skip
    some = {
        what: st.sampled_from([name for name in names if name not in NOT_SCANNED])
        for what, names in known.items()
    }
    needed = {what: names for what, names in some.items() if what[0] != "?"}
    optional = {what[1:]: names for what, names in some.items() if what[0] == "?"}
    return st.fixed_dictionaries(needed, optional=optional)


def _mostly(what: str, usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    odd = st.sampled_from(_ODD[what])
    return st.integers(0, 15).flatmap(lambda drawn: usual if drawn else odd)


def _row(names: dict[str, str], kind: str, lists: bool) -> st.SearchStrategy[Row]:
    said, reference, choices = _KINDS[kind]
    reply = _mostly("response", st.sampled_from(said))
    ended = _mostly("finish", st.sampled_from(_FINISHED))
    values = {
        "id": _mostly("id", st.sampled_from("xyz")),
        "model": _mostly("model", st.sampled_from("ab")),
        "response": st.lists(reply, max_size=3) if lists else reply,
        "reference": st.just(reference),
        "choices": st.just(choices),
        "task": _mostly("task", st.just("t")),
        "index": _mostly("index", st.integers(0, 4)),
        "finish": ended | st.lists(ended, min_size=2, max_size=2) if lists else ended,
        "usage": _mostly("usage", _USAGE),
    }
    fields = {name: values[what] for what, name in names.items() if name != "flat"}
    row = st.fixed_dictionaries(
        fields | {"kind": st.just(kind)},
        optional={"error": st.sampled_from(_ERRORS)},
    )
    if names.get("usage") == "flat":
        return st.builds(dict.__or__, row, _USAGE)
    return row


@st.composite
def data_set(draw: st.DrawFn) -> list[Row]:
    """Rows of one set: names of fields are drawn once, values each time, some of them odd."""
    kind, lists = draw(st.sampled_from(list(_KINDS))), draw(st.booleans())
    names = draw(_names(lists))
    if _KINDS[kind][2] is None:
        del names["choices"]
    return draw(st.lists(_row(names, kind, lists), min_size=1, max_size=9))


def _told(scan: Scan, bad: int) -> Found:
    """What is known of each sample, what is counted, and how many rows could not be used."""
    bad += sum(scan.bad()["reasons"].values())
    done = scan.finish()
    assert done.tallies is not None
    samples = {
        (row["task"], row["problem_id"], row["model"], index): (
            row["state"], row["key"], row["verdict"],
        )
        for row in done.tallies.to_struct_array().to_pylist()
        for index in members_of(row["indexes"])
    }  # fmt: skip
    tokens = [
        (task, name, member["tokens"], member["samples"])
        for task, figures in done.figures["tasks"].items()
        for name, member in figures["members"].items()
    ]
    counts = [done.figures[name] for name in ("duplicates", "retried", "conflicts")]
    return samples, [*tokens, *counts], bad


def _scanned(path: Path) -> Found:
    return _told(Scan().read_lines(path.read_bytes(), name="set"), 0)


def _converted(path: Path) -> Found:
    losses, empty, rows = Losses(), list[Row](), list[Any]()
    with suppress(InputError):  # there is no sample in it
        rows += read([path], losses=losses, on_empty=empty.append)
    log = b"".join(encode_row(row) for row in [*rows, *empty])
    return _told(Scan().read_lines(log, name="log"), losses.bad.total())


@given(data_set())
@settings(max_examples=200)
def test_a_set_tells_the_same_scanned_and_converted(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = lines(Path(folder, "set.jsonl"), rows)
        layout = detect(path)
        # A sample log of ours is none: its rows have their index, or are bad ones.
        assume(layout is not None and layout.name == "columns" and is_scanned(path))
        assert _scanned(path) == _converted(path), json.dumps(rows)

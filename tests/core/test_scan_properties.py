"""The bulk scan against its reference, on arbitrary logs read in arbitrary ways."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slm_mux
from reference import tallies as reference
from roaring import members_of
from scan_logs import log
from slm_mux.answers import state_of
from slm_mux.tallies import FIELDS, Choice, Piece, Rules, Scan, Tallied, merge
from slm_mux.voting import AnswerTable

Lines = list[bytes]
Found = dict[str, Any]
_TOKENS = ("prompt_tokens", "completion_tokens")


class _Ours:
    """Reads and grades one answer at a time, by the functions for one answer."""

    def read(
        self, response: str | None, kind: Any, choices: reference.Choices, *, cut_off: bool
    ) -> tuple[str, str | None, str | None]:
        """State, span and key of a response."""
        options = list(choices) if choices else None
        reading = slm_mux.read(response, kind=kind, choices=options)
        finish = "length" if cut_off else "stop"
        state = state_of(reading, response=response, finish_reason=finish)
        return state, reading and reading.span, reading and reading.key

    def grade(self, response: str, ref: str, kind: Any, choices: reference.Choices) -> str:
        """The verdict on a response that has a key."""
        options = list(choices) if choices else None
        return slm_mux.grade(response, ref, kind=kind, choices=options).verdict


def _placed(lines: Lines) -> list[tuple[tuple[int, int], bytes]]:
    placed, at = [], 0
    for line in lines:
        placed.append(((0, at), line))
        at += len(line) + 1
    return placed


def _read(lines: Lines) -> Scan:
    return Scan().read_lines(b"\n".join(lines), name="log")


def _found(done: Tallied) -> Found:
    """All that comes of a scan, to be compared."""
    assert done.tallies is not None
    return {
        "tallies": done.tallies.to_struct_array().to_pylist(),
        "decisions": done.decisions.to_struct_array().to_pylist(),
        "figures": done.figures,
        "orders": done.orders,
    }


def _finished(scan: Scan, **choice: Any) -> Found:
    return _found(scan.finish(Choice(**choice)))


def _rows(found: Found) -> list[tuple[Any, ...]]:
    """Tallies as the reference has them."""
    return [
        (
            row["task"], row["problem_id"], row["model"], row["state"], row["key"], row["verdict"],
            members_of(row["indexes"]), row["exemplar"], *(row[name] for name in _TOKENS),
        )
        for row in found["tallies"]
    ]  # fmt: skip


def _expected(counts: reference.Counts) -> list[tuple[Any, ...]]:
    return [
        (*name, *tally.label, tally.indexes, tally.exemplar, *(tally.tokens or (None, None)))
        for name, tallies in counts.tallies.items()
        for tally in tallies
    ]


@given(log())
def test_tallies_are_those_of_the_reference(lines: Lines) -> None:
    counts = reference.tally(_placed(lines), _Ours())
    found = _finished(_read(lines))
    assert _rows(found) == _expected(counts)
    for row in found["tallies"]:
        indexes = members_of(row["indexes"])
        assert (row["count"], row["exemplar_index"]) == (len(indexes), min(indexes))
        problem = counts.problems[row["task"], row["problem_id"]]
        about = (problem.kind, problem.reference, problem.places.get(row["model"]))
        assert about == (row["kind"], row["reference_answer"], row["pool_index"])
    figures = found["figures"]
    assert figures["duplicates"] == counts.duplicates
    assert figures["retried"] == counts.retried
    assert figures["conflicts"] == len(counts.conflicts)
    assert {tuple(one) for one in figures["conflicting"]} == counts.conflicts


_CHOICES = st.fixed_dictionaries(
    {
        "selector": st.sampled_from(["mux", "majority", "unanimous", "oracle"]),
        "abstain": st.sampled_from(["count", "drop"]),
        "tie": st.sampled_from(["accuracy", "order", "random"]),
        "seed": st.integers(-5, 5),
        "validation_accuracy": st.dictionaries(st.sampled_from(["a", "b/two"]), st.floats(0, 1)),
    }
)

# Rules that need to know something of every member. The third one is read with U+FFFD.
_KNOWN = ("a", "b/two", "c\t\ufffd")
_WEIGHED = st.fixed_dictionaries(
    {
        "selector": st.sampled_from(["weighted", "switch", "calibrated"]),
        "abstain": st.sampled_from(["count", "drop"]),
        "validation_accuracy": st.fixed_dictionaries(dict.fromkeys(_KNOWN, st.floats(0, 1))),
        "weights": st.fixed_dictionaries(dict.fromkeys(_KNOWN, st.integers(1, 10**9))),
    }
)


@given(log(), _CHOICES | _WEIGHED)
def test_decisions_are_those_of_the_answer_table(lines: Lines, choice: dict[str, Any]) -> None:
    counts = reference.tally(_placed(lines), _Ours())
    found = _finished(_read(lines), **choice)
    for task, order in found["orders"].items():
        of_task = [name for own, name in counts.places if own == task]
        assert order == sorted(of_task, key=lambda name: (counts.places[task, name], name))
        known = choice["validation_accuracy"].items()
        accuracies = {name: share for name, share in known if name in order}
        samples = [
            {
                "problem_id": problem, "model": member, "sample_index": index,
                "key": tally.label.key, "state": tally.label.state,
                "correct": {"correct": True, "incorrect": False}.get(tally.label.verdict or ""),
            }
            for (own, problem, member), tallies in counts.tallies.items() if own == task
            for tally in tallies
            for index in tally.indexes
        ]  # fmt: skip
        problems = sorted(problem for own, problem in counts.problems if own == task)
        table = AnswerTable.from_samples(samples, problems=problems, members=order)
        rows = [row for row in found["decisions"] if row["task"] == task]
        decided = table.select(order=order, **choice | {"validation_accuracy": accuracies})
        for decision, row in zip(decided, rows, strict=True):
            share = row["votes"] and (row["votes"] / row["of"])
            assert row["confidence"] == share
            assert (
                decision.problem_id, decision.key, decision.model, decision.sample_index,
                decision.reason, decision.tied, decision.outcome,
                decision.confidence and float(decision.confidence),
            ) == (
                row["problem_id"], row["key"], row["model"], row["sample_index"],
                row["reason"], row["tied"], row["outcome"], share,
            )  # fmt: skip
        outcomes = found["figures"]["tasks"][task]["outcomes"]
        totals = decided.outcomes()
        assert outcomes == {name: getattr(totals, name) for name in outcomes}
        assert found["figures"]["tasks"][task]["oracle"] == table.oracle(order)
        assert found["figures"]["tasks"][task]["any_correct"] == table.any_correct(order)


@given(log(), st.data())
@settings(max_examples=25)
def test_cut_up_spilt_and_sent_around_it_is_the_same(lines: Lines, data: st.DataObject) -> None:
    whole = _finished(_read(lines))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=3)))
    bounds = list(zip([0, *cuts], [*cuts, len(lines)], strict=True))
    parts = [lines[a:b] for a, b in bounds]
    with tempfile.TemporaryDirectory() as folder:
        pieces = []
        for number, part in enumerate(parts):
            Path(folder, str(number)).write_bytes(b"\n".join(part))
            pieces.append(Piece(str(Path(folder, str(number))), number))
        for threads, memory in ((1, None), (3, None), (2, 1)):
            shuffled = data.draw(st.permutations(pieces))
            scan = Scan().read(shuffled, threads=threads, memory=memory, spill=folder)
            assert _finished(scan) == whole, (threads, memory)
        kept = Scan().read(pieces, samples=Path(folder, "samples"))
        assert _finished(kept) == whole
    scans = [
        Scan().read_lines(b"\n".join(part), name=f"f{number}", number=number)
        for number, part in enumerate(parts)
    ]
    notes = [scan.notes() for scan in scans]
    sent = merge(data.draw(st.permutations([scan.records() for scan in scans])))
    for note in notes:
        sent.add(Scan().records(), note)
    assert sent.rows == _read(lines).rows
    assert _finished(sent) == whole


@given(log(lists=False, numbered=True), st.randoms())
@settings(max_examples=50)
def test_the_order_of_numbered_rows_does_not_matter(lines: Lines, random: Any) -> None:
    whole = _finished(_read(lines))
    random.shuffle(lines)
    assert _finished(_read(lines)) == whole


def _as_arrow(lines: Lines) -> pa.Table:
    """The lines as columns; one without any value is of type null, as writers leave it."""
    rows = [reference.parse(line) for line in lines]
    for row in rows:
        row.pop("x", None)
        if not isinstance(row.get("error"), dict):
            row["error"] = None
    usage = pa.struct([("completion_tokens", pa.int8()), ("prompt_tokens", pa.uint64())])
    schema = pa.schema(
        [
            ("task", pa.dictionary(pa.int8(), pa.string())), ("kind", pa.string()),
            ("problem_id", pa.string_view()), ("model", pa.large_string()),
            ("sample_index", pa.uint32()), ("response", pa.string()),
            ("finish_reason", pa.dictionary(pa.int32(), pa.large_string())),
            ("reference_answer", pa.string()), ("choices", pa.list_(pa.string())),
            ("pool_index", pa.int16()),
            ("usage", usage),
            ("error", pa.struct([("kind", pa.string())])),
        ]
    )  # fmt: skip
    for at, name in enumerate(schema.names):
        if all(row.get(name) is None for row in rows):
            schema = schema.set(at, pa.field(name, pa.null()))
    return pa.Table.from_pylist(rows, schema=schema)


@given(log())
@settings(max_examples=50)
def test_fields_inside_of_others_say_what_fields_say(lines: Lines) -> None:
    rules = Rules(fields={name: f"in.1.{name}" for name in FIELDS if name not in _TOKENS})
    nested = [b' { "in" :[0,' + line + b"]}" for line in lines]
    scan = Scan(rules).read_lines(b"\n".join(nested), name="log")
    assert _finished(scan) == _finished(_read(lines))


@given(log(lists=False), st.integers(1, 9))
@settings(max_examples=50)
def test_nested_columns_say_what_columns_say(lines: Lines, size: int) -> None:
    table = _as_arrow(lines)
    rows = table.to_struct_array().combine_chunks()
    offsets = pa.array(range(len(lines) + 1), pa.int32())
    nested = pa.table({"in": pa.ListArray.from_arrays(offsets, rows)})
    rules = Rules(fields={name: f"in.0.{name}" for name in table.column_names})
    scan = Scan(rules).read_rows(nested.to_reader(max_chunksize=size), name="table")
    assert _finished(scan) == _finished(_read(lines))


@given(log(lists=False), st.integers(1, 9))
@settings(max_examples=50)
def test_columns_say_what_lines_say(lines: Lines, size: int) -> None:
    table = _as_arrow(lines)
    scan = Scan().read_rows(table.to_reader(max_chunksize=size), name="table")
    assert _finished(scan) == _finished(_read(lines))
    scan = Scan()
    for start in range(0, len(lines), size):
        scan.read_rows(table.slice(start, size), name="table", first=start)
    assert _finished(scan) == _finished(_read(lines))


@given(log(lists=False, numbered=True), st.data())
@settings(max_examples=50)
def test_tallies_of_parts_make_the_tallies_of_the_whole(lines: Lines, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(lines)))
    whole = _finished(_read(lines))
    scan = Scan()
    for part in data.draw(st.permutations([lines[:cut], lines[cut:]])):
        if part:
            tallies = _read(part).finish().tallies
            assert tallies is not None
            scan.add_tallies(tallies)
    merged = _finished(scan)
    if whole["figures"]["duplicates"] or whole["figures"]["conflicts"]:
        # What was repeated is known no more, nor whose span stands where keys contradict.
        for row in (*whole["tallies"], *merged["tallies"]):
            del row["prompt_tokens"], row["completion_tokens"], row["exemplar"]
        for row in (*whole["decisions"], *merged["decisions"]):
            del row["answer"]
    else:
        for found in (whole, merged):
            del found["figures"]["retried"]  # within the parts
        assert merged["figures"] == whole["figures"]
    assert merged["tallies"] == whole["tallies"]
    assert merged["decisions"] == whole["decisions"]


def _tallies(lines: Lines) -> Any:
    return _read(lines).finish().tallies


def _merged(*tallies: Any) -> Any:
    scan = Scan()
    for table in tallies:
        scan.add_tallies(table)
    return scan.finish().tallies


def _plain(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_struct_array().to_pylist()
    return rows


@given(log(lists=False, numbered=True), log(lists=False, numbered=True))
@settings(max_examples=50)
def test_merging_tallies_knows_no_order_and_no_repetition(a: Lines, b: Lines) -> None:
    one, two = _tallies(a), _tallies(b)
    assert _plain(_merged(one)) == _plain(one)
    assert _plain(_merged(one, one)) == _plain(one)
    both = _merged(one, two)
    assert _plain(both) == _plain(_merged(two, one))
    assert _plain(_merged(both, both)) == _plain(both)


@given(*[log(lists=False, numbered=True)] * 3)
@settings(max_examples=50)
def test_merging_tallies_may_go_by_any_tree(a: Lines, b: Lines, c: Lines) -> None:
    tables = [_tallies(lines) for lines in (a, b, c)]
    left = _merged(_merged(*tables[:2]), tables[2])
    right = _merged(tables[0], _merged(*tables[1:]))
    rows = [
        [{k: v for k, v in row.items() if k not in (*_TOKENS, "exemplar")} for row in _plain(table)]
        for table in (left, right, _merged(*tables))
    ]
    assert rows[0] == rows[1] == rows[2]


def test_figures_are_plain_json() -> None:
    done = Scan(Rules(kind="math")).read_lines(
        b'{"problem_id": 1, "model": "a", "response": "7"}', name="log"
    )
    assert json.loads(json.dumps(done.finish().figures))["tasks"]["unnamed"]["problems"] == 1


_ERRORS = [
    (["", None, "late"], pa.string()),
    (["", None, "late"], pa.dictionary(pa.int8(), pa.large_string())),
    ([False, None, True], pa.bool_()),
    ([0, None, 500], pa.int16()),
    ([0.0, None, 0.5], pa.float64()),
    ([[], None, ["late"]], pa.large_list(pa.string())),
]


@pytest.mark.parametrize(("values", "of"), _ERRORS)
def test_errors_of_columns_that_say_there_was_none(values: list[Any], of: pa.DataType) -> None:
    row = {"kind": "math", "problem_id": "p", "model": "a", "response": r"\boxed{1}"}
    table = pa.Table.from_pylist([row | {"sample_index": index} for index in range(3)])
    table = table.append_column("error", pa.array(values, of))
    states = {row[3]: row[6] for row in _rows(_finished(Scan().read_rows(table, name="table")))}
    assert states == {"ok": {0, 1}, "failed": {2}}


def test_parameters_that_are_a_map() -> None:
    of = pa.map_(pa.string(), pa.float64())
    row = {"kind": "math", "problem_id": "p", "model": "a", "response": r"\boxed{1}"}
    table = pa.Table.from_pylist([row | {"sample_index": 0}] * 2)
    params = pa.array([[("temperature", 0.3)], [("temperature", 0.9), ("top_p", None)]], of)
    scan = Scan().read_rows(table.append_column("params", params), name="table")
    rows = scan.finish(Choice(params={"temperature": 0.9})).tallies
    assert rows is not None
    assert rows.column("params").to_pylist() == ['{"temperature":0.9}']


@pytest.mark.parametrize("choices", [{"text": ["x", "y"]}, ["x", {"text": "y"}], [["x"], ["y"]]])
def test_options_that_are_no_texts_are_said(choices: Any) -> None:
    row = {"kind": "choice", "problem_id": "p", "model": "a", "response": "B"}
    lines = json.dumps(row | {"choices": choices}).encode()
    scans = [Scan().read_lines(lines, name="log")]
    if not isinstance(choices, list) or isinstance(choices[1], list):
        table = pa.Table.from_pylist([row | {"choices": choices}])
        scans.append(Scan().read_rows(table, name="table"))
    for scan in scans:
        assert scan.bad()["reasons"] == {"field choices is not a list of texts": 1}

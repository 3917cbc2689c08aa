"""What studies start from: the same table, whatever the samples are read from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bulk_inputs import jsonl, plain_row, rows, write
from cli_helpers import slm_mux
from slm_mux import AnswerTable
from slm_mux.errors import InputError
from slm_mux.scoring.filters import ParamFilter
from slm_mux.study.recorded import MemberUse, Wanted, load
from slm_mux.types import Price

if TYPE_CHECKING:
    from pathlib import Path


def contents(table: AnswerTable) -> list[Any]:
    """All that a table says of its cells."""
    cells = [(p, m) for p in table.problem_ids for m in table.members]
    return [(p, m, table.tally(p, m)) for p, m in cells]


def scored(folder: Path, name: str) -> Path:
    """The tallies file of a log."""
    done = slm_mux("rescore", name, "--output", "out", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out" / "tallies.parquet"


def test_a_log_and_its_tallies_give_the_same_table(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", rows())
    log = load([tmp_path / "log.jsonl"])
    tallies = load([scored(tmp_path, "log.jsonl")])
    assert contents(log.table) == contents(tallies.table)
    assert log.labelled == tallies.labelled > 0
    assert (log.task, log.kind, log.stop, log.profile) == ("sums", "math", "none", "canonical")


def test_the_pool_is_in_the_order_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", rows())
    recorded = load([tmp_path / "log.jsonl"])
    turned = recorded.table.members[::-1]
    assert load([tmp_path / "log.jsonl"], Wanted(members=turned)).table.members == turned


def test_one_task_is_chosen_by_name(tmp_path: Path) -> None:
    some = [*rows(2), *(row | {"task": "more"} for row in rows(4))]
    write(tmp_path / "log.jsonl", some)
    with pytest.raises(InputError, match=r"2 tasks \(more, sums\): choose one with --task"):
        load([tmp_path / "log.jsonl"])
    assert len(load([tmp_path / "log.jsonl"], Wanted(task="more")).table.problem_ids) == 4


def test_a_task_of_another_tool_is_chosen_not_renamed(tmp_path: Path) -> None:
    for task, gold in (("red", "1"), ("blue", "2")):
        line = {"problem_num": 0, "gold_answer": gold, "all_answers": [["1", 5], ["2", 7]]}
        (tmp_path / f"analysis_{task}_m.jsonl").write_text(json.dumps(line))
    recorded = load([tmp_path], Wanted(task="blue", kind="math"))
    assert recorded.table.tally("0", "m").counts == {"1": 1, "2": 1}
    assert recorded.table.members_summary()[0].correct == 1
    assert (recorded.task, recorded.labelled) == ("blue", 1)


def test_early_stopped_samples_are_refused_where_they_would_mislead(tmp_path: Path) -> None:
    stopped = [row | {"stop": "unanimous"} for row in rows()]
    write(tmp_path / "all.jsonl", stopped)
    load([tmp_path / "all.jsonl"]).refuse_early_stopped("scaling")  # it left nothing out
    write(tmp_path / "log.jsonl", stopped[:-1])
    recorded = load([tmp_path / "log.jsonl"])
    with pytest.raises(InputError, match=r"log.jsonl: sampled with --stop unanimous: .* scaling"):
        recorded.refuse_early_stopped("scaling")


def test_samples_without_references_are_refused_where_they_are_needed(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", [row | {"reference_answer": None} for row in rows()])
    recorded = load([tmp_path / "log.jsonl"])
    recorded.refuse_early_stopped("scaling")
    with pytest.raises(InputError, match=r"no problem has a reference answer, which search"):
        recorded.refuse_unlabelled("search")


@pytest.mark.parametrize(
    ("requests", "per_request", "four"),
    [
        pytest.param([None] * 4, None, (30, 40), id="not told"),
        pytest.param(["w", "x", "y", "z"], 1.0, (120, 40), id="one each"),
        pytest.param(["x", "x", "x", "x"], 4.0, (120, 40), id="all in one"),
    ],
)
def test_tokens_and_cost_are_those_of_the_requests(
    tmp_path: Path,
    requests: list[str | None],
    per_request: float | None,
    four: tuple[float, float],
) -> None:
    """Four samples in one request, of rows that came in four, in one, or who knows."""
    usage = {"prompt_tokens": 30, "completion_tokens": 10, "total_tokens": 40}
    some = [
        plain_row(1, "a", at, 1, usage=usage, request_id=request)
        for at, request in enumerate(requests)
    ]
    write(tmp_path / "log.jsonl", some)
    use = load([tmp_path / "log.jsonl"]).use["a"]
    assert use == MemberUse(4, 120, 40, per_request)
    assert use.tokens(4, 1) == four
    prompt, completion = four
    spent = (prompt + 2 * completion) / 1e6
    assert use.cost(4, 1, Price(prompt=1.0, completion=2.0)) == pytest.approx(spent)
    assert use.cost(4, 1, None) is None


def test_problems_that_nobody_answered_and_their_texts(tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", [plain_row(1, "a", 0, 1)])
    asked = [
        {"task": "sums", "kind": "math", "problem_id": name, "problem": f"What is {name}?"}
        for name in ("p1", "p2")
    ]
    (tmp_path / "log.problems.jsonl").write_bytes(jsonl(asked))
    recorded = load([tmp_path / "log.jsonl"])
    assert recorded.table.problem_ids == ["p1", "p2"]
    assert recorded.texts == {"p1": "What is p1?", "p2": "What is p2?"}


def test_filters_choose_among_ways_of_asking(tmp_path: Path) -> None:
    hot = {"temperature": 1.0, "top_p": None, "max_tokens": 9}
    some = rows(2)
    write(tmp_path / "log.jsonl", [*some, *(row | {"params": hot} for row in some)])
    with pytest.raises(InputError, match="--params"):
        load([tmp_path / "log.jsonl"])
    where = ParamFilter.parse("temperature=1.0")
    assert load([tmp_path / "log.jsonl"], Wanted(where=where)).table.problem_ids


def test_unusable_rows_are_told(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(jsonl(rows()) + b"{not json}\n")
    found = load([tmp_path / "log.jsonl"])
    (note,) = found.notes
    assert note.startswith("1 row could not be used and is not counted (2.70%); the first: ")
    assert found.bad_share == 1 / 37
    assert "log.jsonl:" in note

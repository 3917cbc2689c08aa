"""Reading sample logs for scoring: each sample once, nothing dropped unsaid."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_rows import FAILURE, make_row, write_log
from scan_logs import NO_ERROR
from slm_mux.errors import InputError, LogError
from slm_mux.sampling.problems import record_problems
from slm_mux.scoring.filters import ParamFilter
from slm_mux.scoring.read import read_samples
from slm_mux.store.rows import LAST_INDEX
from slm_mux.types import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from slm_mux.scoring.samples import SampleSet

HOT = {"temperature": 0.7, "top_p": None, "max_tokens": 2048}


def read(tmp_path: Path, *rows: Any, **options: Any) -> SampleSet:
    return read_samples([write_log(tmp_path / "x.jsonl", rows)], **options)


def responses(found: SampleSet, problem_id: str = "p1", model: str = "m1") -> list[str | None]:
    return [sample.response for sample in found.of(problem_id, model)]


def test_samples_come_by_index(tmp_path: Path) -> None:
    found = read(tmp_path, make_row(2), make_row(0), make_row(1, response=None))
    samples = found.of("p1", "m1")
    assert [sample.sample_index for sample in samples] == [0, 1, 2]
    assert samples[0].response == r"The answer is \boxed{0}."
    assert samples[0].usage == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    assert samples[1].response is None
    assert (found.task, found.kind, found.members) == ("made-up", "math", ("m1",))
    assert found.of("p1", "nobody") == ()
    assert found.report.rows == 3


def test_bare_rows_are_enough(tmp_path: Path) -> None:
    row = {"problem_id": 1, "model": "m", "sample_index": 0, "response": "4", "reference_answer": 4}
    found = read(tmp_path, row, kind="number")
    assert found.task == "unnamed"
    assert found.problems == (Problem("1", "", "4"),)
    assert responses(found, "1", "m") == ["4"]


def test_several_files_are_one_input(tmp_path: Path) -> None:
    one = write_log(tmp_path / "one.jsonl", [make_row(0), make_row(1)])
    two = write_log(tmp_path / "two.jsonl", [make_row(1), make_row(0, problem_id="p2")])
    found = read_samples([one, two])
    assert len(found.of("p1", "m1")) == 2
    assert len(found.of("p2", "m1")) == 1
    assert (found.report.rows, found.report.duplicates) == (4, 1)


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps(make_row()).encode() + b"\njunk"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    found = read_samples(["-"])
    assert len(found.of("p1", "m1")) == 1
    assert str(found.report.bad_rows[0]) == "<stdin>:2: not valid JSON"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_success_replaces_failure_in_any_order(tmp_path: Path, order: tuple[int, int]) -> None:
    rows = [make_row(0), make_row(0, response=None, error=FAILURE)]
    found = read(tmp_path, *(rows[at] for at in order))
    assert [sample.error for sample in found.of("p1", "m1")] == [None]
    assert found.report.retried == 1


def test_of_failures_the_last_stands(tmp_path: Path) -> None:
    last = {"kind": "timeout", "status": None, "message": "later"}
    found = read(tmp_path, make_row(0, error=FAILURE), make_row(0, error=last))
    assert [sample.error for sample in found.of("p1", "m1")] == [last]


@pytest.mark.parametrize("words", ["ab", "ba"])
def test_the_smaller_of_two_responses_counts_and_is_told(tmp_path: Path, words: str) -> None:
    one, two = (rf"so \boxed{{{word}}}" for word in words)
    found = read(tmp_path, make_row(0, response=one), make_row(0, response=two, seed=9))
    assert responses(found) == [r"so \boxed{a}"]
    assert (found.report.conflicts, found.report.duplicates) == (1, 0)
    assert "x.jsonl:2: another response for problem 'p1'" in str(found.report.conflict_rows[0])


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_settled_elsewhere_is_read_alike_in_any_order(
    tmp_path: Path, *, turned: bool
) -> None:
    rows = [
        make_row(0, reference_answer="B"), make_row(1, choices=["x", "z"], reference_answer="A"),
        make_row(2, choices=["x", "y"], reference_answer="B"),
    ]  # fmt: skip
    found = read(tmp_path, *(rows[::-1] if turned else rows), settled=["p1"])
    assert found.problems == (Problem("p1", "", "B", ("x", "y")),)


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_row_alone_tells_of_a_problem_is_told(tmp_path: Path, *, turned: bool) -> None:
    rows = [
        make_row(0, choices=["x", "y"], reference_answer=None),
        make_row(1, choices=[], reference_answer="B"),
        make_row(2, choices=None, reference_answer=None),
    ]
    found = read(tmp_path, *(rows[::-1] if turned else rows))
    assert found.problems == (Problem("p1", "", "B", ("x", "y")),)


def test_several_choices_of_a_problem_are_named(tmp_path: Path) -> None:
    several = [["x", "y"], ["x", "z" * 99]]
    rows = [make_row(at, kind="choice", choices=each) for at, each in enumerate(several)]
    said = r"'p1' has rows of several choices, such as \['x', 'y'\] \(.*:1\) and \['x', 'z+… \("
    with pytest.raises(InputError, match=said):
        read(tmp_path, *rows)


def test_indexes_that_are_floats(tmp_path: Path) -> None:
    found = read(tmp_path, make_row(sample_index=1.0, pool_index=0.0), make_row(0))
    assert [sample.sample_index for sample in found.of("p1", "m1")] == [0, 1]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            make_row(sample_index=0.5),
            "field sample_index is not a whole number from 0 on",
        ),
        (make_row(pool_index=0.5), "field pool_index is not a whole number from 0 on"),
        (make_row(pool_index=-1), "field pool_index is not a whole number from 0 on"),
        (make_row(pool_index=True), "field pool_index is not a whole number from 0 on"),
        (make_row(stop=7), "field stop is none of none, unanimous, lossless"),
        (make_row(stop=[]), "field stop is none of none, unanimous, lossless"),
        (b'{"torn', "not valid JSON"),
        (b"\xff\xfe{}", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"7", "not a JSON object"),
        ({"problem_id": "p"}, "field model is missing"),
        ({"model": "m"}, "field problem_id is missing"),
        ({"problem_id": "p", "model": "m"}, "field sample_index is missing"),
        (make_row(response=7), "field response is not a text"),
        (make_row(usage=[]), "field usage is not an object"),
        (make_row(choices=[1]), "field choices is not a list of texts"),
        (make_row(pool_index="1"), "field pool_index is not a whole number from 0 on"),
        (make_row(kind="poem"), "field kind is none of math, number, choice"),
        (
            make_row(LAST_INDEX + 1),
            f"field sample_index is not a whole number from 0 to {LAST_INDEX}",
        ),
        (make_row(-1), "field sample_index is not a whole number from 0 on"),
    ],
)
def test_bad_row_is_counted_and_named(tmp_path: Path, row: Any, reason: str) -> None:
    found = read(tmp_path, make_row(0), row, b"", make_row(1))
    assert len(found.of("p1", "m1")) == 2
    assert found.report.bad == {reason: 1}
    (note,) = found.report.bad_rows
    assert (note.line, note.reason) == (2, reason)


@pytest.mark.parametrize(
    ("fields", "tokens"),
    [
        ({"usage": {"completion_tokens": 5}}, (0, 5)),
        ({"usage": {"prompt_tokens": "3", "output_tokens": 5}}, (0, 5)),
        ({"usage": None, "completion_tokens": 5, "prompt_tokens": 2}, (2, 5)),
        ({"usage": {}, "num_generated_tokens": 5}, (0, 5)),
        ({"usage": {"total_tokens": 5}}, None),
        ({"usage": {"prompt_tokens": -1, "completion_tokens": 2.5}}, None),
        ({"usage": None}, None),
    ],
)
def test_tokens_as_rows_tell_them(
    tmp_path: Path, fields: dict[str, Any], tokens: tuple[int, int] | None
) -> None:
    (sample,) = read(tmp_path, make_row(0, **fields)).of("p1", "m1")
    usage = sample.usage
    told = usage and (usage["prompt_tokens"], usage["completion_tokens"])
    assert told == tokens
    assert usage is None or usage["total_tokens"] == sum(tokens or ())


@pytest.mark.parametrize("error", [7, True, [0], {}, "boom", {"message": 3}, {"status": "x"}])
def test_errors_of_any_type_are_failures(tmp_path: Path, error: Any) -> None:
    (sample,) = read(tmp_path, make_row(0, error=error)).of("p1", "m1")
    assert sample.error is not None
    assert [type(value) for value in sample.error.values()] == [str, type(None), str]


@pytest.mark.parametrize("error", NO_ERROR)
def test_values_that_say_there_was_no_error(tmp_path: Path, error: Any) -> None:
    (sample,) = read(tmp_path, make_row(0, error=error)).of("p1", "m1")
    assert sample.error is None


def test_a_reference_that_is_a_number(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, make_row(0, reference_answer=2.5)).problems
    assert problem.reference_answer == "2.5"


def test_missing_response_is_bad_only_without_an_error(tmp_path: Path) -> None:
    row = make_row(0)
    del row["response"]
    found = read(tmp_path, row, row | {"sample_index": 1, "error": FAILURE})
    assert found.report.bad == {"field response is missing": 1}
    assert [sample.error for sample in found.of("p1", "m1")] == [FAILURE]


def test_hundred_bad_rows_are_listed_all_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, make_row(0), *[b"junk"] * 250)
    assert found.report.bad.total() == 250
    assert len(found.report.bad_rows) == 100


def test_members_come_in_pool_order_then_by_name(tmp_path: Path) -> None:
    rows = [
        make_row(0, model="d", pool_index=None),
        make_row(0, model="c", pool_index=0),
        make_row(0, model="b", pool_index=1),
        make_row(0, model="a", pool_index=1),
    ]
    assert read(tmp_path, *rows).members == ("c", "a", "b", "d")
    chosen = read(tmp_path, *rows, order=["b", "c"])
    assert chosen.members == ("b", "c")
    assert set(chosen.samples) == {("p1", "b"), ("p1", "c")}
    with pytest.raises(InputError, match="no row of model 'e'; there are: c, a, b, d"):
        read(tmp_path, *rows, order=["e"])


def test_problems_nobody_answered_count(tmp_path: Path) -> None:
    log = write_log(tmp_path / "x.jsonl", [make_row(0), make_row(0, problem_id="extra")])
    asked = [Problem("p0", "Zero?", "0"), Problem("p1", "One?", "one")]
    record_problems(log, "made-up", "math", asked)
    record_problems(log, "other", "choice", [Problem("p9", "Nine?", "A")])
    found = read_samples([log])
    assert found.problems == (*asked, Problem("extra", "", "1"))
    assert found.kind == "math"


def test_two_problems_files_that_differ_are_refused(tmp_path: Path) -> None:
    logs = [write_log(tmp_path / f"{name}.jsonl", [make_row(0, model=name)]) for name in "ab"]
    record_problems(logs[0], "made-up", "math", [Problem("p1", "One?", "1")])
    record_problems(logs[1], "made-up", "math", [Problem("p1", "Two?", "1")])
    with pytest.raises(InputError, match=r"problem 'p1' .*a\.jsonl and beside .*b\.jsonl"):
        read_samples(logs)


def test_rows_with_two_references_are_refused(tmp_path: Path) -> None:
    rows = [make_row(0), make_row(1, reference_answer="2")]
    said = r"'p1' .*several reference answers.* '1' \(.*:1\) and '2' \(.*:2\)"
    with pytest.raises(InputError, match=said):
        read(tmp_path, *rows)


def test_mended_reference_beside_the_log_settles_it(tmp_path: Path) -> None:
    log = write_log(tmp_path / "x.jsonl", [make_row(0), make_row(1, reference_answer="2")])
    record_problems(log, "made-up", "math", [Problem("p1", "One?", "2")])
    assert read_samples([log]).problems == (Problem("p1", "One?", "2"),)


def test_tasks_are_scored_one_at_a_time(tmp_path: Path) -> None:
    rows = [make_row(0), make_row(0, task="other", response="x"), make_row(1, task="other")]
    with pytest.raises(InputError, match=r"several tasks \(made-up, other\).*--task"):
        read(tmp_path, *rows)
    found = read(tmp_path, *rows, task="other")
    assert (found.task, len(found.of("p1", "m1"))) == ("other", 2)
    assert found.report.other_tasks == {"made-up": 1}
    with pytest.raises(InputError, match="no row of task 'third', only of made-up, other"):
        read(tmp_path, *rows, task="third")


def test_answer_kind_must_be_known(tmp_path: Path) -> None:
    rows = [make_row(0), make_row(1, kind="choice")]
    with pytest.raises(InputError, match=r"several answer kinds \(choice, math\).*--kind"):
        read(tmp_path, *rows)
    assert read(tmp_path, *rows, kind="choice").kind == "choice"
    with pytest.raises(InputError, match=r"no answer kind.*--kind"):
        read(tmp_path, make_row(0, kind=None))


BOTH = [make_row(0), make_row(1), make_row(0, params=HOT, response="hot")]


def test_two_parameter_sets_for_one_index_ask_for_a_filter(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, *BOTH)
    assert str(caught.value) == (
        "model 'm1' has responses of several parameter sets for one sample (problem 'p1', index 0; "
        "1 such in all): temperature=0.3 (2 rows); temperature=0.7 (1 rows): "
        "choose one with --params temperature=0.3"
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"params": "temperature=0.7"}, ["hot"]),
        ({"params": "temperature=7e-1, top_p=none"}, ["hot"]),
        ({"temperature": 0.7, "max_tokens": 2048}, ["hot"]),
    ],
)
def test_filter_chooses_a_parameter_set(
    tmp_path: Path, options: dict[str, Any], expected: list[str]
) -> None:
    found = read(tmp_path, *BOTH, where=ParamFilter.parse(**options))
    assert responses(found) == expected
    assert found.report.filtered == 2


def test_filter_that_takes_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of 3 rows is of the parameters"):
        read(tmp_path, *BOTH, where=ParamFilter.parse(temperature=2))


@pytest.mark.parametrize("text", ["temperature", "=1", "temperature=", "a=1,b"])
def test_filter_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not name=value"):
        ParamFilter.parse(text)


def test_failures_of_another_parameter_set_do_not_matter(tmp_path: Path) -> None:
    found = read(tmp_path, make_row(0, params=HOT, error=FAILURE), make_row(0, response="a"))
    assert responses(found) == ["a"]


def test_two_api_models_for_one_index_ask_for_a_filter(tmp_path: Path) -> None:
    rows = [make_row(0, response="old"), make_row(0, api_model="made/up-2b", response="new")]
    with pytest.raises(InputError, match=r"several API models .* --api-model made/up-1b"):
        read(tmp_path, *rows)
    where = ParamFilter.parse(api_model="made/up-2b")
    assert responses(read(tmp_path, *rows, where=where)) == ["new"]


PROMPTS = [
    make_row(0, prompt_sha256="aa11", response="old"),
    make_row(0, prompt_sha256="bb22", response="new"),
    make_row(1, prompt_sha256="aa11", response="old 1"),
    make_row(0, problem_id="p2", prompt_sha256="cc33", response="other"),
]


def test_two_prompts_for_one_index_ask_for_a_filter(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"several prompts .*aa11 \(2 rows\); bb22.*--prompt"):
        read(tmp_path, *PROMPTS)


@pytest.mark.parametrize(
    ("prompts", "expected"),
    [
        (["first"], ["old", "old 1"]),
        (["last"], ["new"]),
        (["BB"], ["new"]),
        (["aa11", "cc33"], ["old", "old 1"]),
    ],
)
def test_prompt_is_chosen_per_problem(
    tmp_path: Path, prompts: list[str], expected: list[str]
) -> None:
    found = read(tmp_path, *PROMPTS, where=ParamFilter.parse(prompts=prompts))
    assert responses(found) == expected
    assert responses(found, "p2") == ["other"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty: no sample row"),
        (b"\n\n", "empty: no sample row"),
        (b"junk\nmore\n", r"no sample row in 2 lines; the first: .*x\.jsonl:1: not valid JSON"),
        (b"\x1f\x8b\x08", "is gzip-compressed: unpack it first"),
        (b"\x89PNG\r\n\x1a\n\0\0", "no sample row in 3 lines"),
    ],
)
def test_file_without_samples_is_one_clear_error(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_samples([tmp_path / "x.jsonl"])
    assert "\n" not in str(caught.value)


def test_folder_and_missing_file_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be read: Is a directory"):
        read_samples([tmp_path])
    with pytest.raises(LogError, match="cannot be read: No such file"):
        read_samples([tmp_path / "x.jsonl"])


def test_empty_file_among_others_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    log = write_log(tmp_path / "x.jsonl", [make_row(0)])
    found = read_samples([tmp_path / "empty.jsonl", log])
    assert found.report.empty == [str(tmp_path / "empty.jsonl")]


events = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(["a", "b"])), min_size=1
)


@given(history=events)
def test_each_index_is_its_smallest_success_else_a_failure(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[int, bool, str]]
) -> None:
    rows = [
        make_row(i, response=None if failed else text, error=FAILURE if failed else None)
        for i, failed, text in history
    ]
    found = read(tmp_path_factory.mktemp("log"), *rows)
    expected: dict[int, str | None] = {}
    for index, failed, text in history:
        if not failed:
            expected[index] = min(text, expected.get(index) or text)
        expected.setdefault(index, None)
    assert {s.sample_index: s.response for s in found.of("p1", "m1")} == expected
    report = found.report
    assert report.rows == len(expected) + report.retried + report.duplicates + report.conflicts


@given(junk=st.lists(st.binary(max_size=80)))
def test_arbitrary_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, junk: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("log") / "x.jsonl"
    write_log(path, [make_row(0), *junk])
    assert len(read_samples([path]).of("p1", "m1")) == 1

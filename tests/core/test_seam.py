"""The seam: one text, a list or a column in, the same shape out, and clear errors."""

from __future__ import annotations

import doctest
import pickle
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import slm_mux
from slm_mux import answers, types

KINDS: tuple[types.Kind, ...] = get_args(types.Kind)
TEXTS = [
    r"\boxed{3}",
    None,
    r"\boxed{4",
    "",
    r"\boxed{\frac{1}{2}}",
    "é\U0001d7d8 \\boxed{ \u00e9 }",
]
SPANS = ["3", None, None, None, r"\frac{1}{2}", "é"]
LAYOUTS = {
    "string": pa.string(),
    "large_string": pa.large_string(),
    "string_view": pa.string_view(),
    "dictionary": pa.dictionary(pa.int8(), pa.string()),
    "large dictionary": pa.dictionary(pa.uint32(), pa.large_string()),
}


def column(texts: list[str | None], layout: Any) -> Any:
    if pa.types.is_dictionary(layout):
        return pa.array(texts, layout.value_type).dictionary_encode().cast(layout)
    return pa.array(texts, layout)


def arrow(column: Any) -> Any:
    """The column as another library takes it."""
    return pa.array(column)


def pylist(column: Any) -> list[Any]:
    return list(arrow(column).to_pylist())


def boxed(texts: Any) -> Any:
    return slm_mux.extract(texts, kind="math", profile="paper")


def test_public_names_are_sorted_and_there() -> None:
    assert slm_mux.__all__ == sorted(slm_mux.__all__)
    assert all(hasattr(slm_mux, name) for name in slm_mux.__all__)


def test_the_words_are_those_of_the_core() -> None:
    assert get_args(types.Kind) == answers.KINDS
    assert get_args(types.Profile) == answers.PROFILES


def test_docstring_examples_run() -> None:
    assert doctest.testmod(answers).failed == 0


def test_one_text_and_none() -> None:
    assert boxed(r"\boxed{3}") == "3"
    assert boxed(None) is None


@pytest.mark.parametrize("sequence", [list, tuple])
def test_a_sequence_gives_a_list(sequence: type) -> None:
    assert boxed(sequence(TEXTS)) == SPANS


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_column_gives_a_column(layout: Any) -> None:
    assert pylist(boxed(column(TEXTS, layout))) == SPANS


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_slice_of_a_column_is_read_as_a_slice(layout: Any) -> None:
    assert pylist(boxed(column(TEXTS, layout).slice(1, 4))) == SPANS[1:5]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_chunks_give_one_column(layout: Any) -> None:
    chunks = pa.chunked_array([column(TEXTS, layout), column([], layout), column(TEXTS, layout)])
    assert pylist(boxed(chunks)) == SPANS * 2


@pytest.mark.parametrize(
    "column",
    [pa.array([], pa.string()), pa.chunked_array([], pa.string()), pa.array([None, None])],
    ids=["no rows", "no chunks", "no type"],
)
def test_a_column_without_texts_has_no_answers(column: Any) -> None:
    assert pylist(boxed(column)) == [None] * len(column)


def test_the_width_of_offsets_is_kept() -> None:
    assert arrow(boxed(pa.array(TEXTS, pa.string()))).type == pa.string()
    assert arrow(boxed(pa.array(TEXTS, pa.large_string()))).type == pa.large_string()


def test_a_box_does_not_reach_over_the_border_of_a_row() -> None:
    rows = ["a \\box", "ed{3}", r"\boxed{1", "2}", r"\boxed{5} \boxed{6}", r"\boxed{7}"]
    assert pylist(boxed(pa.array(rows))) == [None, None, None, None, "5", "7"]


def test_what_lies_under_a_null_is_not_read() -> None:
    text = r"\boxed{1}\boxed{2}"
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 9, 18)))
    rows = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(text.encode()), pa.py_buffer(b"\2"))
    assert pylist(boxed(rows)) == [None, "2"]


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_that_are_not_utf8_read_as_replacement_characters(kind: types.Kind) -> None:
    text = b"\xff (B) 7 \\boxed{\xf0\x9f}"
    offsets = pa.py_buffer((0).to_bytes(4, "little") + len(text).to_bytes(4, "little"))
    rows = pa.StringArray.from_buffers(1, offsets, pa.py_buffer(text))
    ours = slm_mux.extract(rows, kind=kind, profile="paper")
    mended = text.decode(errors="replace")
    assert pylist(ours) == [slm_mux.extract(mended, kind=kind, profile="paper")]


@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])))))
def test_one_by_one_list_and_column_agree(texts: list[str | None]) -> None:
    for kind in KINDS:
        one = [slm_mux.read(text, kind=kind, profile="paper") for text in texts]
        assert slm_mux.read(texts, kind=kind, profile="paper") == one
        rows = slm_mux.read(pa.array(texts, pa.string()), kind=kind, profile="paper")
        assert pylist(rows) == [reading and reading._asdict() for reading in one]


def test_a_lone_surrogate_is_one_replacement_character() -> None:
    assert boxed("\\boxed{\ud800}") == "\ufffd"
    assert boxed(["\\boxed{\ud83d\ude00a}"]) == ["\ufffd\ufffda"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (b"x", "expected str, None, .* not bytes"),
        (7, "expected str, None, .* not int"),
        ({"a": 1}, "not dict"),
        (["a", None, 7], "item 2: expected str or None, not int"),
        ([b"x"], "item 0: expected str or None, not bytes"),
        (pa.array([1]), "expected an Arrow column of strings, not of Int64"),
        (pa.table({"a": ["x"]}), "expected an Arrow column of strings, not of Struct"),
    ],
)
def test_what_is_no_text_is_a_type_error(texts: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        boxed(texts)


def test_an_unknown_kind_lists_the_kinds() -> None:
    with pytest.raises(ValueError, match=r"kind .* not one of math, number, choice"):
        slm_mux.extract("x", kind="maths")  # type: ignore[call-overload]


def test_an_unknown_profile_lists_the_profiles() -> None:
    with pytest.raises(ValueError, match=r"profile .* not one of canonical, paper"):
        slm_mux.key("x", kind="math", profile="published")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "choices",
    [None, [], ["red", "blue"], ("red", "blue"), [["red"], None], [["red"], ["blue", "red"]]],
)
def test_choices_are_one_list_or_one_for_each(choices: Any) -> None:
    found = slm_mux.extract(["(A)", "(B)"], kind="choice", profile="paper", choices=choices)
    assert found == ["A", "B"]


def test_choices_for_other_texts_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"choices: expected 1 .* not 2"):
        slm_mux.extract(["(A)"], kind="choice", choices=[["red"], ["blue"]])


@pytest.mark.parametrize("choices", ["AB", [["red", 7]], [7], 7])
def test_choices_that_are_no_texts_are_an_error(choices: Any) -> None:
    with pytest.raises(TypeError, match="expected"):
        slm_mux.extract(["(A)"], kind="choice", choices=choices)


def test_no_answer_is_the_same_as_nothing() -> None:
    same = slm_mux.same(
        [None, "", "1/2", "7"], [None, "", "0.5", "8"], kind="math", profile="paper"
    )
    assert same == [False, False, True, False]


def test_one_answer_is_compared_with_all() -> None:
    same = slm_mux.same(pa.array(["1,000", None, "7"]), "1000", kind="number", profile="paper")
    assert pylist(same) == [True, False, False]


def test_lists_of_different_length_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"b: expected 1 .* not 2"):
        slm_mux.same(["1"], ["1", "2"], kind="number")
    with pytest.raises(ValueError, match=r"reference: expected 2 .* not 1"):
        slm_mux.grade(["1", "2"], ["1"], kind="number")


def test_many_answers_to_one_text_are_an_error() -> None:
    with pytest.raises(ValueError, match="b: expected 1"):
        slm_mux.same("1", ["1"], kind="number")


def test_a_reading_has_span_rule_and_key() -> None:
    reading = slm_mux.read("#### 1,234 or 007", kind="number", profile="paper")
    assert reading == slm_mux.Reading("1", "hashes", "1")
    assert pickle.loads(pickle.dumps(reading)) == reading


def test_a_grade_names_its_fields() -> None:
    grade = slm_mux.grade("no idea", "7", kind="math", profile="paper")
    assert grade == slm_mux.Grade("no_answer", None, None, None, None, None, None)


def test_where_a_text_is_missing_there_is_no_grade() -> None:
    grades = slm_mux.grade([None, "x", "x"], ["7", None, "7"], kind="math", profile="paper")
    assert [grade is None for grade in grades] == [True, True, False]


def test_grades_of_a_column_are_a_struct_column() -> None:
    grades = slm_mux.grade(pa.array(["no idea", None]), "7", kind="math", profile="paper")
    rows = arrow(grades)
    assert [field.name for field in rows.type] == list(slm_mux.Grade._fields)
    assert rows.to_pylist()[1] is None

"""The `paper` profile is the published rules: the extension equals its reference."""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import slm_mux
from conftest import CASES
from reference import paper
from slm_mux.types import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS: tuple[Kind, ...] = get_args(Kind)

PIECES = [
    *(r"\boxed{", r"\boxed", "{", "}", r"\frac", r"\tfrac", r"\dfrac", r"\sqrt", r"\text{"),
    *(r"\left", r"\right", r"^{\circ}", r"^\circ", r"\%", "%", r"\$", "$", r"\!", "\\", "\\\\"),
    *("=", "x=", "/", "1/2", "+3/04", "1_0/ 4", "0.5", ".", " .", "{.", "0", "007", "-", "-05"),
    *("####", "#### ", "##", "## A ##", "1,234", ",", "1.2.3.4", "3", "12", "A", "d", "b"),
    *(
        "answer",
        "ANSWER: ",
        "an\u017fwer is **",
        "Answer (",
        "(B)",
        "(e)",
        " C",
        "Final Answer: (D)",
    ),
    *("Final Answer: (F)", "\n", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85"),
    *("\u2028", "\u2029", "\xa0", "\u3000", "\u200b", " ", "\t", "\0"),
    *("٣", "१२", "７", "𝟘", "²", "½", "ſ", "K", "İ", "ı", "é"),  # noqa: RUF001
    *("\ud800", "\udfff", "\ufffd"),
]
LATEX = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TEXT = st.text(st.characters(), max_size=60)
MIXED = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(), max_size=4))).map(
    "".join
)
TEXTS = st.one_of(LATEX, TEXT, MIXED, LATEX.map(lambda inside: rf"\boxed{{{inside}}}"))
WHOLE = st.text(st.sampled_from("0123456789+-_ \t\xa0٣𝟘"), min_size=1, max_size=8)  # noqa: RUF001


def extract(text: str, kind: Kind) -> str | None:
    return slm_mux.extract(text, kind=kind, profile="paper")


def key(answer: str, kind: Kind) -> str | None:
    return slm_mux.key(answer, kind=kind, profile="paper")


def mended(text: str) -> str:
    """The text as the extension reads it: U+FFFD for each lone surrogate."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS)
@example(text="## A ## (B)\nc\nAnswer: D")
@example(text=r"\boxed{\sqrt}")
@example(text="1.2.3.4.5")
@example(text="#### 5 #### -1.5.6 ####\xa0x")
def test_extract_equals_the_reference(kind: Kind, text: str) -> None:
    assert extract(text, kind) == paper.extract(mended(text), kind)


@pytest.mark.parametrize("kind", KINDS)
@given(answer=TEXTS)
def test_key_equals_the_reference(kind: Kind, answer: str) -> None:
    assert key(answer, kind) == paper.key(mended(answer), kind)


@given(p=WHOLE, q=WHOLE)
def test_a_slash_takes_what_int_takes(p: str, q: str) -> None:
    assert key(f"{p}/{q}", "math") == paper.key(f"{p}/{q}", "math")


@given(texts=st.lists(st.one_of(st.none(), TEXTS)))
def test_a_column_is_searched_as_its_rows_are(texts: list[str | None]) -> None:
    pa = pytest.importorskip("pyarrow")
    rows = [None if text is None else mended(text) for text in texts]
    spans = slm_mux.extract(pa.array(rows, pa.string()), kind="math", profile="paper")
    expected = [None if row is None else paper.extract(row, "math") for row in rows]
    assert pa.array(spans).to_pylist() == expected


@pytest.mark.parametrize("kind", ["number", "choice"])
@given(text=TEXTS)
def test_the_key_of_a_key_of_a_span_is_itself(kind: Kind, text: str) -> None:
    # Not so for math, where a rewriting can make work for one before it: 00.5 has no key 0.5.
    vote = key(extract(text, kind) or "", kind)
    assert vote is None or key(vote, kind) == vote


def cases(name: str) -> list[Any]:
    rows = json.loads((CASES / f"paper_{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["source"]) for row in rows]


@pytest.mark.parametrize("case", cases("extract"))
def test_span_of_the_case(case: dict[str, Any]) -> None:
    assert extract(case["input"], case["kind"]) == case["expected"]


@pytest.mark.parametrize("case", cases("key"))
def test_key_of_the_case(case: dict[str, Any]) -> None:
    assert key(case["input"], case["kind"]) == case["expected"]


@pytest.mark.parametrize("case", [*cases("extract"), *cases("key")])
def test_the_reference_keeps_the_cases(case: dict[str, Any]) -> None:
    ask = {"extract": paper.extract, "key": paper.key}[case["verb"]]
    assert ask(case["input"], case["kind"]) == case["expected"]


def test_digits_and_whitespace_are_those_of_python() -> None:
    """Every character, as a number and as an end to strip; digits newer than this Python aside."""
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in {"Cn", "Cs"}:
            continue
        assert extract(character, "number") == (character if character.isdecimal() else None)
        assert key(character, "choice") == (character.strip() or None)


MEGABYTE = 1 << 20
HOSTILE = {
    "open boxes": r"\boxed{" * (MEGABYTE // 7),
    "open braces": r"\boxed{" + "{" * MEGABYTE,
    "nested braces": r"\boxed{" + "{" * (MEGABYTE // 2) + "}" * (MEGABYTE // 2) + "}",
    "hashes": "#" * MEGABYTE,
    "marks": "####" + " " * MEGABYTE,
    "many marks": "#### " * (MEGABYTE // 5),
    "digits": "1" * MEGABYTE,
    "groups": "1." * (MEGABYTE // 2),
    "fraction": "1/" + "1" * MEGABYTE,
    "slashes": "/" * MEGABYTE,
    "answers": "answer " * (MEGABYTE // 7),
    "answer and blanks": "answer" + " " * MEGABYTE,
    "blank lines": "\n" * MEGABYTE,
    "letters": "A)" * (MEGABYTE // 2),
    "roots": r"\sqrt" * (MEGABYTE // 5) + "2",
    "fractions": r"\frac" * (MEGABYTE // 5),
    "escapes": "\\" * MEGABYTE,
    "wide": "\U0001d7d8" * (MEGABYTE // 4),
    "surrogates": "\ud800" * (MEGABYTE // 4),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_is_read_as_the_reference_reads_it(kind: Kind, text: str) -> None:
    assert extract(text, kind) == paper.extract(mended(text), kind)
    assert key(text, kind) == paper.key(mended(text), kind)


RECORDED: dict[str, Kind] = {
    "dylan_math_dev": "math",
    "gsm8k_4models": "number",
    "bbh_davinci": "choice",
}


def disagreements(texts: list[str], kind: Kind, ours: Callable[..., Any]) -> list[str]:
    found = ours(texts, kind=kind, profile="paper")
    reference = getattr(paper, ours.__name__)
    return [text for text, mine in zip(texts, found, strict=True) if mine != reference(text, kind)]


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_answers_have_no_disagreement(recorded_data: Path, name: str) -> None:
    with gzip.open(recorded_data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [row["response"] for row in rows if row["response"]]
    kind = RECORDED[name]
    spans = [span for span in slm_mux.extract(texts, kind=kind, profile="paper") if span]
    golds = [row["gold"] for row in rows if isinstance(row["gold"], str)]
    assert spans
    assert disagreements(texts, kind, slm_mux.extract) == []
    assert disagreements([*spans, *golds], kind, slm_mux.key) == []

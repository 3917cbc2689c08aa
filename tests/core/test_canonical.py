"""The `canonical` profile: the extension equals its reference on arbitrary text."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import gzip
import itertools
import json
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import slm_mux
from reference import canonical, canonical_key
from slm_mux.types import Kind

if TYPE_CHECKING:
    from pathlib import Path

KINDS: tuple[Kind, ...] = get_args(Kind)

BOXES = [
    *(r"\boxed{", r"\fbox{", r"\boxed", r"\boxed ", "oxed{", "\x08oxed{", "\x0cbox{", "boxed{"),
    *(r"\boxed{7}", r"\boxed{C}", r"\boxed{}", r"\boxed{1}, \boxed{2}", "{", "}", r"\{", r"\}"),
    *("\\boxed{3} and ", "fbox{", r"\text{and}", "x=", "...", "\\fboxed{"),
]
CUES = [
    *("answer", "Answer", "ANSWER", "answers", "the ", "if ", "not ", "n't ", "wrong ", " is "),
    *(" is", ": ", ":", "：", " are ", "to x ", "in ", "for", " would be ", "答案", "是", "(", ")"),
    *("<answer>", "</answer>", "</", ">", '"answer": "', '"', "The answer is ", "Answer: "),
    *("therefore, ", "about ", "equal to", "~", "**", "*", "_", "`", "'", "final "),
]
MATHS = [
    *("$", "$$", r"\(", r"\)", r"\[", r"\]", r"\$", "\\", "\\\\", "&", r"\begin{align*}"),
    *(r"\end{align*}", r"\begin{pmatrix}", "=", "==", "<=", r"\approx", "≈", "x", "y", "m+n"),
    *(r"\frac", r"\dfrac{1}{2}", r"\frac{3}{4}", r"\frac12", r"\sqrt", "√", "π", r"\pi", "^", "_"),
    *(r"\left(", r"\right]", r"\text{", r"\text{ cm}", r"\mathrm{", r"\,", r"\!", "{,}", r"\times"),
    *(r"\cdot", "10^", "10^{-3}", r"\overline{3}", "^2", "^{2}", r"^\circ", "°", r"\%", "%", "²"),
]
NUMBERS = [
    *("0", "1", "5", "12", "007", "1,234", "1, 234", "1 234", "12,34", "0,1", "1.5", ".5", "5."),
    *("1/2", "2 1/3", "12:30", "1e5", "E+2", "e99999", "x10^4", "×", "-", "−", "+", "€", "5th"),
    *("٣", "۴", "７", "１２", "१", "²", "½", "9" * 30, "####", "#### ", "A: ", "<<3*4=12>>", ">>"),
]
LETTERS = [
    *(
        "A",
        "B",
        "C",
        "I",
        "a",
        "c",
        "(A)",
        "(B)",
        "(c)",
        "A.",
        "B)",
        "**D**",
        "E:",
        " or ",
        " and ",
    ),
    *(
        "option ",
        "choice",
        "Option A",
        " is correct",
        " is the right",
        "because",
        "red apple",
        "AB",
    ),
    *("## A ##", "## ", "B-", "’s", "“", "”", "[", "]", "no", "Yes", "salt and pepper", "none"),
]
REFUSALS = [
    *(
        "unknown",
        "N/A",
        "I cannot",
        "I don’t know",
        "cannot be determined",
        "not enough information",
    ),
    *("I'm sorry", "none", "neither", "None of the above", r"\text{unknown}", "null", "no answer"),
    *(
        r"\boxed{answer}",
        r"\boxed{\text{your answer here}}",
        r"\square",
        "undefined",
        "unable to solve",
    ),
]
FIELDS = [
    *(
        '{"answer": ',
        '"answer":',
        "'answer': ",
        '"final_answer" : ',
        '"Final Answer":',
        '"answer" ',
    ),
    *(
        '"',
        "'",
        r"\"",
        r"\\",
        r"\n",
        r"\u00b2",
        r"\ud83d\ude00",
        r"\ud83d",
        '["1", "2"]',
        "[1, (2, 3)]",
    ),
    *(
        "}",
        "]",
        "[",
        ",\n",
        "```json\n",
        "```",
        "null",
        "69",
        "true",
        r"\\frac{1}{2}",
        r"\frac{1}{2}",
    ),
]
ENDS = [
    *(
        "So there are ",
        "Therefore, ",
        "Hence ",
        "So it's ",
        "I pick ",
        "which is option ",
        "it is ",
    ),
    *(
        "simplifies to ",
        "equal to the ",
        "gives us ",
        " is ",
        " are ",
        " when ",
        " for ",
        " to ",
        " or ",
    ),
    *(
        " rounded",
        ", which",
        " since ",
        "i.e. ",
        "equation ",
        "be ",
        "**",
        "5! ",
        ". ",
        "! ",
        " = ",
    ),
]
TURNS = [
    *(
        "<|im_end|>",
        "<|im_start|>",
        "</s>",
        "<|end|>",
        "<eos>",
        "<end_of_turn>",
        "<｜User｜>",
        "<",
        "<|",
    ),
    *(
        "\n### Problem 2",
        "\nuser\n",
        "\nassistant",
        "\nHuman:",
        "\n## Exercise",
        "\n**Question 12:**",
    ),
    *("<reasoning>", "</reasoning>", "<|channel|>final<|message|>", "<thought>"),
]
TONGUES = [
    *(
        "Réponse : ",
        "La réponse finale est ",
        "Respuesta: ",
        "La respuesta correcta es ",
        "Antwort: ",
    ),
    *(
        "Ответ: ",
        "答え: ",
        "정답은 ",
        "답: ",
        "답",
        "故选",
        "故选择",
        "选",
        "应该是",
        "Risposta: ",
        "RESPOSTA: ",
    ),
    *(
        "أ",
        "ব",
        "Ｃ",
        "Ｋ",
        "### Final Answer\n",
        "Answer\n",
        "> ",
        "->",
        "- ",
        "(in cm) ",
        "the ",
        "an ",
    ),
]
LAYOUT = [
    *("\n", "\n\n", "\r\n", " ", "  ", "\t", "\xa0", "\u2009", "\u3000", "\u200b", "\x85", "."),
    *(". ", ",", ", ", ";", "?", "!", "/", "|", "é", "ı", "ſ", "K", "İ", "中", "\ud800", "\udfff"),
    *("<think>", "</think>", "[THINK]", "</thinking>", "Question: ", "Q:", "\nProblem:", "\x00"),
]
LATER = [REFUSALS, FIELDS, ENDS, TURNS, TONGUES]
PIECES = [*BOXES, *CUES, *MATHS, *NUMBERS, *LETTERS, *LAYOUT, *itertools.chain(*LATER)]
PIECE = st.one_of(st.sampled_from(PIECES), st.text(st.characters(), max_size=3))
GROUPS = [
    *(BOXES + NUMBERS, CUES + NUMBERS + LAYOUT, CUES + LETTERS + LAYOUT, MATHS + NUMBERS),
    *(FIELDS + REFUSALS + NUMBERS, ENDS + NUMBERS + MATHS, ENDS + LETTERS, TURNS + CUES + NUMBERS),
    *(TONGUES + NUMBERS + LETTERS, BOXES + REFUSALS + CUES),
]
TEXT = st.one_of(
    st.lists(PIECE, max_size=14).map("".join),
    *(st.lists(st.sampled_from(group), max_size=12).map("".join) for group in GROUPS),
    *(st.lists(st.sampled_from(group), max_size=10).map(" ".join) for group in GROUPS),
    st.text(st.characters(), max_size=60),
)
WHOLE = st.integers(0, 10**12)
DECIMAL = st.decimals(0, 10**6, places=3).map(str)


def grouped(mark: str) -> st.SearchStrategy[str]:
    """Whole numbers with `mark` between their groups of three digits."""
    return WHOLE.map(lambda number: f"{number:,}".replace(",", mark))


SIZE = st.one_of(
    WHOLE.map(str),
    *(grouped(mark) for mark in (",", "{,}", "\\,")),
    DECIMAL,
    st.tuples(WHOLE, st.integers(1, 999)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.tuples(st.sampled_from(["\\frac", "\\dfrac"]), WHOLE, st.integers(1, 99)).map(
        lambda parts: f"{parts[0]}{{{parts[1]}}}{{{parts[2]}}}"
    ),
    st.tuples(st.integers(1, 99), st.integers(1, 8)).map(lambda p: f"{p[0]}\\frac{{{p[1]}}}{{9}}"),
    st.tuples(DECIMAL, st.integers(-30, 30)).map(lambda pair: f"{pair[0]}e{pair[1]}"),
    st.tuples(DECIMAL, st.integers(-30, 30)).map(lambda pair: f"{pair[0]}\\times 10^{{{pair[1]}}}"),
    st.tuples(WHOLE, st.integers(1, 9999)).map(lambda pair: f"{pair[0]}.\\overline{{{pair[1]}}}"),
)
NUMBER = st.tuples(st.sampled_from(["", "-"]), SIZE).map("".join)
OPTION = st.one_of(st.sampled_from(["red apple", "5", "E. coli", "A", "", "no", "12"]), TEXT)


def expected(text: str, kind: Kind, choices: list[str] | None = None) -> tuple[Any, ...] | None:
    found = canonical.extract(text, kind, choices)
    return found and (found.span, found.rule, slm_mux.key(found.span, kind=kind))


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXT)
@example(text="\\boxed{1} or \\boxed{2}")
@example(text="## A ## B ##")
@example(text="A is is correct")
@example(text="answer: 1 答案答案: 2")
@example(text="$x=5$5.0")
def test_reading_equals_the_reference(kind: Kind, text: str) -> None:
    assert slm_mux.read(text, kind=kind) == expected(text, kind)


@given(text=TEXT, choices=st.lists(OPTION, max_size=5))
@example(text="Answer: E. coli", choices=["rat", "E. coli"])
def test_choice_equals_the_reference(text: str, choices: list[str]) -> None:
    found = slm_mux.read(text, kind="choice", choices=choices)
    assert found == expected(text, "choice", choices)


@given(answer=TEXT)
@example(answer="the (C) one")
@example(answer="\\text{a}")
def test_the_key_of_a_choice_equals_the_reference(answer: str) -> None:
    assert slm_mux.key(answer, kind="choice") == canonical.choice_key(answer)


@pytest.mark.parametrize("kind", ["math", "number"])
@given(answer=NUMBER)
@example(answer="-0.1\\overline{6}")
@example(answer="12345678901234567890/3")
@example(answer="1.234.567")
@example(answer="1e400")
def test_the_key_of_a_number_is_its_value(kind: Kind, answer: str) -> None:
    value = canonical_key.plain_value(answer)
    assume(value is not None and len(str(value)) < 190)
    assert slm_mux.key(answer, kind=kind) == str(value)


@given(p=st.integers(-(10**30), 10**30), q=st.integers(1, 10**30))
def test_a_value_is_its_own_key(p: int, q: int) -> None:
    vote = slm_mux.key(f"\\frac{{{p}}}{{{q}}}", kind="math")
    assert vote is not None
    assert slm_mux.key(vote, kind="math") == vote
    assert not vote.startswith("v1")


@given(answer=TEXT)
def test_a_key_is_short(answer: str) -> None:
    vote = slm_mux.key(answer * 50, kind="math")
    assert vote is None or len(vote.encode()) <= 256


MEGABYTE = 1 << 20


def hostile(size: int) -> dict[str, str]:
    return {
        "open braces": "{" * size,
        "open boxes": r"\boxed{" * (size // 7),
        "nested boxes": r"\boxed{" * (size // 8) + "}" * (size // 8),
        "closed boxes": r"\boxed{a}," * (size // 10),
        "bare boxes": r"\boxed 5 " * (size // 9),
        "dollars": "$" * size,
        "money": "$5 " * (size // 3),
        "escaped dollars": "$a" + r"\$ " * (size // 3),
        "openers": r"\(" * (size // 2),
        "displays": r"\[" * (size // 2),
        "environments": r"\begin{align}" * (size // 13),
        "digits": "1" * size,
        "groups": "1" + ",234" * (size // 4),
        "points": "1." * (size // 2),
        "fractions": r"\frac{1" * (size // 7),
        "statements": "answer is " * (size // 10),
        "fillers": "answer is " + "about " * (size // 6),
        "gaps": "answer to " * (size // 10),
        "tags": "<answer>" * (size // 8),
        "options": "option: " * (size // 8),
        "verdicts": "A is " * (size // 5),
        "hashes": "#" * size,
        "marks": "#### " * (size // 5),
        "mark lines": "####\n" * (size // 5),
        "blanks": "answer is" + " " * size,
        "lines": "\n" * size,
        "letter lines": "A)\n" * (size // 3),
        "questions": "\nQ:" * (size // 3),
        "escapes": "\\" * size,
        "texts": r"1\text{a}" * (size // 9),
        "commas": "," * size,
        "equations": "=" * size,
        "thoughts": "<think>" * (size // 7) + "</think>" * 9,
        "surrogates": "\ud800" * (size // 4),
        "fields": '"answer": "' * (size // 11),
        "open fields": '"answer": "' + 'x" ' * (size // 3),
        "lists": '"answer": [' + " " * (size // 2) + "x'" * (size // 4),
        "items": '"answer": [' + "1," * (size // 2),
        "escapes in a field": '"answer": "' + "\\\\" * (size // 2) + '"',
        "turns": "<|im_end|>" * (size // 10),
        "angles": "<" * size,
        "problems": "\n### Problem 2" * (size // 14),
        "thoughts again": "</think>" + "<think>" * (size // 7),
        "verbs": "1 is " * (size // 5),
        "fillers of a verb": "1 is " + "be " * (size // 3),
        "remarks": "1 for " * (size // 6),
        "sentences": "1. " * (size // 3),
        "bold": "**1" * (size // 3),
        "spans in a sentence": "$1$ for " * (size // 8),
        "spans side by side": "$1$, " * (size // 5),
        "wrappers": r"\boxed{" + r"\text{" * (size // 6) + "}" * (size // 6),
        "picks": "so A." * (size // 5),
        "closers": "so A" + ")" * size,
        "titles": "Answer\n" * (size // 7),
        "cues of Korean": "답" * (size // 3),
        "cues of Spanish": "respuesta es " * (size // 13),
        "apologies": "sorry " * (size // 6),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", hostile(1))
def test_hostile_text_is_read_as_the_reference_reads_it(kind: Kind, name: str) -> None:
    text = hostile(MEGABYTE // 64)[name]
    assert slm_mux.read(text, kind=kind) == expected(text, kind)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", hostile(1))
def test_a_hostile_megabyte_ends(kind: Kind, name: str) -> None:
    """A guard against hanging: each takes milliseconds where time is linear."""
    text = hostile(MEGABYTE)[name]
    slm_mux.read(text, kind=kind, choices=["red apple", "x" * 1000])
    slm_mux.key(text, kind=kind)


RECORDED: dict[str, Kind] = {
    "dylan_math_dev": "math",
    "gsm8k_4models": "number",
    "bbh_davinci": "choice",
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_answers_have_no_disagreement(recorded_data: Path, name: str) -> None:
    with gzip.open(recorded_data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [row["response"] for row in rows if row["response"]]
    golds = [row["gold"] for row in rows if isinstance(row["gold"], str)]
    kind = RECORDED[name]
    found = slm_mux.read(texts, kind=kind)
    differ = [t for t, mine in zip(texts, found, strict=True) if mine != expected(t, kind)]
    assert differ == []
    if kind == "choice":
        assert slm_mux.key(golds, kind=kind) == [canonical.choice_key(gold) for gold in golds]

"""Where formulas begin and end, and that no text takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.report.details import Book
from slm_mux.report.mathematics import MAX_FORMULA, answer_to_mathml, formulas

PIECES = [
    "$",
    "$$",
    r"\(",
    r"\)",
    r"\[",
    r"\]",
    r"\boxed{",
    "{",
    "}",
    "x",
    "^",
    r"\frac",
    "\U0001d465",
    "\n\n",
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"so $x^2$ and \(y\)", ["$x^2$", r"\(y\)"]),
        ("it costs $5 and $6", []),
        (r"\boxed{\frac{1}{2}} left", [r"\boxed{\frac{1}{2}}"]),
        (r"\[a\] $$b$$", [r"\[a\]", "$$b$$"]),
        (r"\begin{align*}a&=b\end{align*}", [r"\begin{align*}a&=b\end{align*}"]),
        (r"$a\$b$ and $\nosuchcommand$", [r"$a\$b$"]),
        ("$" + "x" * (MAX_FORMULA + 1) + "$", []),
        ("$ x$ $", []),
    ],
)
def test_formulas_of_a_text(text: str, found: list[str]) -> None:
    assert [text[f.start : f.end] for f in formulas(text)] == found


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_formulas_lie_in_order_and_none_in_another(text: str) -> None:
    edges = [edge for f in formulas(text) for edge in (f.start, f.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


def test_places_are_counted_as_the_browser_counts() -> None:
    found = Book().text("😀 $x$ then 7", span="7")
    assert found is not None
    assert found["m"][0][:2] == [3, 6]
    assert found["s"] == [12, 13]


def test_markup_in_a_formula_is_no_markup() -> None:
    assert "<img" not in (answer_to_mathml(r"x^2 \text{<img src=x>}") or "")

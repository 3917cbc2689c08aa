r"""All MATH-500 references against their own solutions, and against themselves rewritten.

The five rewritings are mechanical and keep the meaning: spacing; `\frac` ↔ `\dfrac`; delimiters
around the reference; `\left`, `\right` on brackets; decimal ↔ fraction where that is exact. Each
must grade as correct; what does not is listed.

    python benches/compare/math500.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from recorded import math_500

import slm_mux

FRACTION = re.compile(r"(?<![0-9])(?<![0-9] )\\[dt]?frac\{([0-9]+)\}\{([0-9]+)\}(?!\^)")
DECIMAL = re.compile(r"(?<![0-9.,])([0-9]+\.[0-9]+)(?![0-9.,^])")
LOOSE = re.compile(r"(?<![\\{^_(\[,])\s*([=+])\s*")


def main() -> int:
    """Print a table of passes, and every failure."""
    rows = math_500()
    print("| check | pairs | correct |")
    print("|---|---|---|")
    failures = []
    for name, pairs in checks(rows).items():
        graded = [
            (pair, slm_mux.grade(response, reference, kind="math"))
            for pair in pairs
            for response, reference in [pair[1:]]
        ]
        wrong = [(pair, grade) for pair, grade in graded if grade.verdict != "correct"]
        print(f"| {name} | {len(pairs)} | {len(pairs) - len(wrong)} |")
        failures += [(name, pair, grade) for pair, grade in wrong]
    for name, (unique_id, response, reference), grade in failures:
        print(f"\n{name}: {unique_id}\n  reference {reference!r}\n  response {response[-150:]!r}")
        print(f"  {grade.verdict} by {grade.rule}: span {grade.span!r}, limit {grade.limit}")
    return 1 if failures else 0


Pair = tuple[str, str, str]


def checks(rows: list[dict[str, Any]]) -> dict[str, list[Pair]]:
    """Name of the check → (id, response, reference)."""
    out = {"own solution": [(r["unique_id"], r["solution"], r["answer"]) for r in rows]}
    for name, rewrite in REWRITINGS.items():
        out[name] = [
            (row["unique_id"], f"\\boxed{{{form}}}", reference)
            for row in rows
            for form, reference in rewrite(row["answer"])
        ]
    return out


def spaced(answer: str) -> Iterator[tuple[str, str]]:
    """Spaces around signs and at the ends; thin ones too."""
    wide = LOOSE.sub(r" \1 ", answer)
    yield f" {wide} ", answer
    yield LOOSE.sub(r"\\,\1\\,", answer), answer


def other_fractions(answer: str) -> Iterator[tuple[str, str]]:
    """The other sizes of a fraction."""
    for name in ("frac", "dfrac", "tfrac"):
        form = re.sub(r"\\[dt]?frac", rf"\\{name}", answer)
        if form != answer:
            yield form, answer


def delimited(answer: str) -> Iterator[tuple[str, str]]:
    """The reference between delimiters."""
    for left, right in (("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$")):
        yield answer, left + answer + right


def sized(answer: str) -> Iterator[tuple[str, str]]:
    r"""`\left` and `\right` on round brackets, or off."""
    if "\\left" in answer:
        yield re.sub(r"\\(?:left|right)(?![a-z])\s*", "", answer), answer
    elif "(" in answer and answer.count("(") == answer.count(")"):
        yield answer.replace("(", "\\left(").replace(")", "\\right)"), answer


def other_number(answer: str) -> Iterator[tuple[str, str]]:
    """The decimal of a fraction, the fraction of a decimal, where exact."""
    form = FRACTION.sub(as_decimal, DECIMAL.sub(as_fraction, answer))
    if form != answer:
        yield form, answer


def as_fraction(found: re.Match[str]) -> str:
    above, below = Fraction(found[1]).as_integer_ratio()
    return f"\\frac{{{above}}}{{{below}}}"


def as_decimal(found: re.Match[str]) -> str:
    """The decimal, or the fraction as it was where it does not end."""
    value = Fraction(int(found[1]), int(found[2])) if int(found[2]) else Fraction(1, 3)
    for places in range(1, 7):
        if (value * 10**places).denominator == 1:
            return f"{float(value):.{places}f}"
    return found[0]


REWRITINGS: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "spacing": spaced,
    "kinds of fraction": other_fractions,
    "delimiters": delimited,
    "sized brackets": sized,
    "decimal or fraction": other_number,
}


if __name__ == "__main__":
    sys.exit(main())

"""Arbitrary and hostile texts of up to 4 KB, by kind, from a seed."""

# ruff: noqa: RUF001 - the characters of mathematics

from __future__ import annotations

import random
from collections.abc import Callable

LONGEST = 4096
TOKENS = [
    *(r"\frac", r"\frac{1}{2}", r"\dfrac", r"\sqrt", r"\sqrt[3]", "^", "_", "{", "}", "(", ")"),
    *("[", "]", "|", "+", "-", "*", "/", "=", "<", r"\le", ",", ".", "!", "x", "y", "n", "e", "i"),
    *("0", "1", "7", "12", "3.5", "1,234", r"\pi", r"\theta", r"\sin", r"\cos", r"\ln", r"\log_2"),
    *(r"\left(", r"\right)", r"\left|", r"\right|", r"\cdot", r"\times", r"\pm", r"\text{ and }"),
    *(r"\begin{pmatrix}", r"\end{pmatrix}", "&", r"\\", r"\binom{5}{2}", r"\infty", r"\cup"),
    *(r"\overline{3}", r"\{", r"\}", "$", " ", r"\,", "%", r"\%", "^\\circ", r"\sum_{k=1}^{9}"),
    *("½", "²", "√", "π", "−", "×", "9^", "^{9^", "99!", "e^{", r"\boxed{", r"\text{cm}"),
]
BRACKETS = ["(", "{", "[", r"\left(", r"\{", "|", r"\frac{", r"\sqrt{", "^{", "_{", r"\text{", "-"]
CLOSERS = {"(": ")", "{": "}", "[": "]", r"\left(": r"\right)", r"\{": r"\}", "|": "|"}
EXPLOSIVE = [
    *("9^{9^{9^{9^{9}}}}", "9**9**9**9", "2004!", "9!!!!!!!", "99999999!", r"10^{10^{100}}"),
    *(r"\binom{10^9}{5\cdot10^8}", r"\sum_{k=1}^{10^{12}} k^2", "2^{-10^{15}}", "1e999999999"),
    *(r"\prod_{k=1}^{10^9}k", "(1+x)^{100000}", r"e^{e^{e^{e^{10}}}}", r"\log_{1}2", "0^0"),
    *(r"\Gamma(10^9)", r"(x+y+z)^{99}", r"\frac{1}{0}", r"\sqrt[10^9]{2}", r"\tan\frac{\pi}{2}"),
    "7^{77^{7}}",
]


def bytes_as_text(rng: random.Random, size: int) -> str:
    """Random bytes, read as UTF-8 with replacements or as Latin-1."""
    raw = rng.randbytes(size)
    return raw.decode("latin-1" if rng.random() < 0.5 else "utf-8", "replace")


def characters(rng: random.Random, size: int) -> str:
    """A few characters of mathematics, over and over at random."""
    some = rng.choices(r"0123456789xyzabe+-*/^_{}()[]|\,.!=<>& $%~'", k=rng.randint(1, 12))
    return "".join(rng.choices(some, k=size))


def tokens(rng: random.Random, size: int) -> str:
    """A soup of LaTeX tokens."""
    return "".join(rng.choices(TOKENS, k=size))[:size]


def nesting(rng: random.Random, size: int) -> str:
    """Brackets within brackets, closed or not."""
    opener = rng.choice(BRACKETS)
    depth = size // (2 * len(opener))
    closer = CLOSERS.get(opener, "}")
    return opener * depth + rng.choice(["1", "x", ""]) + closer * rng.choice([depth, depth, 0])


def towers(rng: random.Random, size: int) -> str:
    """Powers, roots, fractions and functions within one another."""
    links = ["9^{", "2^{x^{", r"\sqrt{2+", r"\frac{1}{1+", r"\sin(1+", r"\ln(2+", "e^{-", "(x+1)^{"]
    link = rng.choice([*links, "".join(rng.choices(links, k=2))])
    depth = size // (len(link) + 1)
    return link * depth + "3" + "".join("})"[rng.random() < 0.3] for _ in range(depth))


def explosive(rng: random.Random, size: int) -> str:
    """Small texts of huge values, alone or many together."""
    count = rng.choice([1, 1, 2, 3, max(1, size // 20)])
    return rng.choice(["+", "*", "", ",", "^", "="]).join(rng.choices(EXPLOSIVE, k=count))[:size]


def repetition(rng: random.Random, size: int) -> str:
    """One token again and again: quadratic scans show here."""
    part = "".join(rng.choices(TOKENS, k=rng.randint(1, 3)))
    return (part * (size // len(part) + 1))[:size]


def digits(rng: random.Random, size: int) -> str:
    """Long numbers, with points, commas, slashes and exponents."""
    return "".join(rng.choices("0123456789" * 4 + ".,/e^-", k=size))


def sums(rng: random.Random, size: int) -> str:
    """Long sums and products of many small expressions."""
    terms = [
        r"\sqrt{7}",
        "x^2",
        r"\sin x",
        "3",
        r"\frac{1}{x}",
        r"\ln 3",
        "y^{-3}",
        r"e^{x}",
        "|x|",
    ]
    sign = rng.choice(["+", "-", r"\cdot ", "/", "^"])
    return sign.join(rng.choices(terms, k=max(1, size // 6)))[:size]


KINDS: dict[str, Callable[[random.Random, int], str]] = {
    "bytes as text": bytes_as_text,
    "characters": characters,
    "LaTeX tokens": tokens,
    "nesting": nesting,
    "towers": towers,
    "explosive": explosive,
    "repetition": repetition,
    "digits": digits,
    "long sums": sums,
}


def text(kind: str, rng: random.Random) -> str:
    """One text of a kind: short ones as likely as long ones."""
    size = min(LONGEST, int(2 ** rng.uniform(0, 12.01)))
    made = KINDS[kind](rng, size)
    return made.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")

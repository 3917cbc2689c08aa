"""The published rules, written to be read: what the paper's programs vote on.

`extract` finds the span, `key` the vote; `None` is no answer. The quirks are the rules:
nothing here is to be improved.
"""

from __future__ import annotations

import re

NUMBER = r"[-]?\d+(?:\.\d+)?"
LETTERS = ("A", "B", "C", "D")


def extract(text: str, kind: str) -> str | None:
    """Give the span of `text` that states the answer."""
    spans = {"math": boxed, "number": last_number, "choice": letter}
    return spans[kind](text) or None


def key(answer: str, kind: str) -> str | None:
    """Give the vote that `answer` stands for."""
    keys = {"math": math_key, "number": number_key, "choice": letter_key}
    return keys[kind](answer) or None


# --- math -------------------------------------------------------------------------------


def boxed(text: str) -> str | None:
    r"""Read the first `\boxed{` to its matching brace."""
    _, found, inside = text.partition(r"\boxed{")
    depth = 1 if found else 0
    for position, character in enumerate(inside):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return inside[:position].strip() if found else None
    return None


def math_key(answer: str) -> str | None:
    """Apply the ten rules, in their order."""
    s = answer.strip()
    # 1. the text inside a lone \text{…}
    whole = re.search(r"^\\text\{(.+?)\}$", s)
    if whole:
        s = whole.group(1).strip()
    # 2. layout
    s = s.replace("\n", "").replace(r"\!", "").replace("\\\\", "\\")
    s = s.replace("tfrac", "frac").replace("dfrac", "frac")
    s = s.replace(r"\left", "").replace(r"\right", "")
    s = s.replace(r"^{\circ}", "").replace(r"^\circ", "").replace(r"\$", "")
    # 3. what stands before a text is the answer, what follows is its unit
    s = s.split(r"\text{")[0]
    # 4. percent signs and bare decimal points
    s = s.replace(r"\%", "").replace("%", "")
    s = s.replace(" .", " 0.").replace("{.", "{0.")
    s = "0" + s if s.startswith(".") else s
    # 5. "x = 5" is 5
    left, _, right = s.partition("=")
    if s.count("=") == 1 and len(left) <= 2:
        s = right
    # 6. to 8. arguments without braces
    rooted = brace_roots(s)
    if rooted is None:
        return None
    s = brace_fractions(rooted.replace(" ", ""))
    # 9. and 10. one form for a half and for p/q
    return slash_to_fraction(r"\frac{1}{2}" if s == "0.5" else s)


def brace_roots(s: str) -> str | None:
    r"""Give `\sqrt3` its braces; a root of nothing is no answer."""
    head, *pieces = s.split(r"\sqrt")
    if "" in pieces:
        return None
    return head + "".join(
        r"\sqrt" + (piece if piece[0] == "{" else "{" + piece[0] + "}" + piece[1:])
        for piece in pieces
    )


def brace_fractions(s: str) -> str:
    r"""Give `\frac12` and `\frac1{2}` their braces; with less to go on it stays."""
    head, *pieces = s.split(r"\frac")
    return head + "".join(r"\frac" + brace_fraction(piece) for piece in pieces)


def brace_fraction(piece: str) -> str:
    r"""Brace the arguments at the head of what follows one `\frac`."""
    if piece.startswith("{") or len(piece) < 2:
        return piece
    a, b, rest = piece[0], piece[1], piece[2:]
    return "{" + a + "}" + (b if b == "{" else "{" + b + "}") + rest


def slash_to_fraction(s: str) -> str:
    r"""Write `p/q` of two whole numbers as `\frac{p}{q}`."""
    try:
        p, q = s.split("/")
        return f"\\frac{{{int(p)}}}{{{int(q)}}}"
    except ValueError:  # not two sides, or not whole numbers
        return s


# --- number -----------------------------------------------------------------------------


def last_number(text: str) -> str | None:
    """Take the last number after `####`, otherwise the last number."""
    found = re.findall(rf"####\s*({NUMBER})", text) or re.findall(NUMBER, text)
    return found[-1] if found else None


def number_key(answer: str) -> str | None:
    """Drop the mark, the commas and the leading zeros."""
    s = answer.strip()
    if s.startswith("####"):
        s = s[4:].strip()
    s = s.replace(",", "")
    return "0" if re.fullmatch("0+", s) else s.lstrip("0")


# --- choice -----------------------------------------------------------------------------


def letter(text: str) -> str | None:
    """Take the first rule that gives a valid letter."""
    lines = [line.strip().upper() for line in text.splitlines()]
    rules = (
        re.findall(r"answer[^A-Za-z0-9]*([A-D])", text, re.IGNORECASE)[:1],
        re.findall(r"##\s*([A-D])\s*##", text)[:1],
        [line for line in lines if line in LETTERS][:1],
        re.findall(r"\(([A-D])\)", text)[-1:],
        re.findall(r"\s([A-D])", text)[-1:],
        re.findall(r"Final Answer: \(([A-Z])\)", text)[:1],
    )
    given = [found.upper() for rule in rules for found in rule]
    return next((found for found in given if found in LETTERS), None)


def letter_key(answer: str) -> str:
    """Take the letter as it stands."""
    return answer.strip()

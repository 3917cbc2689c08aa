"""Keys of plain numbers and of choices: what can be said without reading mathematics.

A value has the key of its exact fraction in lowest terms (`7/3`, `-5`); a letter is itself; the
words of a choice are folded. How expressions compare is `math_equal`'s to say.
"""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import hashlib
import re
from fractions import Fraction

from reference.canonical_choice import CLOSERS, skip_openers
from reference.canonical_number import DIGITS
from reference.canonical_text import LETTER, SPACE, lower

LONGEST_KEY = 256  # bytes
VERSION = "v1"
ARTICLES = ("the ", "an ", "a ")
MOST_DIGITS = 400
LARGEST_EXPONENT = 400

# Values -------------------------------------------------------------------------------------

SPELLINGS = {
    **{digit: str(index % 10) for index, digit in enumerate(DIGITS)},
    **dict.fromkeys("−–", "-"),
    "½": "\\frac{1}{2}",
    "¾": "\\frac{3}{4}",
}
REPLACEMENTS = (
    *(("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("{,}", ","), (",\\!", ","), ("\\,", ",")),
    *(("\\cdot", "*"), ("\\times", "*")),
)


def plain_value(answer: str) -> Fraction | None:
    """The exact value of a plain number in any of its spellings."""
    text = "".join(SPELLINGS.get(char, char) for char in answer)
    for old, new in REPLACEMENTS:
        text = text.replace(old, new)
    return value(text)


_INTEGER = "[0-9]+"
_DECIMAL = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_SIGNED = rf"(?:[-+]?{_DECIMAL})"
_POWER = r"(?:\{([-+]?[0-9]{1,4})\}|(-?[0-9]{1,4}))"
THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
POINT_GROUPS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
SPACE_GROUPS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]*)?")
SCIENTIFIC = re.compile(rf"({_DECIMAL})(?:[eE]([-+]?[0-9]{{1,4}})|\*10\^{_POWER})?")
POWER_OF_TEN = re.compile(rf"10\^{_POWER}")
SLASH = re.compile(rf"({_DECIMAL})/({_DECIMAL})")
FRAC = re.compile(rf"({_INTEGER})?\\frac(?:\{{({_SIGNED})\}}|([0-9]))(?:\{{({_SIGNED})\}}|([0-9]))")
MIXED_SLASH = re.compile(rf"({_INTEGER}) +({_INTEGER}/{_INTEGER})")
REPEATING = re.compile(rf"({_INTEGER})?\.([0-9]*)\\overline\{{({_INTEGER})\}}")
ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th|\^th|\^\{th\}|\^\{st\}|\^\{nd\}|\^\{rd\})\Z")


def value(text: str) -> Fraction | None:
    """The exact value of a plain number, in any of its spellings, within the limits."""
    text = text.strip(" ")
    if sum(char in "0123456789" for char in text) > MOST_DIGITS:
        return None
    unsigned = text[1:].strip(" ") if text[:1] in {"-", "+"} else text
    gap = re.search(r"[0-9] +[0-9]", unsigned)
    found = gapped(unsigned) if gap else size(ORDINAL.sub("", compact(unsigned)))
    return -found if found is not None and text.startswith("-") else found


def gapped(text: str) -> Fraction | None:
    """`2 1/3` is a mixed number, `10 000` one in groups; nothing else has a gap."""
    if whole := MIXED_SLASH.fullmatch(text):
        part = size(whole[2])
        return None if part is None else int(whole[1]) + part
    return size(text.replace(" ", "")) if SPACE_GROUPS.fullmatch(text) else None


def compact(text: str) -> str:
    """Without spaces and separators of thousands."""
    text = text if "," in text else text.replace(" ", "")
    if THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return text.replace(".", "") if POINT_GROUPS.fullmatch(text) else text


def size(text: str) -> Fraction | None:  # noqa: PLR0911 - one way out for each form
    """The value of a number without sign, spaces or separators."""
    if found := SCIENTIFIC.fullmatch(text):
        return scaled(decimal(found[1]), found[2] or found[3] or found[4] or "0")
    if found := POWER_OF_TEN.fullmatch(text):
        return scaled(Fraction(1), found[1] or found[2])
    if found := SLASH.fullmatch(text):
        return divided(decimal(found[1]), decimal(found[2]))
    if found := FRAC.fullmatch(text):
        part = divided(decimal(found[2] or found[3]), decimal(found[4] or found[5]))
        whole = int(found[1] or "0")
        # A sign inside the fraction of a mixed number has no reading.
        if part is None or (found[1] and part < 0):
            return None
        return whole + part
    if found := REPEATING.fullmatch(text):
        digits = (found[1] or "0") + found[2]
        nines = 10 ** len(found[3]) - 1
        return Fraction(int(digits) * nines + int(found[3]), nines * 10 ** len(found[2]))
    return None


def decimal(text: str) -> Fraction:
    """A decimal with an optional sign; the point may stand first or last."""
    return Fraction(text.removesuffix(".").replace("+", "").replace("-.", "-0."))


def scaled(number: Fraction, power: str) -> Fraction | None:
    """Times a power of ten within the limit."""
    exponent = int(power)
    return number * Fraction(10) ** exponent if abs(exponent) <= LARGEST_EXPONENT else None


def divided(above: Fraction, below: Fraction) -> Fraction | None:
    """A quotient, where there is one."""
    return above / below if below else None


# Choices ------------------------------------------------------------------------------------


def choice_key(answer: str) -> str | None:
    """The letter, in upper case; an answer that is none keeps its words."""
    rest = skip_openers(answer)
    bare = rest.rstrip(CLOSERS + SPACE + ".:,")
    if LETTER.fullmatch(bare):
        return bare.upper()
    if re.match(rf"[A-Z][).\]:}}]+[{SPACE}]", rest):
        return rest[0]
    text = fold_words(answer)
    return bounded(f"{VERSION}:t:{text}") if text else None


def fold_words(answer: str) -> str:
    """Words without case, blanks, punctuation, commands and a leading article."""
    text = lower(answer.strip(SPACE))
    text = next((text.removeprefix(a) for a in ARTICLES if text.startswith(a)), text)
    text = re.sub(r"\\[a-z]*", "", text)
    kept = (c for c in text if re.match(r"[a-z0-9:/-]", c) or (not c.isascii() and c not in SPACE))
    return "".join(kept).strip("-:/")


def bounded(text: str) -> str:
    """A key that would be too long becomes its SHA-256."""
    if len(text.encode()) <= LONGEST_KEY:
        return text
    return f"{VERSION}:sha256:" + hashlib.sha256(text.encode()).hexdigest()

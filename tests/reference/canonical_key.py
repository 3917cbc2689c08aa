"""The canonical key: the string that two equal answers share.

A value has the key of its exact fraction in lowest terms (`7/3`, `-5`); a letter is itself;
anything else is its cleaned string behind a `~`, so that no string equals a value.
"""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import hashlib
import re
from fractions import Fraction

from reference.canonical_choice import CLOSERS, skip_openers
from reference.canonical_number import DIGITS, numbers
from reference.canonical_text import LETTER, SPACE, lower, top_level

LONGEST_KEY = 256  # bytes
MOST_DIGITS = 400
LARGEST_EXPONENT = 400

# Characters ---------------------------------------------------------------------------------

SPELLINGS = {
    **dict.fromkeys(SPACE, " "),
    **{digit: str(index % 10) for index, digit in enumerate(DIGITS)},
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys("−–﹣", "-"),
    "×": "\\times ",
    "·": "\\cdot ",
    "⋅": "\\cdot ",
    "÷": "/",
    "π": "\\pi ",
    "∞": "\\infty ",
    "√": "\\sqrt ",
    "°": "^\\circ ",
    "≤": "\\le ",
    "≥": "\\ge ",
    "≠": "\\ne ",
    "±": "\\pm ",
    "∪": "\\cup ",
    "∩": "\\cap ",
    "∈": "\\in ",
    "½": "\\frac{1}{2}",
    "¼": "\\frac{1}{4}",
    "¾": "\\frac{3}{4}",
    "⅓": "\\frac{1}{3}",
    "⅔": "\\frac{2}{3}",
    "²": "^2",
    "³": "^3",
}

# Read from top to bottom, each throughout the string before the next.
REPLACEMENTS = (
    *(("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\cfrac", "\\frac")),
    *(("\\!", ""), ("{,}", ","), ("\\;", " "), ("\\:", " "), ("\\ ", " "), ("~", " ")),
    *(("\\qquad", " "), ("\\quad", " "), ("\\displaystyle", ""), ("\\textstyle", "")),
    *(("\\$", ""), ("$", ""), ("€", ""), ("£", ""), ("¥", ""), ("₹", "")),
    *(("\\%", ""), ("%", ""), ("^{\\circ}", ""), ("^\\circ", ""), ("\\degree", "")),
    *(("\\leqslant", "\\le"), ("\\geqslant", "\\ge"), ("\\leq", "\\le"), ("\\geq", "\\ge")),
    *(("\\neq", "\\ne"), ("\\lbrace", "\\{"), ("\\rbrace", "\\}"), ("\\cdots", "\\ldots")),
    *(("\\cdot", "*"), ("\\times", "*"), ("\\mathrm{", "\\text{"), ("\\mathbf{", "\\text{")),
    *(("\\textbf{", "\\text{"), ("\\textit{", "\\text{"), ("\\textrm{", "\\text{")),
    *(("\\mbox{", "\\text{"), ("\\operatorname{", "\\text{"), ("\\mathit{", "\\text{")),
)
SIZES = re.compile(r"\\(?:left|right|bigg|Bigg|big|Big)(?:l|r)?(?![A-Za-z])")
WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"))
EDGES = SPACE + ".,;:*`\"'"

UNITS = frozenset(
    """
    cm mm km kg ft mph inch inches foot feet yard yards mile miles meter meters metre metres
    centimeter centimeters kilometer kilometers gram grams kilogram kilograms pound pounds
    ounce ounces liter liters gallon gallons dollar dollars cent cents degree degrees percent
    pct unit units square cubic sq second seconds minute minutes hour hours day days week
    weeks month months year years per people ways times
    """.split()  # noqa: SIM905 - a table of words
)


def clean(answer: str) -> str:
    """The answer in one spelling: no delimiters, sizes, currency, percent, degrees or units."""
    text = "".join(SPELLINGS.get(char, char) for char in answer)
    if "\\begin" not in text:
        text = re.sub(r"\\\\(?=[A-Za-z])", r"\\", text)  # escaped twice, as in JSON
    text = unwrap(text)
    text = SIZES.sub("", text)
    text = re.sub(r"(?<=[0-9])\\,(?=[0-9]{3}(?![0-9]))", ",", text).replace("\\,", " ")
    for old, new in REPLACEMENTS:
        text = text.replace(old, new)
    text = drop_units(texts(text).strip(EDGES))
    return text.replace(" and ", ", ").replace(" or ", ", ").strip(EDGES)


def unwrap(text: str) -> str:
    """Take off delimiters around the whole, and punctuation."""
    while True:
        text = text.strip(EDGES)
        for opener, closer in WRAPPERS:
            if (
                len(text) >= len(opener) + len(closer)
                and text.startswith(opener)
                and text.endswith(closer)
            ):
                text = text[len(opener) : len(text) - len(closer)]
                break
        else:
            return text


_NOTHING_BUT_A_POWER = re.compile(
    rf"[{re.escape(EDGES)}]*(?:\^[23]|\^\{{[23]\}})?[{re.escape(EDGES)}]*\Z"
)


def texts(text: str) -> str:
    r"""Read `\text{…}`: "and" joins, what follows a number at the end is a unit, else words."""
    out: list[str] = []
    numeric = False
    at = 0
    while (start := text.find("\\text{", at)) >= 0:
        end = text.find("}", start)
        if end < 0:
            break
        out.append(text[at:start])
        numeric = numeric or re.search(r"[0-9]", out[-1]) is not None
        content = text[start + 6 : end].strip(" ")
        at = end + 1
        if lower(content) in {"and", "or"}:
            out.append(", ")
        elif numeric and _NOTHING_BUT_A_POWER.match(text, at):
            return "".join(out)
        else:
            out.append(content)
    return "".join([*out, text[at:]])


def drop_units(text: str) -> str:
    """`5 square inches`, `60 miles per hour`, `5 cm^2` → the number."""
    for _ in range(4):
        front = re.sub(r"(?:\^[23]|\^\{[23]\})\Z", "", text)
        word = re.search(r"(?<!\\)(?<![A-Za-z])[A-Za-z]+\Z", front)
        if word is None or lower(word[0]) not in UNITS or not re.search(r"[0-9]", front):
            return text
        text = front[: word.start()].strip(EDGES)
    return text


# Values -------------------------------------------------------------------------------------

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


# Keys ---------------------------------------------------------------------------------------

NAME = re.compile(r"\\?[A-Za-z]+'*(?:_(?:[A-Za-z0-9]|\{[A-Za-z0-9]+\}))?(?:\([A-Za-z0-9]+\))?")


def key(answer: str, kind: str) -> str | None:
    """The key of `answer` for its kind; nothing where nothing is left of it."""
    if kind == "choice":
        return choice_key(answer)
    text = clean(answer)
    if not text:
        return None
    found = value(text)
    if found is not None:
        return bounded(str(found))
    return bounded(number_key(text) if kind == "number" else math_key(text))


def math_key(text: str) -> str:
    """The key of a cleaned answer that is no plain number: a list, a tuple, a string."""
    opener, inner, closer = outer(text)
    cuts = top_level(inner, ",")
    pieces = [inner[a + 1 : b] for a, b in zip([-1, *cuts], [*cuts, len(inner)], strict=True)]
    if len(pieces) == 1 and opener in {"", "("} and closer in {"", ")"}:
        found = named_value(inner)
        return str(found) if found is not None else "~" + spelled(inner)
    parts = [scalar(piece) for piece in pieces]
    if opener in {"", "\\{"}:
        parts.sort()  # a list or a set has no order; a point or an interval has
    return "~" + opener + ",".join(parts) + closer


def outer(text: str) -> tuple[str, str, str]:
    """The brackets around the whole, and the inside."""
    if text.startswith("\\{") and text.endswith("\\}") and "\\}" not in text[2:-2]:
        return "\\{", text[2:-2], "\\}"
    if len(text) >= 2 and text[0] in "([" and text[-1] in ")]" and encloses(text):
        return text[0], text[1:-1], text[-1]
    return "", text, ""


def encloses(text: str) -> bool:
    """Whether the bracket that opens `text` closes at its last character, not before."""
    depth = 0
    escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                return index == len(text) - 1
    return False


def scalar(text: str) -> str:
    """One component of a list."""
    found = named_value(text)
    return str(found) if found is not None else spelled(text)


def named_value(text: str) -> Fraction | None:
    """`x = 5` states 5, like 5 itself."""
    name, equals, rest = text.partition("=")
    named = equals and NAME.fullmatch(name.replace(" ", ""))
    return value(rest if named else text)


def spelled(text: str) -> str:
    """A string that is no number, in one spelling."""
    text = text.replace(" ", "")
    if text.startswith("{") and text.endswith("}") and encloses(text):
        text = text[1:-1]
    text = re.sub(r"\\frac([0-9A-Za-z])([0-9A-Za-z])", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\sqrt([0-9A-Za-z])", r"\\sqrt{\1}", text)
    text = re.sub(r"([\^_])\{([0-9A-Za-z])\}", r"\1\2", text)
    words = re.fullmatch(r"[A-Za-z][A-Za-z'-]*", text) and (len(text) > 2 or lower(text) == "no")
    return lower(text) if words else text


def number_key(text: str) -> str:
    """The one number among words; a string where there are several."""
    found = numbers(text)
    only = value(found[0][1]) if len(found) == 1 else None
    return "~" + spelled(text) if only is None else str(only)


def choice_key(answer: str) -> str | None:
    """The letter, in upper case; an answer that is none keeps its words."""
    rest = skip_openers(answer)
    bare = rest.rstrip(CLOSERS + SPACE + ".:,")
    if LETTER.fullmatch(bare):
        return bare.upper()
    if re.match(rf"[A-Z][).\]:}}]+[{SPACE}]", rest):
        return rest[0]
    text = lower(spelled(clean(answer)))
    return bounded("~" + text) if text else None


def bounded(text: str) -> str:
    """A key that would be too long becomes its SHA-256."""
    if len(text.encode()) <= LONGEST_KEY:
        return text
    return "#sha256:" + hashlib.sha256(text.encode()).hexdigest()

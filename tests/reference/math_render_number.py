r"""The spellings of one rational number: `7/3`, `\frac73`, `2\frac13`, `2.\overline{3}`, …"""

from __future__ import annotations

from fractions import Fraction

from reference.math_pieces import Level, Piece

VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾"}
LONGEST_DECIMAL = 8
LONGEST_PERIOD = 3


def spellings(text: str, *, latex: bool, commas: bool) -> list[Piece]:
    """All spellings of a number that is not negative."""
    number = Fraction(text)
    if number < 0:
        positive = spellings(str(-number), latex=latex, commas=commas)
        return [Piece("-" + each.text, Level.SUM) for each in positive if each.level > Level.SUM]
    if number.denominator == 1:
        return whole(int(number), latex=latex, commas=commas)
    plain = [*fractions(number, latex=latex), *mixed(number, latex=latex)]
    return [*plain, *decimals(number, latex=latex)]


def whole(number: int, *, latex: bool, commas: bool) -> list[Piece]:
    out = [Piece(str(number), Level.ATOM)]
    if number >= 1000 and commas:
        grouped = f"{number:,}"
        out.append(Piece(grouped, Level.ATOM))
        if latex:
            out += [
                Piece(grouped.replace(",", mark), Level.ATOM) for mark in ("{,}", ",\\!", "\\,")
            ]
    rest, zeros = number, 0
    while rest and rest % 10 == 0:
        rest, zeros = rest // 10, zeros + 1
    if zeros >= 3 and rest < 1000:
        times = r"{} \times 10^{{{}}}" if latex else "{} * 10^{}"
        out.append(Piece(times.format(rest, zeros), Level.SLASH))
    return out


def fractions(number: Fraction, *, latex: bool) -> list[Piece]:
    above, below = number.as_integer_ratio()
    out = [Piece(f"{above}/{below}", Level.SLASH)]
    if not latex:
        if str(number) in VULGAR:
            out.append(Piece(VULGAR[str(number)], Level.FRACTION))
        return out
    commands = ("frac", "dfrac", "tfrac")
    out += [Piece(f"\\{name}{{{above}}}{{{below}}}", Level.FRACTION) for name in commands]
    if above < 10 and below < 10:
        short = (f"\\frac{above}{below}", f"\\frac{above}{{{below}}}")
        out += [Piece(form, Level.FRACTION) for form in short]
    return out


def mixed(number: Fraction, *, latex: bool) -> list[Piece]:
    """A mixed number, which no other operation may touch."""
    whole_part, rest = divmod(number.numerator, number.denominator)
    if whole_part == 0:
        return []
    if latex:
        return [Piece(f"{whole_part}\\frac{{{rest}}}{{{number.denominator}}}", Level.SUM)]
    out = [Piece(f"{whole_part} {rest}/{number.denominator}", Level.SUM)]
    vulgar = VULGAR.get(str(number - whole_part))
    return [*out, Piece(f"{whole_part}{vulgar}", Level.SUM)] if vulgar else out


def decimals(number: Fraction, *, latex: bool) -> list[Piece]:
    """The decimal, where it ends or repeats soon."""
    for places in range(1, LONGEST_DECIMAL + 1):
        scaled = number * 10**places
        if scaled.denominator == 1:
            digits = str(int(scaled)).rjust(places + 1, "0")
            text = f"{digits[:-places]}.{digits[-places:]}"
            out = [Piece(text, Level.ATOM), Piece(text + "0", Level.ATOM)]
            return [*out, Piece(text[1:], Level.ATOM)] if text.startswith("0.") else out
    return repeating(number) if latex else []


def repeating(number: Fraction) -> list[Piece]:
    whole_part, rest = divmod(number, 1)
    for period in range(1, LONGEST_PERIOD + 1):
        digits = rest * (10**period - 1)
        if digits.denominator == 1:
            text = f"{whole_part}.\\overline{{{str(int(digits)).rjust(period, '0')}}}"
            return [Piece(text, Level.FRACTION)]
    return []

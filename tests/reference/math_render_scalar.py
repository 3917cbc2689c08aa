"""Scalars → text: numbers, names, operations, functions."""

# ruff: noqa: RUF001 - the characters of mathematics

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference.math_pieces import Choose, Level, Piece, touching
from reference.math_render_number import spellings
from reference.math_tree import TRIGONOMETRIC, Tree

if TYPE_CHECKING:
    from collections.abc import Callable

GREEK = {"theta": "θ", "alpha": "α", "beta": "β", "lambda": "λ", "omega": "ω"}
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LATEX_FUNCTIONS = {
    *("sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan"),
    *("sinh", "cosh", "tanh", "coth", "exp", "ln", "gcd", "min", "max", "arg"),
}
OPERATORS = {"re": "Re", "im": "Im", "sign": "sgn"}
SHORT = re.compile(r"[0-9a-z]|\\pi|\\theta|[πθ]|[2-9][xyz]")


class Writer:
    """Writes scalars."""

    def __init__(self, choose: Choose, *, latex: bool, commas: bool) -> None:
        self.choose = choose
        self.latex = latex
        self.commas = commas
        self.rules: dict[str, Callable[[Tree], Piece]] = {
            "number": self.number,
            "symbol": self.symbol,
            "constant": self.constant,
            "add": self.sum,
            "negate": self.negation,
            "multiply": self.product,
            "divide": self.quotient,
            "power": self.power,
            "root": self.root,
            "apply": self.function,
            "call": self.call,
            "degrees": self.degrees,
            "quantity": self.quantity,
            "sum": self.series,
            "product": self.series,
        }

    def scalar(self, tree: Tree) -> Piece:
        return self.rules[tree[0]](tree)

    def text(self, tree: Tree, least: Level = Level.SUM) -> str:
        """The text of a scalar, in brackets if it binds less than is needed."""
        piece = self.scalar(tree)
        return piece.text if piece.level >= least else self.bracketed(piece.text)

    def bracketed(self, text: str) -> str:
        pairs = [("(", ")"), ("(", ")")]
        if self.latex:
            pairs += [(r"\left(", r"\right)"), (r"\left( ", r" \right)"), (r"\bigl(", r"\bigr)")]
        left, right = self.choose(pairs)
        return left + text + right

    def space(self) -> str:
        return self.choose(["", " ", r"\,", r"\;"] if self.latex else ["", " "])

    def command(self, name: str, then: str) -> str:
        """A LaTeX command before what follows it, parted where a letter would run into it."""
        return f"\\{name}{' ' if then[:1].isalpha() else self.choose(['', ' '])}{then}"

    # Leaves

    def number(self, tree: Tree) -> Piece:
        return self.choose(spellings(tree[1], latex=self.latex, commas=self.commas))

    def symbol(self, tree: Tree) -> Piece:
        name, mark, index = tree[1].partition("_")
        if name in GREEK:
            name = f"\\{name}" if self.latex else self.choose([name, GREEK[name]])
        if mark:
            braced = f"_{{{index}}}"
            name += self.choose([f"_{index}", braced]) if len(index) == 1 else braced
        return Piece(name, Level.ATOM)

    def constant(self, tree: Tree) -> Piece:
        latex = {"pi": [r"\pi"], "e": ["e", r"\mathrm{e}"], "i": ["i", r"\mathrm{i}"]}
        plain = {"pi": ["pi", "π"], "e": ["e"], "i": ["i"]}
        if tree[1] == "infinity":
            return Piece(r"\infty" if self.latex else self.choose(["∞", "infinity"]), Level.ATOM)
        return Piece(self.choose((latex if self.latex else plain)[tree[1]]), Level.ATOM)

    # Operations

    def sum(self, tree: Tree) -> Piece:
        out = (
            self.text(tree[1], Level.SLASH) if tree[1][0] != "negate" else self.scalar(tree[1]).text
        )
        for each in tree[2:]:
            sign, term = ("-", each[1]) if each[0] == "negate" else ("+", each)
            if sign == "-" and not self.latex:
                sign = self.choose(["-", "−"])
            gap = self.choose(["", " "])
            out += f"{gap}{sign}{gap}{self.text(term, Level.SLASH)}"
        return Piece(out, Level.SUM)

    def negation(self, tree: Tree) -> Piece:
        sign = "-" if self.latex else self.choose(["-", "-", "−"])
        return Piece(sign + self.text(tree[1], Level.SLASH), Level.SUM)

    def product(self, tree: Tree) -> Piece:
        out = self.factor(tree[1], last=len(tree) == 2)
        level = Level.PRODUCT
        for position, tree_of in enumerate(tree[2:], start=2):
            right = self.factor(tree_of, last=position == len(tree) - 1)
            text = out.text + self.between(out, right) + right.text
            if right.level == Level.FUNCTION:
                level = Level.FUNCTION
            out = Piece(text, Level.PRODUCT, right.function)
        return Piece(out.text, level, out.function)

    def factor(self, tree: Tree, *, last: bool) -> Piece:
        """One factor; only the last may be a function without brackets."""
        piece = self.scalar(tree)
        least = Level.FUNCTION if last else Level.FRACTION
        if piece.level < least or piece.level == Level.PRODUCT:
            return Piece(self.bracketed(piece.text), Level.ATOM)
        return piece

    def between(self, left: Piece, right: Piece) -> str:
        """The sign between two factors, or none where none is needed."""
        if touching(left, right, latex=self.latex) and self.choose([True, True, False]):
            needed = re.search(r"\\[a-z]+\Z", left.text) is not None
            return " " if needed and right.text[0].isalpha() else self.choose(["", self.space()])
        signs = [r" \cdot ", r"\times ", " * "] if self.latex else ["*", " * ", "·", " × "]
        return self.choose(signs)

    def quotient(self, tree: Tree) -> Piece:
        above, below = tree[1:]
        if self.latex and self.choose([True, True, False]):
            command = self.choose(["frac", "frac", "dfrac", "tfrac", "cfrac"])
            top, bottom = self.text(above), self.text(below)
            text = f"\\{command}{{{top}}}{{{bottom}}}"
            if re.fullmatch("[0-9][0-9]", top + bottom) and len(top) == 1:
                text = self.choose(
                    [text, f"\\{command}{top}{bottom}", f"\\{command} {top} {bottom}"]
                )
            return Piece(text, Level.FRACTION)
        sign = self.choose(["/", " / ", r"\div "] if self.latex else ["/", " / ", "÷"])
        return Piece(
            self.text(above, Level.PRODUCT) + sign + self.text(below, Level.POWER), Level.SLASH
        )

    def power(self, tree: Tree) -> Piece:
        base, exponent = tree[1:]
        if exponent == ("number", "1/2") and self.choose([True, False]):
            return self.root(("root", ("number", "2"), base))
        if base == ("constant", "e") and self.choose([True, False]):
            return self.function(("apply", "exp", exponent))
        if self.power_of_function(base, exponent):
            return self.function(base, self.exponent(exponent))
        return Piece(self.text(base, Level.ATOM) + self.exponent(exponent), Level.POWER)

    def power_of_function(self, base: Tree, exponent: Tree) -> bool:
        r"""Whether to write `\sin^2 x`."""
        known = base[0] == "apply" and base[1] in TRIGONOMETRIC and self.latex
        small = exponent[0] == "number" and exponent[1] in {"2", "3", "4"}
        return known and small and self.choose([True, True, False])

    def exponent(self, tree: Tree) -> str:
        if self.latex:
            text = self.text(tree)
            braced = f"^{{{text}}}"
            short = re.fullmatch("[0-9a-z]", text)
            return self.choose([f"^{text}", braced]) if short else braced
        piece = self.scalar(tree)
        if re.fullmatch("[0-9]+", piece.text):
            raised = piece.text.translate(SUPERSCRIPTS)
            return self.choose([f"^{piece.text}", f"**{piece.text}", raised])
        return f"^{piece.text}" if re.fullmatch("[a-z]", piece.text) else f"^({piece.text})"

    def root(self, tree: Tree) -> Piece:
        _, degree, radicand = tree
        if degree != ("number", "2"):
            return self.higher_root(degree, radicand)
        text = self.text(radicand)
        if self.latex:
            forms = [f"\\sqrt{{{text}}}"]
            if re.fullmatch("[0-9]", text):
                forms += [f"\\sqrt{text}", f"\\sqrt {text}"]
            return Piece(self.choose(forms), Level.FRACTION)
        forms = [f"sqrt({text})", f"√({text})"]
        if re.fullmatch("[0-9]+|[a-z]", text):
            forms.append(f"√{text}")
        return Piece(self.choose(forms), Level.FRACTION)

    def higher_root(self, degree: Tree, radicand: Tree) -> Piece:
        if self.latex and self.choose([True, True, False]):
            return Piece(f"\\sqrt[{degree[1]}]{{{self.text(radicand)}}}", Level.FRACTION)
        return self.power(("power", radicand, ("divide", ("number", "1"), degree)))

    # Functions

    def function(self, tree: Tree, exponent: str = "") -> Piece:
        name, arguments = tree[1], tree[2:]
        special = {"abs": self.bars, "floor": self.floor, "ceil": self.floor, "log": self.log}
        special |= {"factorial": self.factorial, "binomial": self.binomial, "conj": self.conjugate}
        if name in special:
            return special[name](tree)
        head = self.name_of(name) + exponent
        if len(arguments) > 1:
            return Piece(
                f"{head}({', '.join(map(self.text, arguments))})", Level.POWER, function=True
            )
        return self.argument(head, arguments[0])

    def name_of(self, name: str) -> str:
        if not self.latex:
            return name
        if name == "gamma":
            return r"\Gamma"
        if name in LATEX_FUNCTIONS:
            return f"\\{name}"
        return f"\\operatorname{{{OPERATORS.get(name, name)}}}"

    def argument(self, head: str, tree: Tree) -> Piece:
        """A function's argument, in brackets where it is not short."""
        piece = self.scalar(tree)
        fraction = piece.text.startswith("\\frac") and piece.level == Level.FRACTION
        if (fraction or SHORT.fullmatch(piece.text) is not None) and self.choose([True, False]):
            gap = " " if not piece.text.startswith("\\") else self.choose(["", " "])
            return Piece(head + gap + piece.text, Level.FUNCTION, function=True)
        return Piece(head + self.bracketed(piece.text), Level.POWER, function=True)

    def log(self, tree: Tree) -> Piece:
        base = self.text(tree[2])
        head = "\\log" if self.latex else "log"
        forms = [f"_{{{base}}}"] if self.latex or len(base) > 1 else []
        if re.fullmatch("[0-9]", base):
            forms.append(f"_{base}")
        return self.argument(head + self.choose(forms), tree[3])

    def bars(self, tree: Tree) -> Piece:
        text = self.text(tree[2])
        pairs = [("|", "|")] if "|" not in text else []
        if self.latex:
            pairs += [(r"\left|", r"\right|"), (r"\lvert ", r"\rvert ")]
        else:
            pairs.append(("abs(", ")"))
        left, right = self.choose(pairs)
        return Piece((left + text + right).rstrip(), Level.POWER)

    def floor(self, tree: Tree) -> Piece:
        name = tree[1]
        if self.latex:
            return Piece(f"\\l{name} {self.text(tree[2])} \\r{name}", Level.ATOM)
        signs = ("⌊", "⌋") if name == "floor" else ("⌈", "⌉")
        left, right = self.choose([(f"{name}(", ")"), signs])
        return Piece(left + self.text(tree[2]) + right, Level.POWER, left[0].isalpha())

    def factorial(self, tree: Tree) -> Piece:
        return Piece(self.text(tree[2], Level.ATOM) + "!", Level.POWER)

    def binomial(self, tree: Tree) -> Piece:
        command = self.choose(["binom", "dbinom", "tbinom"])
        return Piece(f"\\{command}{{{self.text(tree[2])}}}{{{self.text(tree[3])}}}", Level.FRACTION)

    def conjugate(self, tree: Tree) -> Piece:
        return Piece(f"\\overline{{{self.text(tree[2])}}}", Level.ATOM)

    def call(self, tree: Tree) -> Piece:
        inside = ", ".join(map(self.text, tree[2:]))
        return Piece(f"{tree[1]}({inside})", Level.POWER, function=True)

    def degrees(self, tree: Tree) -> Piece:
        mark = self.choose([r"^\circ", r"^{\circ}"]) if self.latex else "°"
        return Piece(self.text(tree[1], Level.ATOM) + mark, Level.POWER)

    def quantity(self, tree: Tree) -> Piece:
        latex = [rf"\text{{ {tree[2]}}}", rf"\,\mathrm{{{tree[2]}}}"]
        unit = self.choose(latex) if self.latex else f" {tree[2]}"
        return Piece(self.text(tree[1], Level.FRACTION) + unit, Level.SUM)

    def series(self, tree: Tree) -> Piece:
        kind, name, low, high, body = tree
        ends = f"_{{{self.text(name)}={self.text(low)}}}^{{{self.text(high)}}}"
        command = {"sum": "\\sum", "product": "\\prod"}[kind]
        return Piece(f"{command}{ends} {self.text(body, Level.FRACTION)}", Level.SUM)

r"""Expression trees → text, in the spellings that people and models use for one meaning.

`render(tree, choose)` takes every free choice (LaTeX or plain, `\frac12` or `1/2`, a dot or no
sign between factors, spaces, brackets, delimiters) from `choose`, which gives one of several
options: `random.Random(seed).choice`, or a draw of Hypothesis. Brackets stand wherever leaving
them out could be read otherwise; what has two readings (`1/2x`, `2\frac13 x`, `f(x)` for a
product) is never written.
"""

# ruff: noqa: RUF001 - the characters of mathematics

from __future__ import annotations

from reference.math_pieces import Choose, Level
from reference.math_render_scalar import Writer
from reference.math_tree import STRUCTURES, Tree, children

ONLY_LATEX = {"sum", "product", "matrix", "integral", "limit"}
ONLY_LATEX_FUNCTIONS = {"binomial", "re", "im", "conj", "sign", "gamma", "arg"}
LATEX_RELATIONS = {
    "=": ["="],
    "!=": [r"\ne ", r"\neq "],
    "<": ["<", r"\lt "],
    "<=": [r"\le ", r"\leq ", r"\leqslant "],
    ">": [">", r"\gt "],
    ">=": [r"\ge ", r"\geq ", r"\geqslant "],
    "in": [r"\in "],
}
PLAIN_RELATIONS = {
    "=": ["="],
    "!=": ["!=", "≠"],
    "<": ["<"],
    "<=": ["<=", "≤"],
    ">": [">"],
    ">=": [">=", "≥"],
    "in": ["∈"],
}


def render(tree: Tree, choose: Choose) -> str:
    """One spelling of a tree."""
    latex = needs_latex(tree) or choose([True, False, True])
    writer = StructureWriter(choose, latex=latex, commas=not several(tree))
    text = writer.answer(tree)
    if not latex:
        return choose([text, f" {text} ", f"${text}$" if "{" not in text else text])
    return choose([text, f"${text}$", rf"\({text}\)", rf"\[{text}\]", f"$ {text} $", f"$${text}$$"])


def needs_latex(tree: Tree) -> bool:
    named = tree[0] == "apply" and tree[1] in ONLY_LATEX_FUNCTIONS
    return named or tree[0] in ONLY_LATEX or any(map(needs_latex, children(tree)))


def several(tree: Tree) -> bool:
    """Whether commas part something: separators of thousands would be read as such."""
    listed = tree[0] in {"list", "set", "tuple", "interval", "union", "matrix", "call"}
    many = tree[0] == "apply" and len(tree) > 3
    return listed or many or any(map(several, children(tree)))


class StructureWriter(Writer):
    """Writes whole answers."""

    def answer(self, tree: Tree) -> str:
        """The text of a structure or a scalar."""
        if tree[0] not in STRUCTURES:
            return self.scalar(tree).text
        writers = {
            "list": self.listed,
            "set": self.braced,
            "tuple": self.placed,
            "interval": self.interval,
            "union": self.union,
            "matrix": self.matrix,
            "relation": self.relation,
            "chain": self.chain,
            "ratio": self.ratio,
            "text": self.words,
        }
        return writers[tree[0]](tree)

    def joined(self, trees: Tree) -> str:
        comma = self.choose([",", ", ", ",\\ " if self.latex else ", "])
        return comma.join(map(self.answer, trees))

    def listed(self, tree: Tree) -> str:
        if len(tree) == 3 and self.choose([True, False]):
            words = [r" \text{ and } ", r"\text{ or }"] if self.latex else [" and ", " or "]
            word = self.choose(words)
            return word.join(map(self.answer, tree[1:]))
        return self.joined(tree[1:])

    def braced(self, tree: Tree) -> str:
        pairs = [
            (r"\{", r"\}"),
            (r"\left\{", r"\right\}"),
            (r"\{ ", r" \}"),
            (r"\lbrace ", r"\rbrace "),
        ]
        left, right = self.choose(pairs) if self.latex else ("{", "}")
        return (left + self.joined(tree[1:]) + right).rstrip()

    def placed(self, tree: Tree) -> str:
        pairs = [("(", ")"), (r"\left(", r"\right)")] if self.latex else [("(", ")")]
        left, right = self.choose(pairs)
        return left + self.joined(tree[1:]) + right

    def interval(self, tree: Tree) -> str:
        _, low, high, closed_low, closed_high = tree
        left, right = "[" if closed_low else "(", "]" if closed_high else ")"
        if self.latex and self.choose([True, False]):
            left, right = f"\\left{left}", f"\\right{right}"
        return left + self.joined((low, high)) + right

    def union(self, tree: Tree) -> str:
        cup = self.choose([r" \cup ", r"\cup "] if self.latex else [" ∪ ", "∪"])
        return cup.join(map(self.answer, tree[1:]))

    def matrix(self, tree: Tree) -> str:
        rows = [self.choose([" & ", "&"]).join(map(self.answer, row)) for row in tree[1:]]
        body = self.choose([r" \\ ", r"\\", "\\\\\n"]).join(rows)
        kind = self.choose(["pmatrix", "bmatrix", "array"])
        if kind == "array":
            columns = "c" * len(tree[1])
            return rf"\left[\begin{{array}}{{{columns}}}{body}\end{{array}}\right]"
        return rf"\begin{{{kind}}}{body}\end{{{kind}}}"

    def relation(self, tree: Tree) -> str:
        return self.answer(tree[2]) + self.sign_of(tree[1]) + self.answer(tree[3])

    def chain(self, tree: Tree) -> str:
        signs = [*map(self.sign_of, tree[1]), ""]
        return "".join(self.answer(term) + sign for term, sign in zip(tree[2], signs, strict=True))

    def sign_of(self, relation: str) -> str:
        sign = self.choose((LATEX_RELATIONS if self.latex else PLAIN_RELATIONS)[relation])
        return self.choose(["", " "]) + sign + self.choose(["", " "])

    def ratio(self, tree: Tree) -> str:
        colon = self.choose([":", " : "])
        return colon.join(self.text(part, Level.FRACTION) for part in tree[1:])

    def words(self, tree: Tree) -> str:
        """The words of a text answer."""
        return (
            self.choose([rf"\text{{{tree[1]}}}", rf"\mathrm{{{tree[1]}}}"])
            if self.latex
            else tree[1]
        )

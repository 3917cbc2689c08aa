r"""Made-up samples as JSON lines: answers, sentences and the lines built from them.

Problems by models by samples, sorted; ASCII; about 540 bytes a line; 300 distinct answers in all,
for each problem a right one and three wrong ones. With `distinct` every sample has an answer of
its own instead. The sentences vary enough to pack about as well as recorded ones. The same
arguments give the same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

PROBLEMS = 500
MODELS = ("ada-1b", "brook-2b", "cedar-3b", "delta-4b", "ember-8b")
SKILL = (0.35, 0.45, 0.55, 0.65, 0.8)
WRONG_EACH = 3
SENTENCES = 16
"""Bits of the number of a sentence."""

OPENERS = (
    *("First", "Next", "Now", "Then", "Here", "Clearly", "So", "Thus", "Again", "Likewise"),
    *("Moreover", "In turn", "As before", "By symmetry", "On the whole", "At last", "After that"),
)
VERBS = (
    *("adding", "dropping", "squaring", "halving", "doubling", "moving", "reading", "writing"),
    *("checking", "reducing", "factoring", "expanding", "comparing", "isolating", "counting"),
    *("bounding", "ordering", "pairing", "splitting", "shifting", "testing", "rounding"),
)
THINGS = (
    *("term", "factor", "root", "angle", "side", "digit", "divisor", "remainder", "product"),
    *("sum", "ratio", "square", "exponent", "base", "case", "event", "outcome", "radius"),
    *("triangle", "circle", "median", "slope", "sequence", "residue", "vertex", "multiple"),
)
QUALITIES = (
    *("larger", "smaller", "common", "second", "last", "positive", "odd", "even", "missing"),
    *("known", "given", "simple", "whole", "equal", "outer", "inner", "prime", "shared"),
)
LINKS = (
    *("leaves", "gives", "means", "yields", "turns into", "amounts to", "is bounded by"),
    *("comes down to", "agrees with", "settles at", "stays below", "is the same as"),
)


def lines(samples: int, *, distinct: bool = False, seed: int = 4) -> Iterator[bytes]:
    """The lines, each with its newline; `samples` is a multiple of problems by models."""
    each, rest = divmod(samples, PROBLEMS * len(MODELS))
    if rest or not each:
        raise ValueError(f"{samples} samples are not a multiple of {PROBLEMS * len(MODELS)}")
    rng = random.Random(seed)
    pool = answers(rng)
    sentences = [inside(sentence(rng)) for _ in range(1 << SENTENCES)]
    own = 0
    for problem in range(PROBLEMS):
        right, *wrong = rng.sample(pool, 1 + WRONG_EACH)
        for model, skill in zip(MODELS, SKILL, strict=True):
            head = f'{{"problem_id": "math/{problem:04}", "model": "{model}", "sample_index": '
            tail = f', "reference_answer": "{right}", "kind": "math", "task": "math"}}\n'
            for index in range(each):
                answer = right if rng.random() < skill else rng.choice(wrong)
                if distinct:
                    own += 1
                    answer = str(own)
                response = worked(sentences, rng.getrandbits(4 * SENTENCES), answer)
                yield f'{head}{index}, "response": "{response}"{tail}'.encode("ascii")


def worked(sentences: list[str], bits: int, answer: str) -> str:
    r"""One response as it stands inside JSON: four sentences, three breaks, the box."""
    mask = (1 << SENTENCES) - 1
    a, b, c, d = (sentences[bits >> shift & mask] for shift in range(0, 4 * SENTENCES, SENTENCES))
    end = "Putting all of it together, we see that the final answer is"
    return f"{a}\\n{b} {c}\\n\\n{d} {end} $\\\\boxed{{{answer}}}$."


def answers(rng: random.Random) -> list[str]:
    """300 answers in the usual forms, all of different values, as they stand inside JSON."""
    spans = [str(n) for n in rng.sample(range(-50, 1000), 130)]
    spans += [rf"\frac{{{n}}}{{{7 * n + 3}}}" for n in range(2, 52)]
    spans += [rf"{n}\sqrt{{{root}}}" for n in range(2, 12) for root in (2, 3, 5)]
    spans += [f"{n}.{n + 13}" for n in range(10, 40)]
    spans += [f"({n}, {n * n - 4})" for n in range(3, 33)]
    spans += [f"x^2 + {n}x - {2 * n + 1}" for n in range(2, 32)]
    return [inside(span) for span in spans]


def sentence(rng: random.Random) -> str:
    """One sentence of reasoning, of about 90 characters."""
    a, b = rng.randint(2, 99), rng.randint(2, 999)
    opener, verb, link = rng.choice(OPENERS), rng.choice(VERBS), rng.choice(LINKS)
    thing, other, third = rng.sample(THINGS, 3)
    quality, second = rng.sample(QUALITIES, 2)
    shapes = (
        f"{opener}, {verb} the {quality} {thing} {link} ${b}$, and the {second} {other} is ${a}$.",
        f"{opener}, ${a} + {b} = {a + b}$ {link} the {quality} {thing} of each {second} {other}.",
        f"{opener} the {thing} ${a}x + {b}$ {link} a {quality} {other}, {verb} every {third}.",
        f"{verb.capitalize()} the {thing} and the {quality} {other} {link} $\\frac{{{b}}}{{{a}}}$.",
    )
    return rng.choice(shapes)


def inside(text: str) -> str:
    """The text as it stands between the quotes of a JSON string."""
    return json.dumps(text)[1:-1]

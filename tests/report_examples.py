"""Sample logs of the size and look of real ones, for the report: made up, the same for a seed."""

from __future__ import annotations

import json
import random
from math import gcd
from pathlib import Path
from typing import Any, NamedTuple

SKILLS = {
    "tern-3b-instruct": 0.72,
    "kestrel-math-7b": 0.81,
    "wren-2b": 0.55,
    "heron-4b-chat": 0.66,
    "dunlin-1b": 0.38,
}
TASK = "algebra-drill"


class Question(NamedTuple):
    """A problem, its answer, how one gets there, and answers that look right."""

    text: str
    answer: str
    steps: tuple[str, ...]
    wrong: tuple[str, ...]


def _fraction(a: int, b: int) -> str:
    shared = gcd(a, b)
    a, b = a // shared, b // shared
    return str(a) if b == 1 else rf"\frac{{{a}}}{{{b}}}"


def _line(draw: random.Random) -> Question:
    a, b, c = draw.randint(2, 9), draw.randint(1, 12), draw.randint(13, 40)
    return Question(
        rf"Solve ${a}x + {b} = {c}$ for $x$.",
        _fraction(c - b, a),
        (
            rf"Subtract ${b}$ from both sides: \[ {a}x = {c} - {b} = {c - b}. \]",
            rf"Dividing by ${a}$ gives $x = \frac{{{c - b}}}{{{a}}}$.",
        ),
        (_fraction(c + b, a), str(c - b), _fraction(a, c - b)),
    )


def _quadratic(draw: random.Random) -> Question:
    p, q = draw.randint(1, 9), draw.randint(2, 11)
    return Question(
        rf"Let $r$ and $s$ be the roots of $x^2 - {p + q}x + {p * q} = 0$. Compute $r^2 + s^2$.",
        str(p * p + q * q),
        (
            rf"By Vieta, $r + s = {p + q}$ and $rs = {p * q}$.",
            rf"So $$r^2 + s^2 = (r+s)^2 - 2rs = {p + q}^2 - 2 \cdot {p * q}.$$",
        ),
        (str((p + q) ** 2), str((p + q) ** 2 - p * q), str(p * q)),
    )


def _triangle(draw: random.Random) -> Question:
    m, n = draw.choice([(2, 1), (3, 2), (4, 1), (4, 3), (5, 2)])
    a, b, c = m * m - n * n, 2 * m * n, m * m + n * n
    return Question(
        rf"In right triangle $ABC$ with $\angle C = 90^\circ$, $AC = {b}$ and $AB = {c}$. "
        r"What is $\sin A$?",
        _fraction(a, c),
        (
            rf"The Pythagorean theorem gives $BC = \sqrt{{{c}^2 - {b}^2}} = {a}$.",
            r"Then \( \sin A = \dfrac{BC}{AB} \).",
        ),
        (_fraction(b, c), _fraction(a, b), str(a)),
    )


def _matrix(draw: random.Random) -> Question:
    a, b, c, d = (draw.randint(-4, 6) for _ in range(4))
    return Question(
        rf"Find $\det \begin{{pmatrix}} {a} & {b} \\ {c} & {d} \end{{pmatrix}}$.",
        str(a * d - b * c),
        (
            (
                r"For a $2 \times 2$ matrix, "
                r"\[ \det \begin{pmatrix} p & q \\ r & s \end{pmatrix} = ps - qr. \]"
            ),
            rf"Here that is $({a})({d}) - ({b})({c})$.",
        ),
        (str(a * d + b * c), str(b * c - a * d), str(a + d)),
    )


def _interval(draw: random.Random) -> Question:
    a, b = draw.randint(-6, 2), draw.randint(3, 9)
    return Question(
        rf"For which real $x$ is $(x {-a:+d})(x - {b}) \le 0$? Use interval notation.",
        f"[{a},{b}]",
        (
            rf"The product changes sign at $x = {a}$ and $x = {b}$.",
            r"It is non-positive between the roots, both included.",
        ),
        (f"({a},{b})", rf"(-\infty,{a}]", rf"[{b},\infty)"),
    )


def _sum(draw: random.Random) -> Question:
    r = draw.randint(2, 7)
    return Question(
        rf"Evaluate $\displaystyle\sum_{{n=0}}^{{\infty}} \left(\frac{{1}}{{{r}}}\right)^n$.",
        _fraction(r, r - 1),
        (
            r"This is a geometric series with first term $1$.",
            rf"\[ \sum_{{n=0}}^\infty q^n = \frac{{1}}{{1-q}}, \qquad q = \tfrac{{1}}{{{r}}}. \]",
        ),
        (_fraction(1, r - 1), str(r), _fraction(r + 1, r)),
    )


_MAKERS = (_line, _quadratic, _triangle, _matrix, _interval, _sum)
_OPENINGS = (
    "Let's work through this step by step.",
    "We are asked for a single value.",
    "**Step 1.** Set up the problem.",
    "Okay, first recall the relevant definition.",
)
_ENDINGS = (
    r"Therefore the answer is $\boxed{{{0}}}$.",
    r"Final Answer: The final answer is ${0}$. I hope it is correct.",
    r"So the answer is \boxed{{{0}}}.",
)


def write_log(  # noqa: PLR0913  keyword-only
    folder: Path,
    *,
    problems: int = 24,
    members: int = 3,
    samples: int = 5,
    seed: int = 7,
    task: str = TASK,
    padding: int = 1,
) -> Path:
    """Write a sample log with its problems file; `padding` repeats the steps of each response."""
    draw = random.Random(seed)
    log = folder / f"{task}.samples.jsonl"
    names = list(SKILLS)[:members]
    with (
        log.open("w", encoding="utf-8") as rows,
        (folder / f"{task}.problems.jsonl").open("w", encoding="utf-8") as asked,
    ):
        for number in range(problems):
            question = _MAKERS[number % len(_MAKERS)](draw)
            ease = draw.uniform(-0.45, 0.3)
            trap = draw.choice(question.wrong)
            about = {
                "task": task,
                "kind": "math",
                "problem_id": f"drill-{number:04d}",
                "reference_answer": question.answer,
            }
            asked.write(json.dumps({**about, "problem": question.text, "choices": None}) + "\n")
            for name in names:
                for index in range(samples):
                    body = _sample(draw, question, SKILLS[name] + ease, trap, padding)
                    row = {**about, "model": name, "sample_index": index, **_setup(name), **body}
                    rows.write(json.dumps(row) + "\n")
    return log


def _setup(name: str) -> dict[str, Any]:
    return {
        "api_model": f"example/{name}",
        "params": {"temperature": 0.7, "top_p": 0.95, "max_tokens": 1024},
    }


def _sample(
    draw: random.Random, question: Question, skill: float, trap: str, padding: int
) -> dict[str, Any]:
    fate = draw.random()
    if fate < 0.01:
        error = {"kind": "http", "status": 503, "message": "upstream overloaded"}
        return {"response": None, "finish_reason": None, "usage": None, "error": error}
    lines = [draw.choice(_OPENINGS), *question.steps * padding]
    finish = "stop"
    if fate < 0.04:
        lines.append(r"Now substitute back, so that $\frac{")
        finish = "length"
    elif fate < 0.07:
        lines.append("I am not certain how to finish from here.")
    else:
        right = draw.random() < skill
        answer = question.answer if right else draw.choice([trap, trap, *question.wrong])
        lines.append(draw.choice(_ENDINGS).format(answer))
    text = "\n\n".join(lines)
    tokens = len(text) // 3
    usage = {"prompt_tokens": 60, "completion_tokens": tokens, "total_tokens": 60 + tokens}
    return {"response": text, "finish_reason": finish, "usage": usage, "error": None}

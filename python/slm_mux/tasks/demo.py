"""The demo's problems: one- and two-step word problems, made from a seed, and their prompts.

They are small enough for models of a few hundred million parameters to get some right. Two
tasks, because a task has one kind of answer: `demo` (numbers) and `demo_choice` (letters).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from slm_mux.tasks.fields import LETTERS, hashed_id
from slm_mux.tasks.task import Shot, Style, Task
from slm_mux.types import Problem

_NAMES = ("Anna", "Ben", "Clara", "David", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jonas")
_THINGS = ("apples", "marbles", "stickers", "pencils", "shells", "coins", "cards", "buttons")
_BOXES = ("boxes", "bags", "baskets", "jars")


class Made(NamedTuple):
    """A word problem: its text, its worked solution and its answer."""

    question: str
    solution: str
    answer: int


def _add(rng: random.Random, name: str, thing: str) -> Made:
    a, b = rng.randint(3, 20), rng.randint(2, 20)
    text = f"{name} has {a} {thing} and gets {b} more. How many {thing} does {name} have now?"
    return Made(text, f"{name} has {a} + {b} = {a + b} {thing}.", a + b)


def _take(rng: random.Random, name: str, thing: str) -> Made:
    a = rng.randint(8, 30)
    b = rng.randint(2, a - 2)
    text = f"{name} has {a} {thing} and gives away {b}. How many {thing} are left?"
    return Made(text, f"{a} - {b} = {a - b} {thing} are left.", a - b)


def _times(rng: random.Random, name: str, thing: str) -> Made:
    a, b = rng.randint(2, 9), rng.randint(2, 9)
    box = rng.choice(_BOXES)
    text = f"{name} has {a} {box} with {b} {thing} in each. How many {thing} is that in all?"
    return Made(text, f"{a} * {b} = {a * b} {thing}.", a * b)


def _share(rng: random.Random, name: str, thing: str) -> Made:
    each, friends = rng.randint(2, 9), rng.randint(2, 6)
    total = each * friends
    text = (
        f"{name} shares {total} {thing} equally among {friends} friends. "
        f"How many {thing} does each friend get?"
    )
    return Made(text, f"{total} / {friends} = {each} {thing}.", each)


def _buy_more(rng: random.Random, name: str, thing: str) -> Made:
    a, b, c = rng.randint(2, 6), rng.randint(2, 6), rng.randint(2, 9)
    text = (
        f"{name} buys {a} bags with {b} {thing} in each and finds {c} more {thing}. "
        f"How many {thing} does {name} have?"
    )
    solution = f"{a} * {b} = {a * b}. Then {a * b} + {c} = {a * b + c} {thing}."
    return Made(text, solution, a * b + c)


def _give_and_get(rng: random.Random, name: str, thing: str) -> Made:
    a, c = rng.randint(8, 20), rng.randint(2, 9)
    b = rng.randint(2, a - 3)
    text = (
        f"{name} has {a} {thing}, loses {b} and then finds {c}. "
        f"How many {thing} does {name} have now?"
    )
    solution = f"{a} - {b} = {a - b}. Then {a - b} + {c} = {a - b + c} {thing}."
    return Made(text, solution, a - b + c)


_MAKERS: tuple[Callable[[random.Random, str, str], Made], ...] = (
    _add,
    _take,
    _times,
    _share,
    _add,
    _buy_more,
    _take,
    _give_and_get,
)


def demo_rows(*, seed: int = 0, count: int = 20) -> list[dict[str, str]]:
    """Word problems in the GSM8K layout: `question`, and `answer` ending in `#### n`.

    The same seed gives the same problems, a longer list begins with the shorter one, and no
    problem comes twice.
    """
    return [
        {"question": made.question, "answer": f"{made.solution}\n#### {made.answer}"}
        for made in _made(seed, count)
    ]


def demo_problems(*, seed: int = 0, count: int = 20) -> tuple[Problem, ...]:
    """The problems of the task `demo`."""
    return tuple(
        Problem(hashed_id(DEMO.name, made.question), made.question, str(made.answer))
        for made in _made(seed, count)
    )


def demo_choice_problems(*, seed: int = 1, count: int = 8) -> tuple[Problem, ...]:
    """The problems of the task `demo_choice`: four options, one of them right."""
    rng = random.Random(seed)  # noqa: S311  no secret
    return tuple(_choice(rng, made) for made in _made(seed, count))


def _made(seed: int, count: int) -> list[Made]:
    rng = random.Random(seed)  # noqa: S311  no secret
    made: dict[str, Made] = {}
    turn = 0
    while len(made) < count:
        maker = _MAKERS[turn % len(_MAKERS)]
        problem = maker(rng, rng.choice(_NAMES), rng.choice(_THINGS))
        made.setdefault(problem.question, problem)
        turn += 1
    return list(made.values())


def _choice(rng: random.Random, made: Made) -> Problem:
    wrong = {made.answer + shift for shift in (-10, -3, -2, -1, 1, 2, 3, 10)}
    options = [made.answer, *rng.sample(sorted(n for n in wrong if n > 0), 3)]
    rng.shuffle(options)
    choices = tuple(map(str, options))
    identity = hashed_id(DEMO_CHOICE.name, made.question, choices)
    return Problem(identity, made.question, LETTERS[options.index(made.answer)], choices)


# Wordings that a model of 135 million parameters follows now and then; longer ones it echoes.
_NUMBER = (
    "Question: {problem}\nAnswer in two lines: first the calculation, then #### and the result."
)
_CHOICE = "{problem}\n{choices}\nReply with the letter of the right option, like this: Answer: A"

_SHOTS = (
    Shot(
        "Nora has 9 plums and gets 5 more. How many plums does Nora have now?",
        "Nora has 9 + 5 = 14 plums.\n#### 14",
    ),
    Shot(
        "Paul has 17 stamps and gives away 6. How many stamps are left?",
        "17 - 6 = 11 stamps are left.\n#### 11",
    ),
    Shot(
        "Rosa has 3 crates with 7 melons in each. How many melons is that in all?",
        "3 * 7 = 21 melons.\n#### 21",
    ),
)
_OPTIONS = (("12", "14", "15", "4"), ("11", "23", "12", "10"), ("10", "24", "14", "21"))
_CHOICE_SHOTS = tuple(
    Shot(shot.problem, f"{shot.answer.split(chr(10))[0]}\nAnswer: {letter}", options)
    for shot, options, letter in zip(_SHOTS, _OPTIONS, "BAD", strict=True)
)

DEMO = Task(
    "demo",
    "number",
    MappingProxyType(
        {
            "default": Style(_NUMBER, completion="few_shot"),
            "few_shot": Style("{problem}", _SHOTS),
        }
    ),
)
DEMO_CHOICE = Task(
    "demo_choice",
    "choice",
    MappingProxyType(
        {
            "default": Style(_CHOICE, completion="few_shot"),
            "few_shot": Style("{problem}\n{choices}", _CHOICE_SHOTS),
        }
    ),
)

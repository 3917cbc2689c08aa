"""GPQA: four options, one letter (kind `choice`).

Two layouts: lettered options with a letter as the answer, and the original one with the right
and three wrong answers in columns of their own. The latter are put in an order that a seed and
the question decide.
"""

from __future__ import annotations

from slm_mux.tasks.choices import check_count, permutation
from slm_mux.tasks.fields import LETTERS, find_field, given_id, hashed_id, need_field, text_of
from slm_mux.tasks.files import ProblemsFile, Row
from slm_mux.tasks.loading import Layout, plain_layout
from slm_mux.tasks.prompts import CHOICE_STYLES
from slm_mux.tasks.task import Task
from slm_mux.types import Kind, Problem

_RIGHT = ("Correct Answer",)
_WRONG = tuple(f"Incorrect Answer {i}" for i in (1, 2, 3))


def gpqa_layout(task: str, kind: Kind, file: ProblemsFile, seed: int) -> Layout:
    """The original columns where the file has them, else lettered options."""
    if find_field(file, _WRONG) is None:
        return plain_layout(task, kind, file, seed)
    question = need_field(file, ("Question",), "question")
    answers = [need_field(file, _RIGHT, "right answer")]
    answers += [field for name in _WRONG if (field := find_field(file, (name,)))]
    id_field = find_field(file, ("Record ID", "id"))

    def build(row: Row) -> Problem:
        text = text_of(file, row, question).strip()
        options = [text_of(file, row, field).strip() for field in answers]
        check_count(file, row, answers[0], len(options))
        order = permutation(seed, text, len(options))
        choices = tuple(options[index] for index in order)
        given = given_id(file, row, id_field)
        # The order of the options is part of the problem, so it is part of its id.
        identity = f"{given}-{''.join(map(str, order))}" if given else None
        return Problem(
            identity or hashed_id(task, text, choices), text, LETTERS[order.index(0)], choices
        )

    return Layout(build, shuffle_seed=seed)


GPQA = Task("gpqa", "choice", CHOICE_STYLES, gpqa_layout)

"""The wording of the prompts: what form of answer is asked for, with worked examples.

Each kind asks for the form that its extractor reads first: a box, a last line `#### n`, a last
line `Answer: X`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from slm_mux.tasks.task import Shot, Style
from slm_mux.types import Kind

_MATH = r"""Solve the problem below. Work through it step by step. Finish with the final answer, \
and nothing else, inside \boxed{}.

{problem}""".replace("\\\n", "")

_NUMBER = """Solve the word problem below. Work through it step by step, one calculation a line. \
End with a line that holds four # signs and then the answer as a plain number, without units.

{problem}"""

_CHOICE = """Answer the multiple-choice question below. Think it through step by step, then end \
with a line that says "Answer:" and the letter of the one right option.

{problem}

{choices}"""

_MATH_SHOTS = (
    Shot(
        r"What is the sum of the solutions of $x^2 - 9x + 14 = 0$?",
        r"The quadratic factors as $(x - 2)(x - 7) = 0$, so the solutions are 2 and 7. "
        r"Their sum is $2 + 7 = 9$. The final answer is $\boxed{9}$.",
    ),
    Shot(
        r"A fair die is rolled twice. What is the probability that both rolls are even?",
        r"One roll is even with probability $\frac{3}{6} = \frac{1}{2}$. The rolls are "
        r"independent, so the probability is $\frac{1}{2} \cdot \frac{1}{2} = \frac{1}{4}$. "
        r"The final answer is $\boxed{\frac{1}{4}}$.",
    ),
    Shot(
        r"Simplify $3(2y - 5) - 4y$.",
        r"Expanding gives $6y - 15 - 4y$, and collecting terms gives $2y - 15$. "
        r"The final answer is $\boxed{2y - 15}$.",
    ),
)

_NUMBER_SHOTS = (
    Shot(
        "A baker fills 6 trays with 8 rolls each and sells 29 of the rolls. How many are left?",
        "The baker makes 6 * 8 = 48 rolls.\nThere are 48 - 29 = 19 rolls left.\n#### 19",
    ),
    Shot(
        "Omar has 15 stamps. His aunt gives him 27 more. How many stamps does he have now?",
        "Omar has 15 + 27 = 42 stamps now.\n#### 42",
    ),
    Shot(
        "A rope of 84 meters is cut into 7 equal pieces. Two pieces are used. "
        "How many meters are used?",
        "Each piece is 84 / 7 = 12 meters long.\nTwo pieces are 2 * 12 = 24 meters.\n#### 24",
    ),
)

_CHOICE_SHOTS = (
    Shot(
        "Which of these is a mixture, not a pure substance?",
        "Water, copper and nitrogen each consist of one substance. Sea water holds salts "
        "dissolved in water, so it is a mixture.\nAnswer: C",
        ("Distilled water", "Copper", "Sea water", "Nitrogen"),
    ),
    Shot(
        "A cart starts from rest and speeds up by 3 m/s each second. How fast is it after "
        "4 seconds?",
        "The speed grows by 3 m/s in each of 4 seconds: 3 * 4 = 12 m/s.\nAnswer: A",
        ("12 m/s", "7 m/s", "24 m/s", "0.75 m/s"),
    ),
)


def _styles(template: str, bare: str, shots: tuple[Shot, ...]) -> Mapping[str, Style]:
    return MappingProxyType(
        {
            "default": Style(template, completion="few_shot"),
            "few_shot": Style(template, shots),
            "plain": Style(bare, bare=True),
        }
    )


MATH_STYLES = _styles(_MATH, "{problem}", _MATH_SHOTS)
NUMBER_STYLES = _styles(_NUMBER, "{problem}", _NUMBER_SHOTS)
CHOICE_STYLES = _styles(_CHOICE, "{problem}\n\n{choices}", _CHOICE_SHOTS)

STYLES: Mapping[Kind, Mapping[str, Style]] = MappingProxyType(
    {"math": MATH_STYLES, "number": NUMBER_STYLES, "choice": CHOICE_STYLES}
)
"""The prompt styles of each answer kind."""

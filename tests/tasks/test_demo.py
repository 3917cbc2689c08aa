"""The demo's problems are right, and the same every time."""

from __future__ import annotations

import json
import re
from pathlib import Path

from slm_mux.tasks import get_task
from slm_mux.tasks.demo import demo_choice_problems, demo_problems, demo_rows


def test_same_seed_same_problems() -> None:
    assert demo_problems(seed=5, count=30) == demo_problems(seed=5, count=30)
    assert demo_problems(seed=5, count=30)[:10] == demo_problems(seed=5, count=10)
    assert demo_problems(seed=5, count=5) != demo_problems(seed=6, count=5)


def test_problems_are_distinct() -> None:
    problems = (*demo_problems(count=200), *demo_choice_problems(count=200))
    assert len({p.problem_id for p in problems}) == 400


def test_every_calculation_is_right() -> None:
    for row in demo_rows(count=300):
        steps = re.findall(r"(\d+) ([-+*/]) (\d+) = (\d+)", row["answer"])
        assert steps
        for left, sign, right, result in steps:
            a, b = int(left), int(right)
            assert {"+": a + b, "-": a - b, "*": a * b, "/": a / b}[sign] == int(result)
        assert row["answer"].endswith(f"#### {steps[-1][3]}")


def test_rows_load_as_the_problems(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(demo_rows(count=12)), "utf-8")
    assert get_task("demo").load(path).problems == demo_problems(count=12)


def test_the_letter_points_at_the_answer() -> None:
    numbers = {p.problem: p.reference_answer for p in demo_problems(seed=1, count=50)}
    for problem in demo_choice_problems(seed=1, count=50):
        assert problem.choices is not None
        assert problem.reference_answer is not None
        assert len(set(problem.choices)) == 4
        right = problem.choices["ABCD".index(problem.reference_answer)]
        assert right == numbers[problem.problem]

"""Prompts: the problem's text arrives unchanged, and the answer form is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_mux.errors import DatasetError, PoolError
from slm_mux.tasks import TASKS, custom_task, get_task
from slm_mux.tasks.fields import hashed_id
from slm_mux.types import Member, Problem, Provider

PROVIDER = Provider("test", "http://127.0.0.1:1/v1")


def member(**fields: Any) -> Member:
    return Member("m", "m", PROVIDER, **fields)


def text_of(task: str, problem: Problem, **fields: Any) -> str:
    return get_task(task).prompt(problem, member(**fields)).messages[-1]["content"]


@given(
    st.text(),
    st.sampled_from([(t.name, style) for t in TASKS.values() for style in t.styles]),
    st.sampled_from(["chat", "completions"]),
)
def test_any_text_survives(text: str, task_style: tuple[str, str], api: str) -> None:
    name, style = task_style
    problem = Problem("p", text, None, (text + "1", text + "2"))
    sent = text_of(name, problem, prompt_style=style, api=api)
    assert text in sent
    if get_task(name).kind == "choice":
        assert f"A) {text}1\nB) {text}2" in sent


@given(st.text(), st.lists(st.text()))
def test_ids_are_stable_and_depend_on_the_choices(text: str, choices: list[str]) -> None:
    assert hashed_id("t", text, choices) == hashed_id("t", text, choices)
    assert hashed_id("t", text, [*choices, "x"]) != hashed_id("t", text, choices)


@pytest.mark.parametrize(
    ("task", "form"), [("math", r"\boxed{}"), ("gsm8k", "four # signs"), ("gpqa", '"Answer:"')]
)
def test_answer_form_is_asked_for(task: str, form: str) -> None:
    assert form in text_of(task, Problem("p", "?", None, ("x", "y")))


@pytest.mark.parametrize(
    ("task", "form"), [("math", r"\boxed{"), ("gsm8k", "\n#### "), ("gpqa", "\nAnswer: ")]
)
def test_few_shot_turns_show_the_answer_form(task: str, form: str) -> None:
    problem = Problem("p", "Asked?", None, ("x", "y"))
    messages = get_task(task).prompt(problem, member(prompt_style="few_shot")).messages
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    answers = [m["content"] for m in messages if m["role"] == "assistant"]
    assert len(answers) >= 2
    assert all(form in answer for answer in answers)


def test_completions_are_one_text_with_stop_strings() -> None:
    prompt = get_task("gsm8k").prompt(
        Problem("p", "Asked?"), member(api="completions", stop=("END",), system_prompt="Be brief.")
    )
    (message,) = prompt.messages
    assert message["content"].startswith("Be brief.\n\nQuestion: ")
    assert message["content"].endswith("\n\nQuestion: Asked?\nAnswer:")
    assert prompt.stop == ("\nQuestion:", "END")


def test_system_prompt_and_stop_of_a_chat_member() -> None:
    prompt = get_task("math").prompt(
        Problem("p", "?"), member(system_prompt="Be brief.", stop=("END",))
    )
    assert prompt.messages[0] == {"role": "system", "content": "Be brief."}
    assert prompt.stop == ("END",)


def test_unknown_style_lists_the_known_ones() -> None:
    with pytest.raises(PoolError, match="use one of default, few_shot, plain"):
        get_task("math").prompt(Problem("p", "?"), member(prompt_style="haiku"))


def test_a_choice_problem_needs_choices() -> None:
    with pytest.raises(DatasetError, match="no choices"):
        get_task("gpqa").prompt(Problem("p", "?"), member())


def custom_text(kind: Any, template: str, problem: Problem) -> str:
    return custom_task("mine", kind, template).prompt(problem, member()).messages[-1]["content"]


def test_own_template_keeps_its_latex() -> None:
    template = r"Q: {problem} End with \boxed{answer} or \text{{problem}}."
    sent = custom_text("math", template, Problem("p", r"{choices} \frac{1}{2} {0}"))
    inside = r"{choices} \frac{1}{2} {0}"
    assert sent == rf"Q: {inside} End with \boxed{{answer}} or \text{{{inside}}}."


@pytest.mark.parametrize("at", ["@", ""])
def test_own_template_from_a_file(tmp_path: Path, at: str) -> None:
    path = tmp_path / "prompt.txt"
    path.write_text("{problem}\n{choices}", "utf-8")
    sent = custom_text("choice", f"{at}{path}", Problem("p", "?", None, ("x", "y")))
    assert sent == "?\nA) x\nB) y"


@pytest.mark.parametrize(
    ("kind", "template", "message"),
    [
        ("math", "{problem} {hint}", "unknown placeholder {hint}"),
        ("math", "Solve it.", "no {problem} in it"),
        ("math", "{problem} {choices}", "needs the kind 'choice'"),
        ("choice", "{problem}", "no {choices} in it"),
        ("math", "@nowhere.txt", "cannot be read"),
    ],
)
def test_bad_templates(kind: Any, template: str, message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        custom_task("mine", kind, template)
    assert message in str(caught.value)

"""A task: problems, an answer kind, and the ways to put a problem to a member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from slm_mux.errors import DatasetError, PoolError
from slm_mux.tasks.loading import Layouts, LoadedProblems, load, plain_layout
from slm_mux.tasks.templates import lettered, render
from slm_mux.types import Kind, Member, Message, Problem, Prompt

_BLOCK_STOP = "\nQuestion:"


@dataclass(frozen=True, slots=True)
class Shot:
    """A worked example: a problem, its options, and an answer in the form asked for."""

    problem: str
    answer: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """One way to put a problem.

    Chat members see `template` filled in, after the shots as earlier turns. Completion members
    see `Question: … Answer: …` blocks, unless the style is `bare`: then the filled-in template
    is all they see. `completion` names the style that completion members get instead.
    """

    template: str
    shots: tuple[Shot, ...] = ()
    bare: bool = False
    completion: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A benchmark, or a user's own problems; `styles` maps names to prompt styles."""

    name: str
    kind: Kind
    styles: Mapping[str, Style]
    layouts: Layouts = plain_layout

    def load(self, path: str | Path, *, seed: int = 0, limit: int | None = None) -> LoadedProblems:
        """Read a problems file; all of it is checked, the first `limit` problems are kept.

        `seed` shuffles options that the file keeps unordered (the original GPQA columns).
        Raises `DatasetError` naming file, row and field.
        """
        return load(
            path, task=self.name, kind=self.kind, layouts=self.layouts, seed=seed, limit=limit
        )

    def prompt(self, problem: Problem, member: Member) -> Prompt:
        """What is sent to `member` for `problem`.

        For `api="completions"` the prompt is one user message whose content is the text to be
        continued. Raises `PoolError` for an unknown prompt style, `DatasetError` for a
        multiple-choice problem without choices.
        """
        if self.kind == "choice" and not problem.choices:
            raise DatasetError(f"problem {problem.problem_id!r}: no choices to choose from")
        style = self._style(member)
        shot = Shot(problem.problem, "", self._choices(problem.choices))
        if member.api == "completions":
            return _completion(style, shot, member)
        return _chat(style, shot, member)

    def _choices(self, choices: tuple[str, ...] | None) -> tuple[str, ...]:
        return choices or () if self.kind == "choice" else ()

    def _style(self, member: Member) -> Style:
        style = self.styles.get(member.prompt_style)
        if style is None:
            known = ", ".join(self.styles)
            raise PoolError(
                f"model {member.name!r}: prompt_style {member.prompt_style!r} is unknown to "
                f"task {self.name!r}: use one of {known}"
            )
        if member.api == "completions" and style.completion:
            return self.styles[style.completion]
        return style


def _fill(style: Style, shot: Shot) -> str:
    return render(style.template, shot.problem, lettered(shot.choices))


def _chat(style: Style, asked: Shot, member: Member) -> Prompt:
    messages: list[Message] = []
    if member.system_prompt:
        messages.append({"role": "system", "content": member.system_prompt})
    for shot in style.shots:
        messages.append({"role": "user", "content": _fill(style, shot)})
        messages.append({"role": "assistant", "content": shot.answer})
    messages.append({"role": "user", "content": _fill(style, asked)})
    return Prompt(tuple(messages), member.stop)


def _completion(style: Style, asked: Shot, member: Member) -> Prompt:
    head = f"{member.system_prompt}\n\n" if member.system_prompt else ""
    stop = member.stop
    if style.bare:
        text = _fill(style, asked)
    else:
        text = "".join(f"{_block(shot)} {shot.answer}\n\n" for shot in style.shots) + _block(asked)
        stop = tuple(dict.fromkeys((_BLOCK_STOP, *stop)))
    return Prompt(({"role": "user", "content": head + text},), stop)


def _block(shot: Shot) -> str:
    options = f"\n{lettered(shot.choices)}" if shot.choices else ""
    return f"Question: {shot.problem}{options}\nAnswer:"

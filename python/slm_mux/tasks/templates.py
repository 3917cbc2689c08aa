"""Prompt templates: `{problem}` and `{choices}` are filled in, all other text stays as it is.

Problem texts are full of braces, so nothing here uses `str.format`, and what was filled in is
never looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from slm_mux.errors import DatasetError
from slm_mux.types import Kind

# A LaTeX command with its argument is text: `\boxed{answer}` is no placeholder.
_SLOT = re.compile(r"\\[A-Za-z]+\{[^{}]*\}|\{(?P<name>[A-Za-z_]\w*)\}")
_KNOWN = ("problem", "choices")
_MAX_BYTES = 1 << 20


def render(template: str, problem: str, choices: str = "") -> str:
    """Fill in the placeholders of a checked template, in one pass."""
    values = {"problem": problem, "choices": choices}
    return _SLOT.sub(lambda match: values.get(match["name"], match[0]), template)


def lettered(choices: Sequence[str]) -> str:
    """The options, one a line: `A) …`."""
    return "\n".join(f"{chr(ord('A') + i)}) {choice}" for i, choice in enumerate(choices))


def read_template(prompt: str) -> tuple[str, str]:
    """The template that `--prompt` means, and what to call it in errors.

    `@FILE` is a file; so is a text without placeholders that names one; the rest is the
    template itself. Raises `DatasetError`.
    """
    if prompt.startswith("@"):
        return _read(Path(prompt[1:])), prompt[1:]
    if not _SLOT.search(prompt) and _is_file(prompt):
        return _read(Path(prompt)), prompt
    return prompt, "prompt template"


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise DatasetError(f"{path}: a prompt template may have up to {_MAX_BYTES} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DatasetError(f"{path}: not UTF-8: save the prompt template as UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"{path}: the prompt template cannot be read: {reason}") from None


def check_template(template: str, kind: Kind, name: str) -> None:
    """Refuse unknown placeholders and a template that would not show the problem."""
    slots = {match["name"] for match in _SLOT.finditer(template)} - {None}
    unknown = sorted(slots - set(_KNOWN))
    if unknown:
        raise DatasetError(
            f"{name}: unknown placeholder {{{unknown[0]}}}: there are {{problem}} and {{choices}}"
        )
    if "problem" not in slots:
        raise DatasetError(f"{name}: no {{problem}} in it: say where the problem's text goes")
    if kind == "choice" and "choices" not in slots:
        raise DatasetError(f"{name}: no {{choices}} in it: say where the options go")
    if kind != "choice" and "choices" in slots:
        raise DatasetError(f"{name}: {{choices}} needs the kind 'choice', not {kind!r}")

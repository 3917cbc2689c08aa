"""A user's own problems: a file, an answer kind, and perhaps a prompt of their own."""

from __future__ import annotations

from slm_mux.errors import DatasetError
from slm_mux.tasks.gpqa import gpqa_layout
from slm_mux.tasks.loading import plain_layout
from slm_mux.tasks.prompts import STYLES
from slm_mux.tasks.task import Style, Task
from slm_mux.tasks.templates import check_template, read_template
from slm_mux.types import Kind


def custom_task(name: str, kind: Kind, prompt: str | None = None) -> Task:
    """A task for a problems file that is no known benchmark.

    `prompt` is a template with `{problem}` (and `{choices}` for `choice`), `@FILE` or the path
    of one; without it the prompts of the kind are used. Raises `DatasetError`.
    """
    if kind not in STYLES:
        raise DatasetError(f"unknown answer kind {kind!r}: use one of {', '.join(STYLES)}")
    layouts = gpqa_layout if kind == "choice" else plain_layout
    if prompt is None:
        return Task(name, kind, STYLES[kind], layouts)
    template, source = read_template(prompt)
    check_template(template, kind, source)
    return Task(name, kind, {"default": Style(template, bare=True)}, layouts)

"""The layouts that can be read, and telling them apart by content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slm_mux.errors import InputError
from slm_mux.importing import (
    batch,
    evalscope,
    inspect_ai,
    lighteval,
    list_columns,
    lm_eval,
    nemo_skills,
    opencompass,
    parsed_answers,
    published,
    sample_log,
    set_columns,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from slm_mux.importing.peek import Peek
    from slm_mux.importing.reading import Reading
    from slm_mux.types import SampleRow


@dataclass(frozen=True, slots=True)
class Layout:
    """How one tool stores samples.

    `detects` tells by content whether a file is of it; `rows` reads files of it as one whole,
    so that shards, seeds and reviews find each other.
    """

    name: str
    title: str
    detects: Callable[[Peek], bool]
    rows: Callable[[Sequence[Peek], Reading], Iterator[SampleRow]]


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("slm-mux", "sample log", sample_log.detects, sample_log.rows),
        Layout(
            "lm-eval", "lm-evaluation-harness --log_samples", lm_eval.detects, lm_eval.rows
        ),
        Layout("inspect", "inspect_ai .eval and .json", inspect_ai.detects, inspect_ai.rows),
        Layout("batch", "OpenAI Batch and vLLM run-batch output", batch.detects, batch.rows),
        Layout("results", "SLM-MUX result or collection", published.detects, published.rows),
        Layout("parsed", "parsed answers", parsed_answers.detects, parsed_answers.rows),
        Layout("lighteval", "lighteval details", lighteval.detects, lighteval.rows),
        Layout(
            "evalscope", "EvalScope predictions and reviews", evalscope.detects, evalscope.rows
        ),
        Layout("opencompass", "OpenCompass predictions", opencompass.detects, opencompass.rows),
        Layout("nemo-skills", "NeMo-Skills output-rs*.jsonl", nemo_skills.detects,
               nemo_skills.rows),
        Layout("columns", "data set of generations", set_columns.detects, list_columns.rows),
    )
}  # fmt: skip
"""By name, in the order they are tried: the most particular first."""


def layout_of(peek: Peek) -> Layout | None:
    """The layout of a file; None where it is of none."""
    return next((layout for layout in LAYOUTS.values() if layout.detects(peek)), None)


def layout_named(name: str) -> Layout:
    """The layout of that name. Raises InputError listing all."""
    if name not in LAYOUTS:
        raise InputError(f"no layout {name!r}: there are {', '.join(LAYOUTS)}")
    return LAYOUTS[name]


def looked_for() -> str:
    """All layouts by title, as an error lists them."""
    return "; ".join(layout.title for layout in LAYOUTS.values())

"""Results files, ours and the published programs': the words that whoever reads them needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from slm_mux.types import Kind

REFERENCES = ("reference_answer", "correct_answer")
MODELS = ("models", "model_records")


def published_kind(entry: Mapping[str, Any]) -> Kind | None:
    """The answer kind that a published program's entry shows; None for other files."""
    if "correct_answer" in entry:
        return "choice"
    if "model_records" not in entry:
        return None
    return "number" if "question" in entry else "math"


def numbered_name(name: str, known: Collection[str]) -> str:
    """The name of one more model of an entry: the same model twice is `m` and `m#2`."""
    if name not in known:
        return name
    return f"{name}#{sum(other.partition('#')[0] == name for other in known) + 1}"

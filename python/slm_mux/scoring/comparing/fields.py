"""Which fields of a row hold what: the names that other tools use, and those the user gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from slm_mux.errors import InputError
from slm_mux.store.jsonl import LineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KNOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "task": ("task", "bench", "benchmark"),
    "problem_id": ("problem_id", "qid", "doc_id", "unique_id", "id", "idx"),
    "problem": ("problem", "question"),
    "model": ("model", "model_name"),
    "sample_index": ("sample_index", "sample", "round", "epoch"),
    "verdict": (
        "verdict",
        "is_correct",
        "is_corrects",
        "correct",
        "symbolic_correct",
        "ref_ok",
        "exact_match",
        "acc",
        "score",
        "prior_verdict",
    ),
    "answer": (
        "span",
        "extracted_answer",
        "predicted_answer",
        "ref_pred",
        "pred",
        "prediction",
        "prior_answer",
    ),
    "reference": (
        "reference_answer",
        "correct_answer",
        "expected_answer",
        "gold",
        "gold_answer",
        "gt_answer",
        "gt",
        "target",
    ),
    "state": ("state",),
    "stage": ("stage",),
    "rule": ("rule",),
}
"""What a row can tell, and the fields that may hold it; the first that a row has is taken."""

NO_VERDICT: Final = "no verdict in it"
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The fields that the user names: what a row tells → its field, dots for what is inside."""

    named: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, items: Iterable[str]) -> FieldMap:
        """`verdict=symbolic_correct` and the like. Raises `InputError` at anything else."""
        named = {}
        for item in items:
            name, _, path = item.partition("=")
            if name not in KNOWN or not path:
                raise InputError(
                    f"--map {item}: write NAME=FIELD, where NAME is one of {', '.join(KNOWN)}"
                )
            named[name] = path
        return cls(named)

    def over(self, other: FieldMap) -> FieldMap:
        """These names before those of `other`."""
        return FieldMap({**other.named, **self.named})

    def columns(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Where a file has what, told by one of its rows.

        Raises LineError where the row lacks a field that the user names, or has no verdict.
        """
        for path in self.named.values():
            if value_at(row, path, _MISSING) is _MISSING:
                raise LineError(f"field {path} is missing")
        found = {
            name: next((key for key in keys if key in row), None) for name, keys in KNOWN.items()
        }
        columns = {name: path for name, path in (found | dict(self.named)).items() if path}
        if "verdict" not in columns:
            raise LineError(NO_VERDICT)
        return columns


def value_at(row: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """The value of a field, which may lie inside others: `scores.math.value`."""
    if path in row:
        return row[path]
    at: Any = row
    for part in path.split("."):
        if not isinstance(at, dict) or part not in at:
            return default
        at = at[part]
    return at

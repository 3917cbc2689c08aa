"""What is chosen at the end of a scan: a selector with its policies, and the samples that count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.types import Abstain, Tie


@dataclass(frozen=True, slots=True)
class Choice:
    """How answers are selected, and which samples count.

    See `AnswerTable.select` for the selection. `order` is the pool; by default all members, those
    of `first` before the others, which are in the recorded order. Accuracies of members that are
    not there do not matter. `samples` is the number asked of each member on
    each problem (None: the most recorded). `params`, `api_model` and `prompts` choose among
    several ways in which samples were asked. `problems` are (task, problem_id) that count
    though nobody answered them.
    """

    selector: str = "mux"
    order: Sequence[str] | None = None
    first: Sequence[str] = ()
    validation_accuracy: Mapping[str, float] = field(default_factory=dict)
    abstain: Abstain = "count"
    tie: Tie = "accuracy"
    seed: int = 0
    weights: Mapping[str, int] = field(default_factory=dict)
    samples: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    api_model: str | None = None
    prompts: Sequence[str] = ()
    problems: Sequence[tuple[str, str]] = ()

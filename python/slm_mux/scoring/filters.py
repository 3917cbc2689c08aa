"""Choosing between the ways a sample was asked, where a log holds more than one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from slm_mux.errors import InputError
from slm_mux.store.rows import Params, single_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slm_mux.scoring.samples import Sample, Setup

_SHOWN = 8  # ways listed in an error


@dataclass(frozen=True, slots=True)
class ParamFilter:
    """Which rows to read.

    `params` names parameters and their values, None for unset; others are not looked at.
    `prompts` chooses among the prompts of a member on a problem, by the beginnings of their
    SHA-256, or `first` or `last` for the one of the earliest or latest row; where none of them
    is among a problem's prompts, all its rows stay.
    """

    params: Params = ()
    api_model: str | None = None
    prompts: tuple[str, ...] = ()

    @classmethod
    def parse(
        cls,
        params: str = "",
        *,
        temperature: float | None = None,
        max_tokens: int | None = None,
        api_model: str | None = None,
        prompts: Sequence[str] = (),
    ) -> Self:
        """Read the filter as given on a command line: `params` is `name=value,name=none`.

        Raises InputError where `params` is not of that form.
        """
        pairs = dict(_pair(text) for text in params.split(",") if text.strip())
        if temperature is not None:
            pairs["temperature"] = temperature
        if max_tokens is not None:
            pairs["max_tokens"] = max_tokens
        return cls(tuple(sorted(pairs.items())), api_model, tuple(p.lower() for p in prompts))

    def takes(self, setup: Setup) -> bool:
        """Whether a row asked like this is read; the prompt is chosen later, per problem."""
        if self.api_model is not None and setup.api_model != self.api_model:
            return False
        params = dict(setup.params)
        return all(params.get(name) == value for name, value in self.params)

    def prompts_among(self, asked: Sequence[str | None]) -> frozenset[str | None]:
        """Choose among the prompts of one member on one problem, given in row order."""
        chosen: set[str | None] = set()
        for wanted in self.prompts:
            if wanted in ("first", "last"):
                chosen.add(asked[0 if wanted == "first" else -1])
            else:
                chosen.update(sha for sha in asked if sha is not None and sha.startswith(wanted))
        return frozenset(chosen or asked)


def _pair(text: str) -> tuple[str, Any]:
    name, sign, value = (part.strip() for part in text.partition("="))
    if not (name and sign and value):
        raise InputError(f"--params: {text.strip()!r} is not name=value, such as temperature=0.3")
    if value.lower() in ("none", "null"):
        return name, None
    try:
        return name, single_value(json.loads(value))
    except (ValueError, RecursionError):
        return name, value


def ambiguity(cells: Iterable[Sequence[Sample]], everything: Iterable[Sample]) -> InputError:
    """Build the error for sample indexes with responses of several setups (`cells`).

    Of `everything` the rows of each way are counted.
    """
    cells = list(cells)
    first = cells[0][0]
    setups = {s.setup for cell in cells for s in cell if s.model == first.model}
    rows = [s.setup for s in everything if s.model == first.model and s.error is None]
    what, ways, choose = _difference(setups, rows)
    listed = "; ".join(ways[:_SHOWN]) + ("; ..." if len(ways) > _SHOWN else "")
    return InputError(
        f"model {first.model!r} has responses of several {what} for one sample "
        f"(problem {first.problem_id!r}, index {first.sample_index}; {len(cells)} such in all): "
        f"{listed}: choose one with {choose}"
    )


def _difference(setups: set[Setup], rows: list[Setup]) -> tuple[str, list[str], str]:
    """Say in what `setups` differ: its name, the ways with their counts of rows, the flag."""
    params = {setup.params for setup in setups}
    if len(params) > 1:
        names = _differing(params)
        counts = Counter(_show(s.params, names) for s in rows if s.params in params)
        return "parameter sets", _counted(counts), f"--params {min(counts)}"
    models = {str(setup.api_model) for setup in setups}
    if len(models) > 1:
        counts = Counter(str(s.api_model) for s in rows if str(s.api_model) in models)
        return "API models", _counted(counts), f"--api-model {min(counts)}"
    counts = Counter(str(s.prompt_sha256)[:12] for s in rows if s in setups)
    return "prompts", _counted(counts), "--prompt last (or first, or the beginning of its SHA-256)"


def _differing(params: set[Params]) -> list[str]:
    names = {name for one in params for name, _ in one}
    return sorted(n for n in names if len({dict(one).get(n) for one in params}) > 1)


def _show(params: Params, names: list[str]) -> str:
    values = dict(params)
    return ",".join(f"{name}={values.get(name, 'none')}" for name in names)


def _counted(counts: Counter[str]) -> list[str]:
    return [f"{way} ({count} rows)" for way, count in sorted(counts.items())]

"""Scaling as plain data, and its files: `scaling.json` for programs, `scaling.csv` for sheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from slm_mux import __version__
from slm_mux.errors import InputError
from slm_mux.scoring.results import write_json
from slm_mux.study.scaling import as_dict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from slm_mux.expectation import Policies
    from slm_mux.study.recorded import Recorded
    from slm_mux.study.scaling import Scaling
    from slm_mux.study.stopping import Stopping

SCHEMA_VERSION = 1


def as_data(
    scaling: Scaling,
    recorded: Recorded,
    policies: Policies,
    choose: str,
    stopping: Stopping | None = None,
) -> dict[str, Any]:
    """Everything, with every policy that it depends on."""
    return {
        "schema_version": SCHEMA_VERSION,
        "slm_mux_version": __version__,
        "task": recorded.task,
        "kind": recorded.kind,
        "problems": len(recorded.table.problem_ids),
        "models": recorded.table.members,
        "samples_per_request": {name: use.per_request for name, use in recorded.use.items()},
        "settings": {
            "profile": recorded.profile,
            "choose": choose,
            "pareto_against": scaling.against,
            "validation_accuracy": dict(policies.validation_accuracy) or None,
            "weights": dict(policies.weights) or None,
            "abstain": policies.abstain,
            "tie": policies.tie,
            "seed": policies.seed,
            "draws": policies.draws,
            "stop": "none" if stopping is None else "lossless",
            "latency": stopping and stopping.latency,
            "trials": stopping and stopping.trials,
        },
        "points": [as_dict(point) for point in scaling.points],
    }


def write_scaling(folder: Path, data: Mapping[str, Any]) -> None:
    """Write both files; the folder is made where it is missing.

    Raises `InputError` where they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "scaling.json", data)
        _write_table(folder / "scaling.csv", data)
    except OSError as error:
        raise InputError(
            f"{folder}: the tables cannot be written ({error.strerror}): choose another --output"
        ) from error


def _write_table(path: Path, data: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["selector", "models", "members", "samples", "accuracy", "low", "high", "problems",
             "standard_error", "exact", "calls", "tokens", "cost", "pareto", "saved", "requests",
             "rounds"]
        )  # fmt: skip
        for point in data["points"]:
            accuracy, stopped = point["accuracy"], point["stopped"]
            writer.writerow(
                [point["selector"], len(point["members"]), " ".join(point["members"]),
                 point["samples"], accuracy["value"], accuracy["low"], accuracy["high"],
                 accuracy["n"], point["standard_error"], point["exact"], point["calls"],
                 point["tokens"], point["cost"], point["pareto"],
                 *((stopped["saved"]["value"], stopped["requests"], stopped["rounds"])
                   if stopped else ("", "", ""))]
            )  # fmt: skip

"""A calibration as a file: written by `calibrate`, read by the commands that select by it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from slm_mux import __version__
from slm_mux.errors import InputError
from slm_mux.scoring.validation import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slm_mux.study.calibration import Fitted
    from slm_mux.study.recorded import Recorded

SCHEMA_VERSION = 1
LARGEST = 64 << 20
MOST_WEIGHT = 10**9
LISTED = 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted weights in millionths, and what they were fitted on.

    `texts` are SHA-256 sums of the validation problems' texts, white space and case folded.
    """

    task: str
    kind: str | None
    profile: str
    abstain: str
    weights: Mapping[str, int]
    accuracy: Mapping[str, float]
    none: float
    problems: int
    problem_ids: frozenset[str]
    texts: frozenset[str]

    def check(self, *, kind: str | None, profile: str, abstain: str) -> None:
        """Raise `InputError` where votes are not counted as those it was fitted on."""
        for what, own, asked in (
            ("kind", self.kind, kind),
            ("profile", self.profile, profile),
            ("abstain", self.abstain, abstain),
        ):
            if own is not None and asked is not None and own != asked:
                raise InputError(
                    f"the calibration is of {what} {own}, here it is {asked}: calibrate anew"
                )

    def refuse_overlap(self, problems: Iterable[tuple[str, str]]) -> None:
        """Raise `InputError` where a problem (id, text) that is scored was calibrated on."""
        shared = [
            problem_id
            for problem_id, text in problems
            if problem_id in self.problem_ids or (text and sum_of(text) in self.texts)
        ]
        if shared:
            listed = ", ".join(shared[:LISTED]) + (", …" if len(shared) > LISTED else "")
            raise InputError(
                f"{len(shared)} of the scored problems are among those of the calibration "
                f"({listed}): answers would be selected by their own verdicts; "
                "use other problems, or allow it with --allow-validation-overlap"
            )


def sum_of(text: str) -> str:
    """The sum that stands for a problem's text; empty for no text."""
    plain = folded(text)
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest() if plain else ""


def as_dict(fitted: Fitted, recorded: Recorded, abstain: str) -> dict[str, Any]:
    """A calibration as it is written."""
    texts = (sum_of(recorded.texts.get(problem, "")) for problem in recorded.table.problem_ids)
    return {
        "schema_version": SCHEMA_VERSION,
        "slm_mux_version": __version__,
        "task": recorded.task,
        "kind": recorded.kind,
        "profile": recorded.profile,
        "abstain": abstain,
        "weights": dict(fitted.weights),
        "weight_deviations": dict(fitted.deviations),
        "accuracy": {name: share.as_dict() for name, share in fitted.accuracy.items()},
        "none": fitted.none,
        "problems": fitted.problems,
        "problem_ids": recorded.table.problem_ids,
        "texts_sha256": sorted({text for text in texts if text}),
    }


def read(path: Path) -> Calibration:
    """Read a calibration. Raises `InputError` naming the file and the field."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: larger than any calibration: give the file of `calibrate`")
        data = json.loads(path.read_bytes(), parse_constant=_no_number)
    except OSError as e:
        raise InputError(f"{path}: cannot be read ({e.strerror})") from e
    except (ValueError, RecursionError) as e:
        raise InputError(f"{path}: no calibration: not JSON ({e})") from e
    return _Reader(path, data).calibration()


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


class _Reader:
    """The fields of one file, checked."""

    def __init__(self, path: Path, data: object) -> None:
        if not isinstance(data, dict):
            raise InputError(f"{path}: no calibration: an object is expected")
        self._path, self._data = path, data
        if data.get("schema_version") != SCHEMA_VERSION or isinstance(
            data.get("schema_version"), bool
        ):
            self._refuse("schema_version", f"must be {SCHEMA_VERSION}: calibrate anew")

    def calibration(self) -> Calibration:
        kind = self._data.get("kind")
        return Calibration(
            task=self._text("task"),
            kind=None if kind is None else self._text("kind"),
            profile=self._text("profile"),
            abstain=self._text("abstain"),
            weights=self._weights(),
            accuracy=self._accuracy(),
            none=self._number("none", self._data.get("none")),
            problems=self._count("problems", self._data.get("problems"), 2**53),
            problem_ids=frozenset(self._texts("problem_ids")),
            texts=frozenset(self._texts("texts_sha256")),
        )

    def _refuse(self, field: str, what: str) -> NoReturn:
        raise InputError(f"{self._path}: {field} {what}")

    def _text(self, field: str) -> str:
        value = self._data.get(field)
        return value if isinstance(value, str) else self._refuse(field, "must be a text")

    def _texts(self, field: str) -> list[str]:
        value = self._data.get(field)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse(field, "must be a list of texts")
        return value

    def _mapping(self, field: str) -> dict[str, object]:
        value = self._data.get(field)
        return value if isinstance(value, dict) else self._refuse(field, "must be an object")

    def _count(self, field: str, value: object, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self._refuse(field, f"must be a whole number from 1 to {most}")
        return value

    def _number(self, field: str, value: object) -> float:
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or abs(value) > MOST_WEIGHT
        ):
            self._refuse(field, f"must be a number of at most {MOST_WEIGHT}")
        return float(value)

    def _weights(self) -> dict[str, int]:
        weights = self._mapping("weights").items()
        return {name: self._count(f"weights of {name!r}", w, MOST_WEIGHT) for name, w in weights}

    def _accuracy(self) -> dict[str, float]:
        shares = {}
        for name, interval in self._mapping("accuracy").items():
            value = interval.get("value") if isinstance(interval, dict) else None
            shares[name] = self._number(f"accuracy of {name!r}", value)
            if not 0 <= shares[name] <= 1:
                self._refuse(f"accuracy of {name!r}", "must be from 0 to 1")
        return shares

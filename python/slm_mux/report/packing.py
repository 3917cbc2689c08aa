"""The problems of a task as compressed parts of the page, within a bound that the page states."""

from __future__ import annotations

import base64
import json
import random
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slm_mux.report.details import Book, details, snippet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from slm_mux.report.model import TaskRecord

MAX_PROBLEMS = 20_000
"""Problems of a task that the page lists; of more, so many drawn at random."""
PART = 192 << 10
"""About the bytes of a part before it is compressed."""
_SEED = 0


@dataclass(frozen=True, slots=True)
class Packed:
    """A task's problems: a list to filter, and parts that are unpacked when they are looked at.

    `shown` of `total` problems are in them.
    """

    index: str
    parts: Sequence[str]
    shown: int
    total: int


def pack(value: object) -> str:
    """JSON, deflated (RFC 1950), in base64: what the page's script unpacks."""
    return pack_bytes(json.dumps(value, separators=(",", ":")).encode())


def pack_bytes(content: bytes) -> str:
    """Bytes, deflated, in base64."""
    return base64.b64encode(zlib.compress(content, 9)).decode()


def pack_problems(
    record: TaskRecord,
    causes: Sequence[str],
    outcomes: Mapping[str, Sequence[str]],
    max_bytes: int,
) -> Packed:
    """Pack as many problems as `max_bytes` of text allow, by about the mean size of a problem.

    `causes` are those of all problems, `outcomes` those of each member's own answer. Of too many
    problems some are drawn, each with the same chance, the same for the same input.
    """
    chosen = _chosen(len(record.asked), record.text_size, max_bytes)
    samples = record.samples_of({record.asked[at].problem_id for at in chosen})
    parts: list[str] = []
    book, size = Book(), 0
    problems: list[Any] = []
    places: list[tuple[int, int]] = []
    for at in chosen:
        one = details(record, at, samples, book)
        places.append((len(parts), len(problems)))
        problems.append(one)
        size += len(json.dumps(one, separators=(",", ":")))
        if size >= PART:
            parts.append(pack({"formulas": book.formulas, "problems": problems}))
            book, problems, size = Book(), [], 0
    if problems:
        parts.append(pack({"formulas": book.formulas, "problems": problems}))
    index = Book()
    rows = [
        _row(record, at, causes[at], [outcomes[name][at] for name in outcomes], place, index)
        for at, place in zip(chosen, places, strict=True)
    ]
    packed = pack({"formulas": index.formulas, "rows": rows, "members": list(outcomes)})
    return Packed(packed, parts, len(chosen), len(record.asked))


def _chosen(total: int, text_size: int, max_bytes: int) -> list[int]:
    fits = total if text_size <= max_bytes else max(1, total * max_bytes // text_size)
    count = min(total, fits, MAX_PROBLEMS)
    if count == total:
        return list(range(total))
    return sorted(random.Random(_SEED).sample(range(total), count))  # noqa: S311  not a secret


def _row(  # noqa: PLR0913, PLR0917  internal
    record: TaskRecord,
    at: int,
    cause: str,
    own: Sequence[str],
    place: tuple[int, int],
    book: Book,
) -> dict[str, Any]:
    asked, verdict = record.asked[at], record.verdicts[at]
    return {
        "id": asked.problem_id,
        "text": snippet(asked, book),
        "outcome": verdict.outcome,
        "model": verdict.model,
        "confidence": verdict.confidence,
        "stage": verdict.stage,
        "cause": cause,
        "answer": book.answer(verdict.answer),
        "reference": book.answer(asked.reference),
        "own": list(own),
        "at": list(place),
    }


def parts_of(name: str, packed: Packed) -> Iterator[tuple[str, str]]:
    """The element ids and contents of a packed task."""
    yield f"{name}-index", packed.index
    for number, part in enumerate(packed.parts):
        yield f"{name}-part-{number}", part

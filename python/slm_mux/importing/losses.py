"""What an import lost, took for granted or could not read: counted, and said aloud."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

LISTED = 100
"""How many bad records are kept with file and line; all of them are counted."""

_SHOWN = 8  # names of a line


@dataclass(slots=True)
class Losses:
    """The report of one import; filled while its rows are drawn.

    `samples` counts the rows given, `records` those they are made of, `files` those read.
    `notes` are things lost or assumed, with the number of samples (or files) they concern. `bad`
    counts the records that could not be used by reason; the first hundred stand in `bad_records`
    with file and line. `named` are names that no file says, by what was done about it.
    """

    samples: int = 0
    records: int = 0
    files: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    named: dict[str, dict[str, None]] = field(default_factory=dict)
    bad: Counter[str] = field(default_factory=Counter)
    bad_records: list[str] = field(default_factory=list)

    def note(self, what: str, count: int = 1) -> None:
        """Count something that is lost or taken for granted."""
        self.notes[what] += count

    def name(self, what: str, name: str) -> None:
        """List a name that was taken for granted."""
        self.named.setdefault(what, {})[name] = None

    def note_bad(self, where: object, reason: str) -> None:
        """Count a record that cannot be used."""
        self.bad[reason] += 1
        if len(self.bad_records) < LISTED:
            self.bad_records.append(f"{where}: {reason}")

    def lines(self) -> list[str]:
        """What was lost or taken for granted, a line each."""
        lines = [f"{what} ({n:,})" if n > 1 else what for what, n in self.notes.items()]
        for what, names in self.named.items():
            shown = ", ".join(list(names)[:_SHOWN])
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            lines.append(f"{what}: {shown}{more}")
        return lines

    def as_dict(self) -> dict[str, object]:
        """The report as plain data."""
        return {
            "samples": self.samples,
            "files": self.files,
            "notes": dict(self.notes),
            "named": {what: list(names) for what, names in self.named.items()},
            "bad": dict(self.bad),
            "bad_records": list(self.bad_records),
        }

"""What `rescore` says of rows that were left out, and of problems without a reference."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from slm_mux.cli.text import REPEATS, counted
from slm_mux.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slm_mux.importing import Losses
    from slm_mux.scoring.samples import ReadReport

_UNUSED = ("row could not be used and is", "rows could not be used and are")
LISTED = 10
REASONS = 5
"""How many rows, and how many reasons, are printed."""


def say(message: str) -> None:
    """One line to the user."""
    sys.stderr.write(f"slm-mux: {message}\n")


def tell_some(lines: Sequence[str], total: int, where: str = "") -> None:
    """Print the first of some lines, and how many more there are."""
    for line in lines[:LISTED]:
        say(line)
    more = total - min(LISTED, len(lines))
    if more > 0:
        say(f"\u2026 and {more:,} more{where}")


def tell_bad(reasons: Mapping[str, int], share: float) -> None:
    """Print how many rows could not be used, and why; they are this share of all."""
    count = sum(reasons.values())
    if not count:
        return
    by_count = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{reason} ({n:,})" for reason, n in by_count[:REASONS]]
    if len(by_count) > REASONS:
        shown.append(f"{len(by_count) - REASONS} more reasons")
    left = counted(count, *_UNUSED)
    say(f"{left} not counted ({share:.2%}): " + "; ".join(shown))


def tell_first_bad(where: str, report: ReadReport) -> None:
    """Say in one line how many rows could not be used, if any, and which is the first."""
    if report.bad:
        left = counted(report.bad.total(), *_UNUSED)
        say(f"{where}: {left} not counted; the first: {report.bad_rows[0]}")


def tell_unlabelled(without: int, problems: int, *, asked: bool, task: str = "") -> None:
    """Say how many problems have no reference, where some have one or references were given."""
    if without and (asked or without < problems):
        of = f" of task {task!r}" if task else ""
        some = f"{without:,} of {problems:,} problems{of}"
        say(f"{some} have no reference answer: nothing is correct there")


def refuse_bad(report: ReadReport, losses: Losses, *, strict: bool) -> None:
    """Raise `InputError` for rows that could not be used, where none may be."""
    count = report.bad.total() + losses.bad.total()
    if strict and count:
        first = [*map(str, report.bad_rows), *losses.bad_records][0]
        raise InputError(f"{count:,} rows could not be used, and --strict allows none: {first}")


def tell_read(report: ReadReport, losses: Losses, *, quiet: bool) -> float:
    """Say what was left out of samples held in memory; the share of rows that are unusable."""
    reasons = report.bad + losses.bad
    tell_some([*map(str, report.bad_rows), *losses.bad_records], reasons.total())
    read = reasons.total() + report.rows - losses.samples + losses.records
    share = reasons.total() / max(1, read)
    tell_bad(reasons, share)
    tell_some([str(note) for note in report.conflict_rows], report.conflicts)
    if report.conflicts:
        rows = counted(report.conflicts, "row holds", "rows hold")
        say(f"{rows} another response for a sample that is there; the smallest key counts")
    if not quiet:
        for line in losses.lines():
            sys.stderr.write(f"{line}\n")
        if report.duplicates:
            sys.stderr.write(counted(report.duplicates, *REPEATS) + "\n")
    return share

"""What a run has collected, told to the user."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slm_mux.cli.finish import FELL_SHORT
from slm_mux.cli.progress import say

if TYPE_CHECKING:
    from pathlib import Path

    from slm_mux.sampling.report import SamplingReport
    from slm_mux.sampling.savings import Savings


@dataclass(frozen=True, slots=True)
class Collected:
    """The report of a run, and what stopping early has saved, if anything was to be saved."""

    report: SamplingReport
    saved: Savings | None

    def tell(self, *, quiet: bool) -> int:
        """Say what was saved and what went wrong; the exit code that follows."""
        report = self.report
        if self.saved is not None and report.stopped_by is None:
            say(_saved(self.saved), quiet=quiet)
        for name, message in report.stopped_models.items():
            sys.stderr.write(f"slm-mux: {name} was stopped: {message}\n")
        if report.stopped_by in {"cost", "tokens"}:
            sys.stderr.write(f"slm-mux: stopped by the limit on {report.stopped_by}\n")
        if report.failed:
            sys.stderr.write(
                f"slm-mux: {report.failed:,} samples failed: the same command asks them again\n"
            )
        return FELL_SHORT if report.stopped_models or report.stopped_by or report.failed else 0

    def tell_how_to_go_on(self, log: Path) -> None:
        """Say where everything is after an interruption."""
        sys.stderr.write(
            f"slm-mux: interrupted: {self.report.samples:,} new samples are in {log}\n"
            f"to go on: {shlex.join(['slm-mux', *sys.argv[1:]])}\n"
        )


def _saved(saved: Savings) -> str:
    """`812 of 1,500 samples asked (46 % saved), about 310,000 tokens and $0.42 less; …`."""
    from slm_mux.cli.table import money  # noqa: PLC0415

    if not saved.asked:
        return f"nothing to ask: {saved.samples:,} samples can change no decision"
    left_out = 100 * (1 - saved.asked / saved.samples)
    line = f"{saved.asked:,} of {saved.samples:,} samples asked, {left_out:.0f} % saved"
    if saved.tokens is not None:
        line += f": about {_less(f'{abs(saved.tokens):,} tokens', saved.tokens)}"
    if saved.cost is not None:
        line += f" and {_less(money(abs(saved.cost)), saved.cost)}"
    return (
        f"{line}; prompts billed {saved.requests:,} times, for all samples {saved.all_requests:,}"
    )


def _less(amount: str, value: float) -> str:
    return f"{amount} {'less' if value >= 0 else 'more'}"

"""Progress on standard error: shown at a terminal, silent elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Self

    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    from slm_mux.types import Price, SampleRow


class _Rate(TextColumn):
    """Samples per second over the last half minute."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        from rich.text import Text  # noqa: PLC0415

        return Text(f"{task.speed or 0:,.1f}/s", style="dim")


class SamplingProgress:
    """Counts what arrives and draws it: rate, tokens, cost, errors, time left."""

    def __init__(self, total: int, prices: Mapping[str, Price], *, show: bool) -> None:
        self._console = Console(stderr=True)
        self._show = show
        self._told: set[tuple[str, str]] = set()
        self._prices = prices
        self._tokens = self._errors = self._retries = 0
        self._cost = 0.0
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not (show and self._console.is_terminal),
        )
        self._task = self._progress.add_task("samples", total=total, note="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._progress.stop()

    def on_rows(self, rows: Sequence[SampleRow]) -> None:
        """Rows that are on disk."""
        for row in rows:
            usage = row.get("usage") or {"prompt_tokens": 0, "completion_tokens": 0}
            self._tokens += usage["prompt_tokens"] + usage["completion_tokens"]
            price = self._prices.get(row["model"])
            if price is not None:
                self._cost += price.cost(usage["prompt_tokens"], usage["completion_tokens"])
            self._errors += row.get("error") is not None
        self._progress.update(self._task, advance=len(rows), note=self._note())

    def on_skipped(self, count: int) -> None:
        """Samples that need not be asked any more."""
        total = self._progress.tasks[0].total or 0
        self._progress.update(self._task, total=total - count)

    def on_retry(self, name: str, message: str, wait: float) -> None:
        """A call that is tried again; the first of each sort is told, also to a pipe."""
        self._retries += 1
        sort = (name, message.partition(":")[0])
        if self._show and sort not in self._told:
            self._told.add(sort)
            self._console.print(
                f"{escape(name)}: {escape(message)}; tried again in {wait:.1f} s", soft_wrap=True
            )
        self._progress.update(self._task, note=self._note())

    def on_model_stopped(self, name: str, message: str) -> None:
        """A model that its server refused."""
        self._console.print(f"[red]{escape(name)} stopped:[/red] {escape(message)}")

    def _note(self) -> str:
        cost = f" ${self._cost:.4f}" if self._prices else ""
        errors = f" [red]{self._errors} failed[/red]" if self._errors else ""
        retries = f" [yellow]{self._retries} retries[/yellow]" if self._retries else ""
        return f"{self._tokens:,} tokens{cost}{errors}{retries}"


@contextmanager
def byte_progress(name: str, *, show: bool) -> Iterator[Callable[[int, int], None]]:
    """Bytes, rate and time left: call what it yields with bytes done and bytes in all."""
    with _bar(name, DownloadColumn(), TransferSpeedColumn(), show=show) as update:
        yield update


@contextmanager
def count_progress(name: str, *, show: bool) -> Iterator[Callable[[int, int], None]]:
    """How many of how many, and time left: call what it yields with both."""
    with _bar(name, MofNCompleteColumn(), show=show, transient=True) as update:
        yield update


@contextmanager
def _bar(
    name: str, *columns: ProgressColumn, show: bool, transient: bool = False
) -> Iterator[Callable[[int, int], None]]:
    console = Console(stderr=True)
    with Progress(
        TextColumn(escape(name)),
        BarColumn(),
        *columns,
        TimeRemainingColumn(),
        console=console,
        disable=not (show and console.is_terminal),
        transient=transient,
    ) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def say(message: str, *, quiet: bool) -> None:
    """A line about what is going on, on standard error."""
    if not quiet:
        sys.stderr.write(message + "\n")

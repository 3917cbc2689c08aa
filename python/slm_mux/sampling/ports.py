"""What the engine needs of its neighbours: a plan, a place for rows, someone who watches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from slm_mux.types import Kind, Member, Problem, Prompt, SampleRow

KeyOf = Callable[[SampleRow, Problem], str | None]
"""A row with a response and its problem → the key that it votes for; None where it has none."""


class JobLike(Protocol):
    """What is missing for one member on one problem."""

    @property
    def member(self) -> Member: ...  # noqa: D102
    @property
    def problem(self) -> Problem: ...  # noqa: D102
    @property
    def prompt(self) -> Prompt: ...  # noqa: D102
    @property
    def indexes(self) -> tuple[int, ...]: ...  # noqa: D102


class PlanLike(Protocol):
    """All that is missing, problem by problem."""

    @property
    def task(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> Kind: ...  # noqa: D102
    @property
    def jobs(self) -> Sequence[JobLike]: ...  # noqa: D102


class RowSink(Protocol):
    """Where rows go.

    What `append` gives is done once they are on disk, and fails with `LogError` if they cannot
    be. A log that writes before it returns loses no row to a kill.
    """

    def append(self, rows: Sequence[SampleRow]) -> Awaitable[None]: ...  # noqa: D102


class Observer(Protocol):
    """Someone who watches a run. Called from the event loop; must return at once."""

    def on_rows(self, rows: Sequence[SampleRow]) -> None:
        """Rows that are on disk now."""

    def on_skipped(self, count: int) -> None:
        """Samples that an early agreement has made unnecessary."""

    def on_retry(self, name: str, message: str, wait: float) -> None:
        """A call of the model `name` failed with `message`, and goes on in `wait` seconds."""

    def on_model_stopped(self, name: str, message: str) -> None:
        """The server refused the model `name`; nothing more is asked of it."""


class Silent:
    """An observer that does nothing."""

    def on_rows(self, rows: Sequence[SampleRow]) -> None:
        """Ignore them."""

    def on_skipped(self, count: int) -> None:
        """Ignore it."""

    def on_retry(self, name: str, message: str, wait: float) -> None:
        """Ignore it."""

    def on_model_stopped(self, name: str, message: str) -> None:
        """Ignore it."""

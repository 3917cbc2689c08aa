"""The garbage collector gets its settings back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from slm_mux.sampling.collector import collecting_rarely


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_settings_come_back_though_the_run_fails() -> None:
    gc.set_threshold(700, 10, 10)
    seen = []
    with suppress(RuntimeError), collecting_rarely():
        seen.append(gc.get_threshold()[0])
        raise RuntimeError
    assert seen[0] > 700
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("threshold", [0, 10**6])
def test_rarer_settings_stay(threshold: int) -> None:
    gc.set_threshold(threshold, 10, 10)
    with collecting_rarely():
        assert gc.get_threshold()[0] == threshold

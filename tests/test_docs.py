"""The examples of the README and of public docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib

import pytest

from conftest import ROOT

MODULES = (
    "slm_mux.answers",
    "slm_mux.grades",
    "slm_mux.voting",
    "slm_mux.selection",
    "slm_mux.tallies.scanning",
)
PAGES = ("README.md", "docs/cluster.md")


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_pages(page: str) -> None:
    failed, tried = doctest.testfile(str(ROOT / page), module_relative=False, encoding="utf-8")
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_public_surface_is_what_is_listed() -> None:
    package = importlib.import_module("slm_mux")
    assert sorted(package.__all__) == package.__all__
    assert all(hasattr(package, name) for name in package.__all__)

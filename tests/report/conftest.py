"""A real browser for the page, and pages to look at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from report_examples import TASK, write_log
from slm_mux.cli import _exit_code as run

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")  # its event loop must not outlive it: others have theirs
def browser() -> Iterator[Any]:
    """A headless Chromium of this machine."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


class Watched:
    """A page with what went wrong in it: errors, and requests for anything but its own file."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("console", self._console)
        page.on("dialog", lambda dialog: self.wrong.append(f"alert: {dialog.message}"))
        page.route("**/*", self._request)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, route: Any) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            self.wrong.append(f"request: {route.request.url}")
            route.abort()


@pytest.fixture
def look(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page and waits for its list; at the end nothing may have gone wrong in it."""
    contexts, watched = [], []

    def opened(path: Path, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        one = Watched(context.new_page())
        watched.append(one)
        one.page.goto(path.resolve().as_uri())
        one.page.wait_for_selector("html[data-ready]")
        return one.page

    yield opened
    wrong = [line for one in watched for line in one.wrong]
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(tmp_path_factory.mktemp("samples"), problems=60)


@pytest.fixture(scope="session")
def results(log: Path) -> Path:
    path = log.with_name("results.json")
    assert run(["rescore", str(log), "-o", str(path), "-q"]) in {0, 1}
    return path


@pytest.fixture(scope="session")
def folder(log: Path) -> Path:
    """A folder of tables with a scaling study in it."""
    path = log.with_name("tables")
    assert run(["rescore", str(log), "-o", str(path), "-q", "--keep-samples"]) in {0, 1}
    (path / "scaling.json").write_text(json.dumps(scaling_study()))
    return path


def scaling_study(task: str = TASK) -> dict[str, Any]:
    points = [
        {
            "selector": "mux",
            "members": ["kestrel-math-7b", "wren-2b"][:size],
            "samples": k,
            "accuracy": {"value": 0.5 + k / 20, "low": 0.4, "high": 0.9, "n": 60},
            "standard_error": None,
            "exact": True,
            "tokens": 100.0 * k * size,
            "cost": None,
            "calls": 60 * k * size,
            "pareto": size == 1,
        }
        for size in (1, 2)
        for k in (1, 2, 3)
    ]
    return {
        "schema_version": 1, "task": task, "kind": "math", "settings": {"seed": 0},
        "points": points,
    }  # fmt: skip


@pytest.fixture(scope="session")
def page(results: Path) -> Path:
    path = results.with_name("report.html")
    assert run(["report", str(results), "-o", str(path), "-q"]) == 0
    return path

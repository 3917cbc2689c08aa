"""Hostile texts in a real browser: they stay text, run nothing, and nothing is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from browser_pages import wait_for
from slm_mux.cli import _exit_code as run

ATTACKS = (
    "<script>window.hit = 1; alert(1)</script>",
    '<img src=x onerror="window.hit = 1; alert(2)">',
    "</script><script>window.hit = 1</script><!-- <script>",
    "<a href='javascript:window.hit=1'>x</a> <svg onload='window.hit=1'>",
    r"$\text{<img src=x onerror=alert(3)>}$ and $\text{</math><script>window.hit=1</script>}$",
    r"$x</math><img src=x onerror=window.hit=1><math>y$ \(\href{javascript:window.hit=1}{z}\)",
    r"$\color{red;background:url(https://example.com/c)}x$ $\style{onload=alert(4)}{y}$",
    "\u2028\u2029\u0000\u202e {{7*7}} ${7*7} <iframe src='https://example.com'></iframe>",
    r"\boxed{<b onclick=alert(5)>7</b>}",
    "\U0001d465 😀 $" + "x^{" * 500 + "2" + "}" * 500 + "$ " + "$" * 300 + r"\boxed{" * 300,
)


def hostile_log(folder: Path) -> Path:
    name = "<b onmouseover=alert(6)>m</b><a href=javascript:alert(7)>"
    lines = [
        {
            "task": "<script>window.hit=1</script>",
            "kind": "math",
            "problem_id": f"p{at}<img src=x onerror=alert(8)>",
            "model": model,
            "sample_index": index,
            "response": f"{text} The answer is {text if index else 7}.",
            "reference_answer": text if at % 2 else "7",
            "api_model": text[:60],
            "error": None,
        }
        for at, text in enumerate(ATTACKS)
        for model in (name, f"{name} twin", "x" * 400)
        for index in range(3)
    ]
    log = folder / "hostile.jsonl"
    log.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    asked = [
        {"task": lines[0]["task"], "kind": "math",
         "problem_id": f"p{at}<img src=x onerror=alert(8)>",
         "problem": text, "reference_answer": "7", "choices": [text]}
        for at, text in enumerate(ATTACKS)
    ]  # fmt: skip
    (folder / "hostile.problems.jsonl").write_text("".join(json.dumps(a) + "\n" for a in asked))
    return log


def test_hostile_texts_stay_text(look: Callable[..., Any], tmp_path: Path) -> None:
    log, path = hostile_log(tmp_path), tmp_path / "report.html"
    assert run(["rescore", str(log), "-o", str(tmp_path / "r.json"), "-q"]) in {0, 1}
    assert run(["report", str(tmp_path / "r.json"), "-o", str(path), "-q"]) == 0
    page = look(path)
    for number in range(page.locator(".chart").count()):
        page.locator(".chart").nth(number).scroll_into_view_if_needed()
        page.locator(".chart").nth(number).locator(".main-svg").first.wait_for()
    page.locator(".row").first.click()
    page.locator("dialog[open]").wait_for()
    for at in range(len(ATTACKS)):
        wait_for(
            page, f"document.getElementById('problem-title').textContent.startsWith('p{at}<img')"
        )
        page.locator(".open-all").click()
        for link in page.locator("dialog a, dialog b").all():
            link.click()
        if at + 1 < len(ATTACKS):
            page.click("#problem-next")
    assert page.evaluate("window.hit") is None
    assert page.locator("dialog :is(script, img, iframe, svg, a, b)").count() == 0
    assert page.locator(".chart :is(a, script, img)").count() == 0
    assert page.locator("main :is(script, img, iframe)").count() == 0


def test_an_inline_script_would_be_refused(browser: Any, page: Path, tmp_path: Path) -> None:
    """The policy is a second wall: even markup that got into the page would not run."""
    broken = tmp_path / "broken.html"
    text = page.read_text()
    evil = "<script>window.hit = 1</script><img src='https://example.com/i' onerror='window.hit=2'>"
    broken.write_text(text.replace("</main>", f"{evil}</main>"))
    context = browser.new_context()
    opened, refused = context.new_page(), []
    opened.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    opened.goto(broken.as_uri())
    opened.wait_for_selector("html[data-ready]")
    assert opened.evaluate("window.hit") is None
    assert refused == [("https://example.com/i", "csp")]
    context.close()

"""The page in a real browser: it opens, draws, filters, searches and is worked by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from browser_pages import wait_for
from slm_mux.cli import _exit_code as run

Look = Callable[..., Any]


def rows(page: Any) -> Any:
    return page.locator(".row")


def draw_all(page: Any) -> None:
    for number in range(page.locator(".chart").count()):
        chart = page.locator(".chart").nth(number)
        chart.scroll_into_view_if_needed()
        chart.locator(".main-svg").first.wait_for()


def test_every_chart_is_drawn(look: Look, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert run(["report", str(folder), "-o", str(path), "-q"]) == 0
    page = look(path)
    draw_all(page)
    assert page.locator(".chart.drawn .main-svg").count() >= 9
    assert page.locator('.chart[data-figure="cost"] .scatterlayer .point').count() == 6
    assert page.locator('.chart[data-figure="agreement"] .hm').count() == 1


def test_the_recorded_accuracy_stands_with_its_interval(
    look: Look, page: Path, results: Path
) -> None:
    accuracy = json.loads(results.read_text())["accuracy"]
    said = look(page).locator(".lede").inner_text()
    assert f"{100 * accuracy['value']:.1f} % [{100 * accuracy['low']:.1f}," in said
    assert f"of {accuracy['n']} problems" in said


def test_filters_keep_what_they_say(look: Look, page: Path, results: Path) -> None:
    entries = json.loads(results.read_text())["results"]
    opened = look(page)
    opened.select_option('select[name="outcome"]', "incorrect")
    wrong = [e for e in entries if e["is_correct"] is False]
    assert opened.locator(".status").inner_text() == f"{len(wrong)} of {len(entries)} problems"
    assert rows(opened).locator(".verdict").all_inner_texts() == ["✗ incorrect"] * len(wrong)
    opened.select_option('select[name="model"]', "wren-2b")
    of_wren = sum(e["selected_model"] == "wren-2b" for e in wrong)
    assert rows(opened).count() == of_wren
    opened.click('button[type="reset"]')
    wait_for(opened, "document.querySelector('.status').textContent.startsWith('60 of')")


def test_verdicts_of_one_model_are_filtered(look: Look, page: Path, results: Path) -> None:
    opened = look(page)
    summary = json.loads(results.read_text())["models"]
    wren = next(m for m in summary if m["name"] == "wren-2b")["self_consistency"]
    opened.select_option('select[name="of"]', label="wren-2b")
    opened.select_option('select[name="outcome"]', "correct")
    assert opened.locator(".status").inner_text() == f"{wren['correct']} of 60 problems"


def test_search_finds_responses_and_opens_the_sample(look: Look, page: Path, results: Path) -> None:
    entries = json.loads(results.read_text())["results"]
    word = "not certain how to finish"
    holding = [
        e["problem_id"]
        for e in entries
        if any(word in (c["raw_content"] or "") for m in e["models"] for c in m["calls"])
    ]
    opened = look(page)
    opened.fill('input[name="query"]', word.upper())
    wait_for(
        opened, f"document.querySelector('.status').textContent === '{len(holding)} of 60 problems'"
    )
    rows(opened).first.click()
    assert word in opened.locator(".sample[open] .text").all_inner_texts()[-1] or any(
        word in text for text in opened.locator(".sample[open] .text").all_inner_texts()
    )


def test_a_cause_shows_its_problems(look: Look, page: Path) -> None:
    opened = look(page)
    button = opened.locator('.show-cause[data-cause="outvoted"]')
    count = button.locator("xpath=ancestor::tr/td[2]").inner_text().split(" ")[0]
    button.click()
    assert opened.locator(".status").inner_text() == f"{count} of 60 problems"


def test_a_problem_opens_and_closes_by_keyboard(look: Look, page: Path) -> None:
    opened = look(page)
    rows(opened).first.focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    opened.locator("dialog[open]").wait_for()
    assert opened.locator("#problem-title").inner_text() == "drill-0001"
    opened.keyboard.press("ArrowRight")
    wait_for(opened, "document.getElementById('problem-title').textContent === 'drill-0002'")
    opened.keyboard.press("Escape")
    wait_for(opened, "!document.querySelector('dialog').open")
    # The browser puts the focus back first, and tells of the end after that.
    wait_for(opened, "document.activeElement.textContent.includes('drill-0002')")


def test_a_problem_shows_every_sample_its_span_votes_and_reason(look: Look, page: Path) -> None:
    opened = look(page)
    rows(opened).first.click()
    dialog = opened.locator("dialog[open]")
    dialog.locator(".sample").first.wait_for()
    assert dialog.locator(".sample").count() == 15
    dialog.locator(".open-all").click()
    dialog.locator(".sample .text").nth(14).wait_for()
    assert dialog.locator(".sample .text").count() == 15
    assert dialog.locator(".sample mark").count() >= 10
    assert dialog.locator(".votes progress").count() >= 3
    assert dialog.locator(".why p").nth(1).inner_text().endswith(".")


def test_mathematics_can_be_shown_as_its_source(look: Look, page: Path) -> None:
    opened = look(page)
    rows(opened).first.click()
    dialog = opened.locator("dialog[open]")
    dialog.locator("math").first.wait_for()
    dialog.locator("#render-math").uncheck()
    dialog.locator(".source").first.wait_for()
    assert dialog.locator("math").count() == 0
    assert "$" in dialog.locator(".source").first.inner_text()


def test_a_phone_scrolls_in_one_direction(look: Look, page: Path) -> None:
    opened = look(page, viewport={"width": 375, "height": 740}, is_mobile=True, has_touch=True)
    draw_all(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") == 375
    rows(opened).first.click()
    opened.locator("dialog[open]").wait_for()
    assert opened.evaluate("document.querySelector('.dialog-body').scrollWidth") <= 375


def test_dark_and_light_differ_and_charts_follow(look: Look, page: Path) -> None:
    opened = look(page, color_scheme="light")
    draw_all(opened)
    colour = "getComputedStyle(document.body).backgroundColor"
    text = "getComputedStyle(document.querySelector('.chart text')).fill"
    light = opened.evaluate(colour), opened.evaluate(text)
    opened.emulate_media(color_scheme="dark")
    wait_for(opened, f"{text} !== {json.dumps(light[1])}")
    assert opened.evaluate(colour) != light[0]


def test_every_table_of_shares_has_n(look: Look, page: Path) -> None:
    opened = look(page)
    heads = opened.locator("table").evaluate_all(
        "tables => tables.filter(t => t.innerText.includes('% ['))"
        ".map(t => [...t.querySelectorAll('th, small, td')]"
        ".some(c => /\\bn\\b|\\d of \\d/.test(c.textContent)))"
    )
    assert heads
    assert all(heads)

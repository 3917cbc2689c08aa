"""How long a report of 500 problems x 5 models x 9 samples takes to make, and to open in Chromium.

Prints the page's size, the seconds to make it, and the least and the median of several openings:
until the list can be used, until the first chart is drawn, until a problem has opened, and the
longest frame while the page is scrolled from end to end.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from playwright.sync_api import sync_playwright

from report_examples import write_log
from slm_mux.cli import _exit_code as run

OPENINGS = 7
WATCH = """
new MutationObserver(() => {
  if (document.documentElement?.hasAttribute("data-ready")) window.listed ??= performance.now();
  if (document.querySelector(".chart.drawn .main-svg")) window.charted ??= performance.now();
}).observe(document, {attributes: true, subtree: true, childList: true});
"""
SCROLL = """async () => {
  let longest = 0, last = performance.now();
  for (let y = 0; y < document.documentElement.scrollHeight; y += 120) {
    scrollTo({top: y, behavior: "instant"});
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}"""
OPEN = """async () => {
  const start = performance.now();
  document.querySelector(".row").click();
  while (!document.querySelector("dialog[open] .sample")) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def main() -> None:
    program = shutil.which("chromium")
    if program is None:
        sys.exit("no chromium on this machine")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = write_log(folder, problems=500, members=5, samples=9, padding=3)
        run(["rescore", str(log), "-o", str(folder / "r.json"), "-q"])
        page = folder / "report.html"
        start = time.perf_counter()
        run(["report", str(folder / "r.json"), "-o", str(page), "-q"])
        print(f"made in {time.perf_counter() - start:.2f} s, {page.stat().st_size / 1e6:.1f} MB")
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
            seen = [_opened(browser, page) for _ in range(OPENINGS)]
    for what, times in zip(
        ("list", "first chart", "a problem", "longest frame"), zip(*seen, strict=True), strict=True
    ):
        print(f"{what}: least {min(times):.0f} ms, median {median(times):.0f} ms")


def _opened(browser, page: Path) -> tuple[float, ...]:  # noqa: ANN001  Playwright's
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.add_init_script(WATCH)
    tab.goto(page.as_uri())
    tab.wait_for_selector(".chart.drawn .main-svg")
    times = tab.evaluate("[window.listed, window.charted]")
    tab.evaluate(SCROLL)  # draws every chart; the second pass is scrolling alone
    found = (
        *times,
        tab.evaluate(OPEN),
        tab.evaluate("document.querySelector('dialog').close()") or tab.evaluate(SCROLL),
    )
    tab.close()
    return found


if __name__ == "__main__":
    main()

"""What comes out on paper: nothing that is pressed, tables as tables, and every slip whole on its sheet."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.people import staff
from tests.browser.sites import DESK, PHONE

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]

PAGES = {
    "coordinator": ("/certificates/", "/cohorts/", "/cohorts/behind"),
    "provincial_officer": ("/province/", "/reports/completion?by=base&across=month", "/reports/certificates"),
}
# What may be pressed and is seen. A link within a sentence or a table is its own words on paper, so it may stay.
PRESSED = """() => [...document.querySelectorAll(
  "button, select, textarea, input:not([type=hidden]), .button, nav, .skip, main form[method=get], .todo"
)].filter((one) => one.checkVisibility()).map((one) => `${one.tagName} ${one.className} “${one.innerText}”`)"""
NO_TABLES = """() => [...document.querySelectorAll("table")].filter((one) => one.checkVisibility()).flatMap((one) =>
  [[one, "table"], [one.tHead, "table-header-group"], [one.tFoot, "table-row-group"], [one.rows[1], "table-row"],
   [one.rows[1]?.cells[0], "table-cell"]]
).filter(([one, wanted]) => one && getComputedStyle(one).display !== wanted)
 .map(([one, wanted]) => `${one.tagName} is ${getComputedStyle(one).display}, not ${wanted}`)"""


@pytest.mark.parametrize("role", PAGES)
def test_paper_shows_tables_and_nothing_to_press(visit: Visit, role: str) -> None:
    page = visit(staff(role, "SAMPLE-BASE-JN" if role == "coordinator" else None), size=PHONE)
    paths = list(PAGES[role])
    if role == "coordinator":
        page.goto("/cohorts/")
        cohort = str(page.locator("main table a[href^='/cohorts/']").first.get_attribute("href"))
        paths += [cohort, f"{cohort}/codes"]
    page.emulate_media(media="print")
    for path in paths:
        page.goto(path)
        assert page.locator("main h1").is_visible(), path
        assert page.locator("main table").first.is_visible(), path
        assert page.evaluate(PRESSED) == [], path
        assert page.evaluate(NO_TABLES) == [], path


def test_a_report_of_several_sheets_repeats_its_head_and_says_the_sum_once(visit: Visit) -> None:
    page = visit(staff("provincial_officer"), size=DESK, language="en")
    page.goto("/province/")
    head, total = (_run(page.locator(f"main {part} tr").inner_text()) for part in ("thead", "tfoot"))
    page.evaluate("""() => { const rows = [...document.querySelector("tbody").rows];
        for (let times = 0; times < 4; times++) for (const row of rows)
        rows[0].parentNode.append(row.cloneNode(true)); }""")
    sheets = [_run(one.extract_text()) for one in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]
    assert sum(head in one for one in sheets) >= 2, sheets
    assert "".join(sheets).count(total) == 1, sheets


def _run(text: str) -> str:
    """Without what parts words, and without ligatures: a page and its PDF differ in both."""
    return "".join(unicodedata.normalize("NFKC", text).split())

"""Without a pointer: signing in, answering and handing in need nothing but Tab, arrows, Space and Enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import papers
from tests.browser.people import PASSWORD, trainee
from tests.browser.sites import DESK

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
FOCUSED = "selector => document.activeElement?.matches(selector) ?? false"
MARKED = """() => {
  const on = document.activeElement;
  const styles = [on, on.closest("label")].filter(Boolean).map((one) => getComputedStyle(one));
  return styles.some((one) => (one.outlineStyle !== "none" && one.outlineWidth !== "0px") || one.boxShadow !== "none");
}"""


def test_a_trainee_signs_in_answers_and_reaches_the_handing_in_by_keyboard_alone(visit: Visit) -> None:
    page = visit(size=DESK)
    page.goto("/sign-in")
    _tab_to(page, "[name=login]")
    page.keyboard.type(trainee("quiz_failed")["mobile"])
    _tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/learning/")
    _follow(page, "a[href^='/quiz/']", "**/quiz/*")
    _follow(page, "main form[action$='/start'] button, main a.button[href*='/attempts/']", "**/quiz/attempts/*")
    _answer_one(page)
    _open_the_handing_in_and_leave_it(page)


def _tab_to(page: Page, selector: str) -> None:
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED, selector):
            assert page.evaluate(MARKED), f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"Tab never reaches {selector}")


def _follow(page: Page, selector: str, address: str) -> None:
    _tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def _answer_one(page: Page) -> None:
    question = papers.questions(page)[0]
    number = question.get_attribute("data-item")
    _tab_to(page, f"#item-{number} input[type=radio]")
    page.keyboard.press("Space")
    expect(question.locator("input:checked")).to_have_count(1)
    papers.expect_saved(question)
    first = question.locator("input:checked").get_attribute("value")
    page.keyboard.press("ArrowDown")
    expect(question.locator(f"input[value={first}]")).not_to_be_checked()
    expect(question.locator("input:checked")).to_have_count(1)
    papers.expect_saved(question)


def _open_the_handing_in_and_leave_it(page: Page) -> None:
    """Enter unfolds the confirmation and Space folds it; unfolded, its button is within reach of Tab."""
    _tab_to(page, "details.confirm > summary")
    for key, unfolded in (("Enter", 1), ("Space", 0), ("Enter", 1)):
        page.keyboard.press(key)
        expect(page.locator("details.confirm[open]")).to_have_count(unfolded)
    _tab_to(page, "form[data-finish] button")
    assert page.url.rpartition("/")[0].endswith("/quiz/attempts")

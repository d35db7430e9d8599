"""Without a pointer: the main job of every role needs nothing but letters, Tab, arrows, Space and Enter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import papers
from tests.browser.people import PASSWORD, staff, trainee
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
    tab_to(page, "[name=login]")
    page.keyboard.type(trainee("quiz_failed")["mobile"])
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/learning/")
    _follow(page, "main a[href^='/quiz/']", "**/quiz/*")
    _follow(page, "main form[action$='/start'] button, main a.button[href*='/attempts/']", "**/quiz/attempts/*")
    _answer_one(page)
    _open_the_handing_in_and_leave_it(page)


def test_a_coordinator_issues_a_certificate_by_keyboard_alone(visit: Visit) -> None:
    page = visit(staff("coordinator", "SAMPLE-BASE-JN"), size=DESK)
    page.goto("/cohorts/")
    _follow(page, "main tbody a[href^='/cohorts/']", re.compile(r"/cohorts/\d+$"))
    _follow(page, "main tbody a[href^='/certificates/enrolments/']", "**/issue")
    _follow(page, "main form[action$='/issue'] button", lambda url: not url.endswith("/issue"))
    expect(page.locator("main")).to_contain_text("AN-")


def test_an_instructor_writes_an_item_by_keyboard_alone(visit: Visit) -> None:
    page = visit(staff("instructor"), size=DESK)
    page.goto("/items/")
    _follow(page, "main a[href*='/items/new']", "**/items/new*")
    _follow(page, "main a[href*='type=A1']", "**/items/new?type=A1")
    _type(page, code="KEY-1", stem_zh="先做什么？", stem_en="What comes first?")
    for place, letter in enumerate("abcd"):
        _type(page, **{f"options-{place}-text_zh": f"选项{letter}", f"options-{place}-text_en": f"Option {letter}"})
        if letter == "b":
            tab_to(page, "[name=options-1-right]")
            page.keyboard.press("Space")
    _type(page, explanation_zh="先评估。", explanation_en="Assess first.")
    _follow(page, "button[name=do][value=save]", re.compile(r"/items/\d+$"))
    expect(page.locator("main fieldset legend")).to_contain_text("先做什么？")


def test_an_officer_goes_from_a_number_to_its_people_by_keyboard_alone(visit: Visit) -> None:
    page = visit(staff("provincial_officer"), size=DESK)
    _follow(page, "main tbody th a[href*='/reports/completion']", "**/reports/completion*")
    _follow(page, "main td a[href*='/people']", "**/people*")
    expect(page.locator("main tbody tr")).not_to_have_count(0)


def test_a_supervisor_signs_hours_by_keyboard_alone(visit: Visit) -> None:
    page = visit(staff("supervisor", "SAMPLE-BASE-JN"), size=DESK)
    page.goto("/supervision/")
    waiting = page.locator("main [name=line]")
    expect(waiting).not_to_have_count(0)
    before = waiting.count()
    tab_to(page, "main [name=line]")
    page.keyboard.press("Space")
    _follow(page, "main form[action$='/sign'] button", "**/sign?*")
    _follow(page, "main form[action$='/sign'] button", "**/supervision/")
    expect(waiting).to_have_count(before - 1)


def _type(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        tab_to(page, f"[name={name}]")
        page.keyboard.type(text)


def tab_to(page: Page, selector: str) -> None:
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED, selector):
            assert page.evaluate(MARKED), f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"Tab never reaches {selector}")


def _follow(page: Page, selector: str, address: str | re.Pattern[str] | Callable[[str], bool]) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def _answer_one(page: Page) -> None:
    question = papers.questions(page)[0]
    number = question.get_attribute("data-item")
    tab_to(page, f"#item-{number} input[type=radio]")
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
    tab_to(page, "details.confirm > summary")
    for key, unfolded in (("Enter", 1), ("Space", 0), ("Enter", 1)):
        page.keyboard.press(key)
        expect(page.locator("details.confirm[open]")).to_have_count(unfolded)
    tab_to(page, "button[data-finish]")
    assert page.url.rpartition("/")[0].endswith("/quiz/attempts")

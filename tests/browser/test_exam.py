"""An examination as a new user sits it: over a dead network and a killed browser, by keyboard, without script."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import papers
from tests.browser.people import staff
from tests.browser.sites import CHROMIUM, DESK, PHONE, Site, fits, sign_in
from tests.browser.test_keyboard import tab_to

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
RESITTING, SITTING = "13800000016", "13800000012"
TITLE = {"zh": "安宁疗护理论统考", "en": "Theory examination of palliative care"}
OFFLINE_SECONDS = float(os.environ.get("OFFLINE_SECONDS", "1"))  # `OFFLINE_SECONDS=300` is the whole five minutes
FLUSHED = 6000  # ms until Chromium has written its storage to the disk
# An answer that a device had kept since before the newest one was saved.
LATE = """(number) => {
  const form = document.querySelector("form[data-answers]"), item = form.querySelector(`[data-item='${number}']`);
  const name = `answers:${document.documentElement.dataset.person}:${form.dataset.answers}:${number}`;
  const option = item.querySelectorAll("fieldset input")[1];
  const entry = { fields: [[option.name, option.value]], after: "0", goes_on: false, answered: true, at: Date.now() };
  localStorage.setItem(name, JSON.stringify(entry));
}"""


def _enter(page: Page, language: str = "zh") -> None:
    """From the home to the paper, with what the session asks for."""
    page.goto("/learning/")
    page.locator("main a[href^='/quiz/']", has_text=TITLE[language]).first.click()
    page.wait_for_url("**/quiz/*")
    again = page.locator("main a.button[href*='/attempts/']")
    if again.count():
        again.click()
    else:
        page.locator("[name=code]").fill("sample")
        page.locator("[name=honour]").check()
        page.locator("main form[action$='/start'] button").click()
    page.wait_for_url("**/quiz/attempts/*")


def _shown(page: Page) -> list[Locator]:
    return page.locator("[data-item]:visible").all()


def _choose(question: Locator, place: int = 0) -> None:
    question.locator("label.option").nth(place).click()


def _own_chromium(chromium: Browser, folder: Path, address: str) -> BrowserContext:
    """A browser whose storage outlives it, as on a person's own telephone."""
    return chromium.browser_type.launch_persistent_context(
        folder,
        executable_path=shutil.which("chromium"),
        args=CHROMIUM,
        viewport=PHONE,
        locale="zh-CN",
        base_url=address,
    )


def _kill(folder: Path) -> None:
    """End the browser of that folder as a power cut does."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={folder}" in " ".join(process.info["cmdline"] or []):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def test_answers_of_a_dead_network_outlive_a_killed_browser_and_arrive(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    context = _own_chromium(chromium, tmp_path / "phone", site.address)
    page = context.new_page()
    sign_in(page, RESITTING)
    _enter(page)
    paper = page.url
    assert len(_shown(page)) == 4, "a page has four items"
    first, second, third, fourth = _shown(page)
    _choose(first)
    papers.expect_saved(first)
    context.set_offline(True)
    for number, question in enumerate((second, third, fourth)):
        _choose(question, number % 2)
        expect(papers.state_of(question)).to_contain_text("还没有保存")
    _choose(first, 1)
    page.locator("[data-on]").click()
    [fifth, *_rest] = _shown(page)
    _choose(fifth)
    page.wait_for_timeout(1000 * OFFLINE_SECONDS)
    for question in page.locator("[data-item]").all()[:5]:
        expect(question.locator("[data-status]")).not_to_contain_text("已保存")
    chosen = papers.chosen(page)
    assert len(chosen) == 5
    page.wait_for_timeout(FLUSHED)
    _kill(tmp_path / "phone")
    context = _own_chromium(chromium, tmp_path / "phone", site.address)
    page = context.new_page()
    sign_in(page, RESITTING)  # a killed browser forgets who was signed in, and nothing else
    page.goto(paper)
    assert papers.chosen(page) == chosen
    for question in page.locator("[data-item]").all()[:5]:
        expect(question.locator("[data-status]")).to_contain_text("已保存")
    page.reload()
    assert papers.chosen(page) == chosen, "the server has them"
    _two_windows(context, paper)
    context.close()


def _two_windows(context: BrowserContext, paper: str) -> None:
    """What a window sends late that had not seen the newest answer is asked about, and neither answer is lost."""
    one, other = context.new_page(), context.new_page()
    one.goto(paper)
    item = one.locator("[data-item]:has(label.option:nth-of-type(4))").first.get_attribute("data-item")
    other.goto(paper)
    for page in (one, other):
        page.locator(f"[data-map='{item}']").click()
    here, there = one.locator(f"#item-{item}"), other.locator(f"#item-{item}")
    _choose(there, 2)
    papers.expect_saved(there)
    _choose(here, 3)
    papers.expect_saved(here)
    newest = here.locator("fieldset input:checked").get_attribute("value")
    other.reload()
    expect(there.locator("fieldset input:checked")).to_have_value(newest or "")
    one.evaluate(LATE, item)
    one.reload()
    expect(papers.state_of(here)).to_contain_text("以哪个为准")
    here.get_by_role("button", name="以已保存的为准").click()
    expect(papers.state_of(here)).to_contain_text("已保存")
    expect(here.locator("fieldset input:checked")).to_have_value(newest or "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_examination_is_sat_by_keyboard_on_a_phone_in_both_languages(visit: Visit, language: str) -> None:
    page = visit(SITTING, language=language)
    page.goto("/learning/")
    quiz = page.locator("main a[href^='/quiz/']", has_text=TITLE[language]).first
    quiz.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/quiz/*")
    tab_to(page, "main a.button[href*='/attempts/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quiz/attempts/*")
    fits(page)
    number = _shown(page)[0].get_attribute("data-item")
    tab_to(page, f"#item-{number} input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    papers.expect_saved(page.locator(f"#item-{number}"))
    flag, flagged = page.locator(f"#item-{number} input[type=checkbox][name$='-flag']"), language == "zh"
    tab_to(page, f"#item-{number} input[type=checkbox][name$='-flag']")
    assert flag.is_checked() is not flagged, "what the first language marked, the second unmarks"
    page.keyboard.press("Space")
    expect(page.locator("[data-map][data-flagged]")).to_have_count(int(flagged))
    papers.expect_saved(page.locator(f"#item-{number}"))
    tab_to(page, "[data-on]")
    page.keyboard.press("Enter")
    expect(page.locator("#item-5")).to_be_visible()
    expect(page.locator("#item-1")).to_be_hidden()
    tab_to(page, "details.confirm > summary")
    page.keyboard.press("Enter")
    tab_to(page, "button[data-finish]")
    fits(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_examination_is_sat_without_script(visit: Visit, language: str) -> None:
    page = visit(SITTING, language=language, scripts=False)
    _enter(page, language)
    assert len(_shown(page)) == 16, "all items stand on one page"
    fits(page)
    for place in (6, 7):
        _choose(page.locator(f"#item-{place}"), place % 2)
    page.locator("#item-7 .question-foot > button").click()
    page.wait_for_url("**#item-7")
    for place in (6, 7):
        expect(page.locator(f"#item-{place} [data-status]")).to_have_attribute("data-state", "saved")


def test_an_invigilator_sees_who_sits_and_gives_time(visit: Visit) -> None:
    page = visit(staff("coordinator", "SAMPLE-BASE-YT"), size=DESK)
    page.goto("/exams/")
    page.locator("main tbody a", has_text="第二场").click()
    row = page.locator("main tbody tr", has=page.locator("a[href*='/people/']")).first
    expect(row).to_be_visible()
    before = page.locator("main tbody tr", has_text="作答中").first
    before.locator("a").click()
    page.locator("details.confirm > summary", has_text="延长").first.click()
    page.locator("#minutes-reason").fill("教学示例：网络中断")
    page.locator("form[action$='/extend'] button").click()
    expect(page.locator("main")).to_contain_text("可以继续作答")
    expect(page.locator("main")).to_contain_text("网络中断")

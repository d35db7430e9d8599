"""A trainee's journey from the last lesson to the result: on a phone with a network that fails, and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, ViewportSize, expect

from tests.browser import papers
from tests.browser.people import trainee
from tests.browser.sites import BOTH, fits

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
FIRST, OFFLINE = 0, 4


def test_a_trainee_on_a_phone_reads_the_last_lesson_sits_the_quiz_over_a_bad_network_and_passes(visit: Visit) -> None:
    login = trainee("last_lesson")["mobile"]
    page = visit(login, expects="net::ERR_INTERNET_DISCONNECTED")
    _read_the_last_lesson(page)
    papers.open_paper(page)
    questions = papers.questions(page)
    assert len(questions) == 10
    _answer_with_a_slow_server(page, questions[FIRST])
    for question in questions[FIRST + 1 : OFFLINE]:
        papers.choose_right(question)
    for question in questions[FIRST + 1 : OFFLINE]:
        papers.expect_saved(question)
    _answer_without_a_network(page, questions[OFFLINE])
    before = papers.chosen(page)
    page.context.close()
    page = visit(login)
    _resume_with(page, before)
    for question in papers.questions(page)[OFFLINE + 1 :]:
        papers.choose_right(question)
        papers.expect_saved(question)
    assert page.locator("[data-map]:not([data-answered])").count() == 0
    _hand_in_and_pass(page)
    _see_progress_at_home(page)


def _read_the_last_lesson(page: Page) -> None:
    next_step = page.locator("section.next-step")
    expect(next_step).to_be_visible()
    next_step.get_by_role("link").click()
    if "/courses/" in page.url:
        page.locator("section.next-step").get_by_role("link").click()
    page.wait_for_url("**/lessons/*")
    assert len(page.locator("article.prose").inner_text()) > 300
    page.locator("form[action$='/done'] button").click()
    page.wait_for_url(lambda url: not url.endswith("/done"))
    expect(page.locator("li.done, .result.passed").first).to_be_visible()


def _answer_with_a_slow_server(page: Page, question: Locator) -> None:
    """No receipt is shown before the server has given one."""
    held: list[Route] = []
    page.route("**/answers", lambda route: held.append(route))
    papers.choose_right(question)
    expect(papers.state_of(question)).to_have_attribute("data-state", "saving")
    page.wait_for_timeout(300)
    assert "已保存" not in papers.state_of(question).inner_text()
    assert len(held) == 1
    with page.expect_response("**/answers") as told:
        held[0].continue_()
    receipt = str(next(iter(told.value.json()["answers"].values()))["receipt"])
    page.unroute("**/answers")
    expect(papers.state_of(question)).to_contain_text("已保存")
    expect(papers.state_of(question)).to_contain_text(receipt)


def _answer_without_a_network(page: Page, question: Locator) -> None:
    """What could not be saved is said so, and saved by itself when the network is back."""
    page.context.set_offline(True)
    papers.choose_right(question)
    expect(papers.state_of(question)).to_have_attribute("data-state", "waiting")
    expect(papers.state_of(question)).to_contain_text("还没有保存")
    expect(papers.state_of(question)).not_to_contain_text("已保存")
    page.context.set_offline(False)
    papers.expect_saved(question)
    expect(papers.state_of(question)).to_contain_text("已保存")


def _resume_with(page: Page, before: list[str]) -> None:
    """Another browser, the same person: home leads back to the paper, and every answer stands there, saved."""
    page.locator("section.next-step").get_by_role("link").click()
    page.locator("main a.button[href*='/attempts/']").click()
    page.wait_for_url("**/quiz/attempts/*")
    assert papers.chosen(page) == before
    for question in papers.questions(page)[: OFFLINE + 1]:
        expect(papers.state_of(question)).to_contain_text("已保存")


def _hand_in_and_pass(page: Page) -> None:
    page.locator("details.confirm > summary").click()
    page.locator("button[data-finish]").click()
    page.wait_for_url("**/result")
    expect(page.locator("section.result.passed")).to_contain_text("100")
    expect(page.locator("section.question")).to_have_count(10)
    for reviewed in page.locator("section.question").all():
        expect(reviewed.locator("small[translate=no]").first).not_to_be_empty()


def _see_progress_at_home(page: Page) -> None:
    page.locator("main a.button[href='/learning/']").click()
    first = page.locator("main section").filter(has=page.locator("ol.path")).first
    done = first.locator("progress")
    assert done.get_attribute("value") == done.get_attribute("max")
    assert first.locator("ol.path li").count() == first.locator("ol.path li.done").count() == 6


def test_a_trainee_without_script_answers_by_each_items_button_hands_in_and_passes(visit: Visit) -> None:
    page = visit(trainee("course_done")["mobile"], scripts=False)
    expect(page.locator("section.next-step")).to_be_visible()
    papers.open_paper(page)
    count = len(papers.questions(page))
    for number in range(1, count + 1):
        question = page.locator(f"#item-{number}")
        papers.choose_right(question)
        question.get_by_role("button", name="保存答案").click()
        page.wait_for_url(f"**#item-{number}")
        papers.expect_saved(page.locator(f"#item-{number}"))
        expect(papers.state_of(page.locator(f"#item-{number}"))).to_contain_text("已保存")
    assert page.locator("[data-map][data-answered]").count() == count
    _hand_in_and_pass(page)
    _see_progress_at_home(page)


@BOTH
def test_a_trainee_without_script_reaches_practice_messages_own_data_and_the_certificate(
    visit: Visit, size: ViewportSize
) -> None:
    page = visit(trainee("certified", "李䶮")["mobile"], scripts=False, size=size)
    for address in ("/learning/", "/practice/", "/inbox/", "/account/data/"):
        page.goto(address)
        fits(page)
    page.goto("/learning/")
    page.locator("main a[href^='/certificates/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("AN-")
    fits(page)


@BOTH
def test_a_trainee_without_script_puts_their_photo_sees_how_it_is_cut_and_withdraws_it(
    visit: Visit, size: ViewportSize, tmp_path: Path
) -> None:
    photo = tmp_path / "照片.png"
    Image.new("RGB", (900, 700), "#7f9a98").save(photo)
    page = visit(trainee("not_started")["mobile"], scripts=False, size=size)
    page.get_by_role("link", name="我的证书照片").click()
    page.get_by_label("选择照片或现场拍照").set_input_files(photo)
    page.locator("form[enctype] button").click()
    expect(page.locator(".notice.good")).to_contain_text("照片已保存")
    assert page.locator("figure.portrait img").evaluate("one => [one.naturalWidth, one.naturalHeight]") == [295, 413]
    fits(page)
    page.locator("details.confirm > summary").click()
    page.locator("details.confirm button").click()
    expect(page.locator("figure.portrait")).to_have_count(0)
    fits(page)


@BOTH
def test_a_place_in_a_picture_is_chosen_by_arrows_by_thumb_and_without_script(visit: Visit, size: ViewportSize) -> None:
    login = trainee("quiz_passed")["mobile"]
    page = visit(login, size=size)
    _open_the_examination(page)
    question = page.locator("[data-item]:has(.hotspot)")
    question.locator("[data-region=b] .edge").click()
    papers.expect_saved(question)
    expect(question.locator("input:checked")).to_have_value("b")
    question.locator("input:checked").focus()
    page.keyboard.press("ArrowDown")
    expect(question.locator("input:checked")).to_have_value("c")
    expect(question.locator(".region.chosen")).to_have_attribute("data-region", "c")
    papers.expect_saved(question)
    fits(page)
    picture, drawn = (question.locator(f".hotspot > {name}").bounding_box() for name in ("img", "svg"))
    assert picture == drawn, "regions lie over the picture as it is shown"
    address = page.url
    page.context.close()
    plain = visit(login, size=size, scripts=False)
    plain.goto(address)
    question = plain.locator("[data-item]:has(.hotspot)")
    expect(question.locator(".region.chosen")).to_have_attribute("data-region", "c")
    question.locator("label.option").nth(4).click()
    question.locator(".question-foot > button").click()
    expect(question.locator(".region.chosen")).to_have_attribute("data-region", "e")


def _open_the_examination(page: Page) -> None:
    """The paper of the specialist examination, which has a hot-spot."""
    page.goto("/learning/")
    page.locator("main a[href^='/quiz/']", has_text="安宁疗护专科理论考试").first.click()
    page.locator("main form[action$='/start'] button, main a.button[href*='/attempts/']").first.click()
    page.wait_for_url("**/quiz/attempts/*")

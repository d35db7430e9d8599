"""An instructor's journey: a lesson and an item in a new version, nothing typed is lost, and what trainees chose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.people import staff
from tests.browser.sites import BOTH, DESK, ROOT, fits

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
CONFLICT = "409"
MINE, THEIRS = "My own paragraph, typed slowly.", "A colleague's paragraph, saved first."


def test_an_instructor_writes_the_next_version_of_a_lesson_and_loses_nothing_typed(visit: Visit) -> None:
    page = _instructor(visit, expects=CONFLICT)
    _open_a_lesson(page)
    _keep_what_is_typed_through_a_change_of_language(page)
    lesson, (other,) = page.url, [page.context.new_page()]
    _preview_lesson(page)
    other.goto(lesson)
    _type_into_the_lesson(other, THEIRS)
    other.locator("button[name=do][value=save]").click()
    other.wait_for_url("**/teaching/courses/*")
    page.locator("button[name=do][value=save]").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert MINE in page.locator("[name=body_en]").input_value()
    page.locator("button[name=do][value=save]").click()
    page.wait_for_url("**/teaching/courses/*")
    page.goto(f"{lesson}/versions")
    expect(page.locator("main tbody tr")).to_have_count(3)
    for line, text in ((0, MINE), (1, THEIRS)):
        page.goto(f"{lesson}/versions")
        page.locator("main tbody th a").nth(line).click()
        expect(page.locator("section[lang=en]")).to_contain_text(text)


def test_an_instructor_writes_the_next_version_of_an_item_after_a_preview(visit: Visit) -> None:
    page = _instructor(visit)
    page.goto("/items/?q=PC-003")
    page.get_by_role("link", name="PC-003").click()
    page.locator("main a[href$='/edit']").click()
    field = page.locator("[name=stem_en]")
    changed = f"{field.input_value()} (asked again)"
    field.fill(changed)
    _change_language(page)
    expect(page.locator("[name=stem_en]")).to_have_value(changed)
    _change_language(page)
    page.locator("button[name=do][value=preview]").click()
    expect(page.locator("#preview")).to_contain_text(changed)
    page.locator("button.primary[name=do][value=save]").click()
    page.wait_for_url(lambda url: not url.endswith("/edit"))
    expect(page.locator("main fieldset legend")).to_contain_text(changed)
    expect(page.locator("main tbody tr")).to_have_count(4)  # two versions, a submission and an approval
    page.locator("main tbody tr a[href$='version=1']").first.click()
    expect(page.locator("main fieldset legend")).not_to_contain_text("asked again")


def test_an_instructor_sees_what_was_chosen_in_the_quiz(visit: Visit) -> None:
    page = _instructor(visit)
    page.goto("/quizzes/")
    page.locator("main table a[href^='/quizzes/']").first.click()
    people = int(page.locator("dl.figures dd .figure").first.inner_text())
    assert people >= 7
    sections = page.locator("main section").filter(has=page.locator("h3 a[href^='/items/']"))
    chosen: Counter[str] = Counter()  # by item: a version that another journey made stands apart
    expect(sections.nth(9)).to_be_visible()
    for section in sections.all():
        expect(section.locator(".tag").first).to_contain_text("%")
        section.locator("summary").click()
        code = section.locator("h3 a").inner_text()
        chosen[code] += sum(int(cell.inner_text()) for cell in section.locator("td.num").all())
    assert len(chosen) == 10
    assert min(chosen.values()) >= people


@BOTH
def test_an_instructor_publishes_a_dialogue_from_a_file(visit: Visit, size: ViewportSize, tmp_path: Path) -> None:
    """First with a fault, told by line and column; then corrected."""
    sample = (ROOT / "courses/sample/dialogues/fear-of-addiction.yaml").read_text(encoding="utf-8")
    title = f"上传的情景 {size['width']}"
    wrong, right = tmp_path / "wrong.yaml", tmp_path / "right.yaml"
    renamed = re.sub(r"(?m)^  zh: .*$", f"  zh: {title}", sample, count=1)
    right.write_text(renamed, encoding="utf-8")
    wrong.write_text(re.sub(r"(?m)^start: .*$", "start: nowhere", renamed), encoding="utf-8")
    page = visit(staff("instructor"), size=size, expects="422")
    page.goto("/teaching/dialogues/new")
    page.locator("input[type=file]").set_input_files(wrong)
    page.locator("button[name=do][value=publish]").click()
    expect(page.locator("ol.faults li")).not_to_have_count(0)
    fits(page)
    page.locator("input[type=file]").set_input_files(right)
    page.locator("button[name=do][value=publish]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    fits(page)
    page.locator("main a[href$='/preview']").click()
    expect(page.locator("button.reply, form.replies button, main .reply").first).to_be_visible()
    fits(page)


def _instructor(visit: Visit, expects: str = "") -> Page:
    return visit(staff("instructor"), language="en", size=DESK, expects=expects)


def _open_a_lesson(page: Page) -> None:
    page.goto("/teaching/courses")
    page.locator("main table a[href^='/teaching/courses/']").first.click()
    page.locator("main table th a[href^='/teaching/lessons/']").first.click()
    page.wait_for_url("**/teaching/lessons/*")


def _type_into_the_lesson(page: Page, text: str) -> None:
    field = page.locator("[name=body_en]")
    field.fill(f"{field.input_value()}\n\n{text}\n")


def _keep_what_is_typed_through_a_change_of_language(page: Page) -> None:
    _type_into_the_lesson(page, MINE)
    for _there_and_back in range(2):
        _change_language(page)
        assert MINE in page.locator("[name=body_en]").input_value()
        expect(page.get_by_role("status").first).to_be_visible()


def _change_language(page: Page) -> None:
    before = page.locator("html").get_attribute("lang")
    page.locator("form.language button").click()
    expect(page.locator("html")).not_to_have_attribute("lang", str(before))


def _preview_lesson(page: Page) -> None:
    page.locator("button[name=do][value=preview]").click()
    expect(page.locator("section[lang=en] .prose")).to_contain_text(MINE)
    assert MINE in page.locator("[name=body_en]").input_value()


@BOTH
def test_an_instructor_writes_a_hot_spot_by_pressing_in_its_picture(visit: Visit, size: ViewportSize) -> None:
    drawing = ROOT / "question_bank/sample/pictures/lying-on-the-back.png"
    page = visit(staff("instructor"), size=size, language="en")
    page.goto("/items/new?type=hotspot")
    page.locator("[name=stem_en]").fill("Where?")
    page.locator("[name=sent]").set_input_files(drawing)
    page.locator("button[name=do][value=send]").click()
    expect(page.locator("img.thumb")).to_be_visible()
    expect(page.locator("[name=stem_en]")).to_have_value("Where?")
    page.reload()  # a form sent again keeps the picture that was sent
    expect(page.locator("[name=picture]")).to_have_value("lying-on-the-back.png")
    picture = page.locator("#preview .hotspot svg").first
    for place, (shape, points) in enumerate((("rect", ((40, 30), (10, 10))), ("circle", ((100, 40), (110, 40))))):
        page.locator(f"[name=regions-{place}-shape]").select_option(shape)
        page.locator(f"[name=regions-{place}-label_en]").fill(shape)
        page.locator(f"[name=regions-{place}-at]").focus()
        for x, y in points:
            picture.click(position={"x": x, "y": y})
    box = picture.bounding_box()
    assert box is not None
    corners = [round(1000 * one) for one in (10 / box["width"], 10 / box["height"], 40 / box["width"])]
    typed = [int(one) for one in page.locator("[name=regions-0-at]").input_value().split(",")]
    assert all(abs(one - other) <= 12 for one, other in zip(typed, corners, strict=False)), (typed, corners)
    assert len(page.locator("[name=regions-1-at]").input_value().split(",")) == 3
    expect(page.locator("#preview .region")).not_to_have_count(0)
    page.locator("[name=regions-1-right]").check()
    page.locator("[name=code]").fill(f"HOT-{size['width']}")
    fits(page)
    page.locator("button.primary[name=do][value=save]").click()
    page.wait_for_url(re.compile(r"/items/\d+$"))
    expect(page.locator(".hotspot img").first).to_have_js_property("complete", True)
    fits(page)

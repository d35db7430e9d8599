"""A base's first week: a coordinator who begins brings forty people to their certificates, and asks no administrator.

Everything is done on the pages; only what the thirty-seventh to the fortieth trainee does just as the third is done by
the services (`rest_of_the_class.py`), and three weeks pass by moving a date.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from courses.dialogues import scoring
from courses.dialogues.samples import _scene
from tests.browser import class_lists, papers
from tests.browser.people import PASSWORD, staff
from tests.browser.rest_of_the_class import Class
from tests.browser.sites import DESK, Site, agree, fits
from training.core import clock

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
SUPERVISOR = ("安素云", "13700000001")
PLAN, PROGRAMME, COHORT, CODE = "病区实践四小时", "青岛起步培训", "青岛第一期", "QD-1"
COURSE, QUIZ, DIALOGUE = "安宁疗护入门 ·", "安宁疗护入门测验", "儿子说：别告诉我妈"
HALVES = 8
ISSUED = 40
BEGINNERS = (0, 1, 2)


@dataclass
class Week:
    """The coordinator at the desk, and what she holds in her hands."""

    visit: Visit
    page: Page
    folder: Path
    cohort: str = ""

    def open_cohort(self) -> None:
        self.page.goto(self.cohort)


def test_a_new_base_brings_forty_people_to_their_certificates(visit: Visit, site: Site, tmp_path: Path) -> None:
    week = Week(visit, visit(staff("coordinator", "SAMPLE-BASE-QD"), size=DESK), tmp_path)
    supervisor = _get_a_supervisor(week)
    _write_a_rotation_plan(week)
    _write_a_programme(week)
    _open_a_cohort(week)
    _upload_a_roster_with_faults(week)
    _upload_it_corrected(week)
    _assign_everybody(week)
    codes = _print_slips(week)
    for number in BEGINNERS:
        _learn_on_a_phone_without_script(visit, class_lists.mobile(number), codes[class_lists.name(number)])
    _sign_on_a_phone(supervisor)
    rest = Class.of(site, CODE, halves=HALVES)
    rest.complete([class_lists.mobile(one) for one in BEGINNERS], ISSUED - len(BEGINNERS), SUPERVISOR[1])
    rest.let_three_weeks_pass()
    _help_who_falls_behind(week)
    _issue_the_certificates(week)
    _upload_the_same_again(week)


def _get_a_supervisor(week: Week) -> Page:
    """The coordinator appoints somebody who is new here and hands a code over; they sign in on a phone."""
    page = week.page
    page.goto("/cohorts/")
    page.locator("nav a[href='/supervisors/']").click()
    page.locator("main [name=name]").fill(SUPERVISOR[0])
    page.locator("main [name=mobile]").fill(SUPERVISOR[1])
    page.locator("main form[action='/supervisors/'] button").click()
    row = page.locator("main tbody tr").filter(has_text=SUPERVISOR[0])
    row.locator("form[action$='/code'] button").click()
    code = page.locator("main dl.facts dd").nth(1).inner_text()
    return _activate(week.visit(), SUPERVISOR[1], code, home="**/supervision/")


def _activate(page: Page, login: str, code: str, *, home: str) -> Page:
    """Set a password by the code, agree, and arrive at one's home."""
    page.goto("/activate")
    for name, text in (("login", login), ("code", code), ("password", PASSWORD)):
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/consent" in url)
    fits(page)
    agree(page)
    page.wait_for_url(home)
    return page


def _write_a_rotation_plan(week: Week) -> None:
    page = week.page
    page.goto("/practice-plans/rotation")
    hours = {"hours_all": 4, "hours_ward": 4, "hours_outpatient": 0, "hours_home": 0}
    for name, text in {"title_zh": PLAN, "title_en": "Four hours on the ward", **hours}.items():
        page.locator(f"main [name={name}]").fill(str(text))
    page.locator("main form[action='/practice-plans/rotation'] button").click()
    page.wait_for_url(lambda url: not url.endswith("/rotation"))


def _write_a_programme(week: Week) -> None:
    """A programme that asks for a course, a quiz, a dialogue and hours."""
    page = week.page
    page.goto("/programmes/new")
    titles = {"code": "QD-START", "title_zh": PROGRAMME, "title_en": "Qingdao's first programme", "valid_months": "24"}
    for name, text in titles.items():
        page.locator(f"main [name={name}]").fill(text)
    for number, text in enumerate((COURSE, QUIZ, DIALOGUE, PLAN), start=1):
        choice = page.locator(f"main [name=what-{number}]")
        option = choice.locator("option").filter(has_text=text).first
        choice.select_option(option.get_attribute("value"))
    page.locator("main form").get_by_role("button", name="保存").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    expect(page.locator("main li:not(.crumbs li)")).to_have_count(4)


def _open_a_cohort(week: Week) -> None:
    page, today = week.page, clock.today()
    page.goto("/cohorts/open")
    page.locator("[name=programme_id]").select_option(label=PROGRAMME)
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=60)).isoformat()}
    for name, text in {"code": CODE, "name": COHORT, **days}.items():
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main form[action='/cohorts/open'] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(COHORT)
    week.cohort = page.url


def _upload(week: Week, roster: Path) -> None:
    """From the cohort's page to what would be done with every row."""
    page = week.page
    week.open_cohort()
    page.locator("main a[href$='/roster/']").first.click()
    page.locator("input[type=file]").set_input_files(roster)
    page.locator("main form[enctype] button").click()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/check")


def _upload_a_roster_with_faults(week: Week) -> None:
    """Five faults are told by row and column, and nothing is written."""
    _upload(week, class_lists.write(week.folder / "名单.xlsx", class_lists.HEAD, class_lists.wrong_rows()))
    told = week.page.locator("main table.rows tbody tr")
    rows = {int("".join(filter(str.isdigit, one.locator("th").inner_text()))) for one in told.all()}
    assert rows >= set(class_lists.faults())
    for text in ("身份证号", "手机号", "职业", "姓名"):
        expect(told.filter(has_text=text).first).to_be_visible()


def _upload_it_corrected(week: Week) -> None:
    """The sheet that comes back is corrected where it says so, uploaded, and imported."""
    page = week.page
    with page.expect_download() as begun:
        page.locator("main a[href$='/faults.xlsx']").click()
    begun.value.save_as(week.folder / "returned.xlsx")
    head, rows = class_lists.read(week.folder / "returned.xlsx")
    assert set(class_lists.faults()) <= {number for number, row in enumerate(rows, start=2) if row[-1].strip()}
    for row, right in zip(rows, class_lists.right_rows(), strict=True):
        row[: len(right)] = right
    _upload(week, class_lists.write(week.folder / "corrected.xlsx", head, rows))
    expect(page.locator("main table.rows")).to_have_count(0)
    page.locator("main form.actions button").click()
    page.wait_for_url("**/done")
    expect(page.locator("main table").first).to_contain_text(str(class_lists.SIZE))


def _assign_everybody(week: Week) -> None:
    """All sixty are assigned to the ward in one go."""
    page, today = week.page, clock.today()
    week.open_cohort()
    page.locator("main a[href$='/practice']").click()
    page.locator("main a[href$='/assign']").click()
    page.locator("[name=everybody]").check()
    page.locator("[name=rotation_id]").select_option(label=PLAN)
    page.locator("[name=supervisor_id]").select_option(label=SUPERVISOR[0])
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=30)).isoformat()}
    for name, text in {"unit": "安宁疗护病区", **days}.items():
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main form[action$='/assign'] button").click()
    page.wait_for_url("**/practice")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(50)
    page.locator("nav.pager a[rel=next]").click()
    expect(rows).to_have_count(class_lists.SIZE - 50)


def _print_slips(week: Week) -> dict[str, str]:
    """The code on each person's slip, by name."""
    page = week.page
    week.open_cohort()
    page.locator("main a[href$='/codes']").click()
    page.locator("main form[action$='/codes'] button.primary").click()
    slips = page.locator(".slip")
    expect(slips).to_have_count(class_lists.SIZE)
    names, codes = page.locator(".slip-name").all_inner_texts(), page.locator(".slip-code").all_inner_texts()
    return dict(zip(names, codes, strict=True))


def _learn_on_a_phone_without_script(visit: Visit, mobile: str, code: str) -> None:
    page = _activate(visit(scripts=False), mobile, code, home="**/learning/")
    _read_the_course(page)
    _pass_the_quiz(page)
    _hold_the_dialogue(page)
    _enter_hours(page)
    page.context.close()


def _step(page: Page, title: str) -> None:
    """From one's home into a step of the programme."""
    page.goto("/learning/")
    fits(page)
    page.locator("ol.path a").filter(has_text=title).first.click()


def _read_the_course(page: Page) -> None:
    _step(page, COURSE.rstrip(" ·"))
    course = page.url
    for _lesson in range(3):
        page.goto(course)
        page.locator("section.next-step").get_by_role("link").click()
        page.wait_for_url("**/lessons/*")
        fits(page)
        page.locator("form[action$='/done'] button").click()
    page.goto(course)
    expect(page.locator(".result.passed")).to_be_visible()


def _pass_the_quiz(page: Page) -> None:
    papers.open_paper(page)
    count = len(papers.questions(page))
    for number in range(1, count + 1):
        papers.choose_right(page.locator(f"#item-{number}"))
        page.locator(f"#item-{number}").get_by_role("button").click()
    page.locator("details.confirm > summary").click()
    page.locator("button[data-finish]").click()
    expect(page.locator("section.result.passed")).to_be_visible()


def _hold_the_dialogue(page: Page) -> None:
    """Along the best path of the scene, by the buttons."""
    best = scoring.best_replies(_scene("hide-the-diagnosis"))
    _step(page, DIALOGUE)
    page.locator("main form[action$='/start'] button").click()
    while page.locator("form.replies").count():
        fits(page)
        turn = page.locator("input[name=turn]").input_value()
        page.locator(f"button[name=reply][value='{best[turn][0]}']").click()
        page.wait_for_load_state()
    page.wait_for_url("**/review")
    fits(page)


def _enter_hours(page: Page) -> None:
    _step(page, PLAN)
    page.locator("main a[href$='/hours']").click()
    page.locator("[name=halves]").select_option(str(HALVES))
    page.locator("[name=what]").fill("晨间护理")
    fits(page)
    page.locator("button[name=send]").click()
    page.wait_for_url("**/rotations/*")


def _sign_on_a_phone(page: Page) -> None:
    page.goto("/supervision/")
    fits(page)
    lines = page.locator("main [name=line]")
    expect(lines).to_have_count(len(BEGINNERS))
    for line in lines.all():
        line.check()
    page.locator("main form[action$='/sign'] button").click()
    fits(page)
    page.locator("main form[action$='/sign'] button").click()
    page.wait_for_url("**/supervision/")
    expect(page.locator("main [name=line]")).to_have_count(0)


def _help_who_falls_behind(week: Week) -> None:
    """Twenty have done nothing: five are written to and get more time."""
    page = week.page
    week.open_cohort()
    page.locator("ul.chips a[href*='show=behind']").click()
    expect(page.locator("main tbody tr")).to_have_count(class_lists.SIZE - ISSUED)
    _tick_five(page).get_by_role("button", name="写消息").first.click()
    page.locator("main [name=title]").fill("下周在病区见")
    page.locator("main [name=body]").fill("各位老师好，请在本周内读完第一课。有困难请直接回电。")
    page.locator("button[name=preview]").click()
    page.locator("button[name=send]").click()
    expect(page.locator("[role=status], .notice.good").first).to_contain_text("5")
    _tick_five(page).get_by_role("button", name="延长").click()
    page.locator("main [name=until]").fill((clock.today() + timedelta(days=90)).isoformat())
    page.locator("main [name=reason]").fill("外派支援，延长一个月。")
    page.locator("main form").get_by_role("button").last.click()
    expect(page.locator("[role=status], .notice.good").first).to_contain_text("5")


def _tick_five(page: Page) -> Locator:
    for place in range(5):
        page.locator("main tbody [name=enrolment]").nth(place).check()
    return page.locator("form#choose")


def _issue_the_certificates(week: Week) -> None:
    """Forty in one batch; the ZIP holds forty documents, the sheet forty rows."""
    page = week.page
    week.open_cohort()
    page.locator("main a[href$='/issue']").first.click()
    expect(page.locator("main form [name=enrolment]:checked")).to_have_count(ISSUED)
    page.locator("main form[action$='/review'] button").click()
    page.locator("main form[action$='/batches'] button").click()
    page.wait_for_url("**/batches/*")
    archive = page.locator("main a[href$='zip'], main a[href*='archive'], main a[href*='documents']")
    for _look in range(90):
        if archive.count() and page.locator("#progress[data-watch]").count() == 0:
            break
        page.wait_for_timeout(500)
        page.reload()
    documents = zipfile.ZipFile(io.BytesIO(_downloaded(page, archive)))
    pdfs = [one for one in documents.namelist() if one.endswith(".pdf")]
    assert len(pdfs) == ISSUED
    assert PROGRAMME in PdfReader(io.BytesIO(documents.read(pdfs[0]))).pages[0].extract_text()
    sheet = week.folder / "certificates.xlsx"
    sheet.write_bytes(
        _downloaded(page, page.locator("main a[href*='xlsx'], main a[href*='sheet'], main a[href*='list']"))
    )
    _head, rows = class_lists.read(sheet)
    assert len([row for row in rows if any("AN-" in cell for cell in row)]) == ISSUED


def _downloaded(page: Page, link: Locator) -> bytes:
    with page.expect_download() as begun:
        link.first.click()
    return begun.value.path().read_bytes()


def _upload_the_same_again(week: Week) -> None:
    """The corrected list once more changes nobody."""
    _upload(week, week.folder / "corrected.xlsx")
    expect(week.page.locator("main .notice.good")).to_be_visible()
    expect(week.page.locator("main form.actions")).to_have_count(0)

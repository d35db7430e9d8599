"""A coordinator's journey: issuing a certificate, its document, its verification by a stranger, revoking another."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.people import staff, trainee
from tests.browser.sites import DESK

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
REASON = "The name was misspelt; a corrected certificate follows."


def test_a_coordinator_issues_a_certificate_and_a_stranger_verifies_it(visit: Visit) -> None:
    person = trainee("quiz_passed", "阿依古丽·买买提")
    page = _coordinator(visit)
    page.goto("/")
    page.locator("main table a[href^='/cohorts/']").first.click()
    row = _row(page, person["name"])
    row.locator("a[href$='/issue']").click()
    expect(page.locator("main dl")).to_contain_text(person["name"])
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith("/issue"))
    number = _open_certificate(page, person["name"])
    text = _text_of(_document(page))
    assert person["name"] in text
    assert number in text
    stranger = visit(language="en", size=DESK)
    stranger.goto(f"/verify/{number}")
    expect(stranger.locator(".verdict.valid")).to_contain_text("valid")
    printed = stranger.locator("main").inner_text()
    assert number in printed
    assert person["name"] not in printed
    assert person["name"][0] in printed
    assert "*" in printed or "＊" in printed


def test_a_coordinator_revokes_a_certificate_and_a_stranger_reads_why(visit: Visit) -> None:
    person = trainee("certified", "陈𠮷")
    page = _coordinator(visit)
    number = _open_certificate(page, person["name"])
    page.locator("main a[href$='/revoke']").click()
    page.get_by_label("Reason").fill(REASON)
    page.locator("main form button.danger").click()
    page.wait_for_url(lambda url: not url.endswith("/revoke"))
    expect(page.locator("main > ol")).to_contain_text(REASON)
    expect(page.locator("main a[href$='/revoke']")).to_have_count(0)
    stranger = visit(language="en")
    stranger.goto(f"/verify/{number}")
    expect(stranger.locator(".verdict.revoked")).to_contain_text("revoked")
    expect(stranger.locator(".verdict.revoked")).to_contain_text(REASON)


def _coordinator(visit: Visit) -> Page:
    return visit(staff("coordinator", "SAMPLE-BASE-JN"), language="en", size=DESK)


def _row(page: Page, name: str) -> Locator:
    return page.locator("main tbody tr").filter(has=page.locator("th", has_text=name))


def _open_certificate(page: Page, name: str) -> str:
    """From the register to the person's certificate; its number."""
    page.goto("/certificates/")
    page.locator("main [name=q]").fill(name)
    page.locator("main form button").click()
    link = page.locator("main tbody tr").filter(has_text=name).locator("th a")
    expect(link).to_have_count(1)
    number = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    return number


def _document(page: Page) -> bytes:
    """The PDF, as soon as the worker has printed it and the page offers it for download."""
    here = page.url
    for _attempt in range(60):
        if page.locator("main a[href$='/document']:not(.plain)").count():
            break
        page.wait_for_timeout(500)
        page.goto(here)
    with page.expect_download() as begun:
        page.locator("main a[href$='/document']").click()
    assert begun.value.suggested_filename.endswith(".pdf")
    return begun.value.path().read_bytes()


def _text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    return pages[0].extract_text()

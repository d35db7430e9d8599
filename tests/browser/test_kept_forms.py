"""What is typed is put back after a dead network, however one comes back to the page; what was taken is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
PRACTISING = "13800000008"  # a trainee of the sample whose rotation began twelve days ago
WHAT = "Helped with the morning round and wrote the notes"


@pytest.mark.parametrize("back", ["by the button", "by the address"])
def test_hours_that_met_a_dead_network_are_put_back_and_sent_once(visit: Visit, back: str) -> None:
    page = visit(PRACTISING, language="en", expects="net::ERR_INTERNET_DISCONNECTED")
    address = _form_of_hours(page)
    day = _fill_in(page)
    page.context.set_offline(True)
    _keep_as_draft(page)
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    _come_back(page, back, address)
    expect(page.locator("[name=what]")).to_have_value(WHAT)
    expect(page.locator("[name=worked_on]")).to_have_value(day)
    expect(page.locator("p.kept")).to_be_visible()


def test_hours_that_were_taken_are_not_put_back(visit: Visit) -> None:
    page = visit(PRACTISING, language="en")
    address = _form_of_hours(page)
    _fill_in(page)
    _keep_as_draft(page)
    page.wait_for_url(lambda url: not url.endswith(address))
    page.goto(address)
    expect(page.locator("[name=what]")).to_have_value("")
    expect(page.locator("p.kept")).to_have_count(0)


def _form_of_hours(page: Page) -> str:
    page.goto("/practice/")
    link = page.locator("main a[href^='/practice/postings/'][href$='/hours']").first
    address = link.get_attribute("href") or ""
    link.click()
    expect(page.locator("[name=what]")).to_be_visible()
    return address


def _fill_in(page: Page) -> str:
    """What was done yesterday, a day that has no hours yet."""
    first = date.fromisoformat(page.locator("[name=worked_on]").get_attribute("min") or "")
    day = (first + timedelta(days=11)).isoformat()
    page.locator("[name=worked_on]").fill(day)
    page.locator("[name=what]").fill(WHAT)
    return day


def _keep_as_draft(page: Page) -> None:
    page.get_by_role("button", name="Keep as a draft").click()


def _come_back(page: Page, how: str, address: str) -> None:
    if how == "by the address":
        page.goto(address)
        return
    page.go_back()
    if not page.url.endswith(address):  # the browser's own page about the network took the form's place in the history
        page.locator(f"main a[href='{address}']").click()

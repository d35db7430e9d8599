"""An administrator's journey: a new person is given a role and signs in to the home of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.people import PASSWORD, staff
from tests.browser.sites import BOTH, DESK, PHONE, agree, fits

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
NEW = {"name": "丁一航", "mobile": "13911112222", "password": PASSWORD}


def test_an_administrator_adds_a_coordinator_who_then_signs_in_and_opens_the_base_today(visit: Visit) -> None:
    page = visit(staff("administrator"), size=DESK)
    page.locator("main a[href='/people/add']").click()
    for field, text in NEW.items():
        page.locator(f"main [name={field}]").fill(text)
    page.locator("main [name=profession]").select_option("manager")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith("/add"))
    expect(page.get_by_role("heading", level=1)).to_have_text(NEW["name"])
    _give_the_role(page, "coordinator", "济南")
    expect(page.locator("main table.rows tbody tr")).to_have_count(1)
    theirs = visit(NEW["mobile"], size=DESK)
    assert "/consent" in theirs.url
    agree(theirs)
    theirs.wait_for_url("**/cohorts/")
    expect(theirs.locator("main table a[href^='/cohorts/']")).to_have_count(2)


@BOTH
def test_an_administrator_reads_in_the_trail_who_gave_which_role(visit: Visit, size: ViewportSize) -> None:
    page = visit(staff("administrator"), size=size)
    page.goto("/audit/")
    fits(page)
    if size == PHONE:
        page.locator("main details.on-phones > summary").click()
    page.locator("main [name=verb]").select_option("grant.add")
    page.locator("main form button").first.click()
    page.wait_for_url("**verb=grant.add*")
    expect(page.locator("main tbody tr").first).to_be_visible()
    fits(page)


def _give_the_role(page: Page, role: str, place: str) -> None:
    page.locator("main [name=role]").select_option(role)
    options = page.locator("main [name=scope_id] option").all()
    base = next(one for one in options if place in one.inner_text() and "基地" in one.inner_text())
    page.locator("main [name=scope_id]").select_option(base.get_attribute("value"))
    page.locator("main form[action$='/grants'] button").click()
    page.wait_for_load_state()

"""Many items at once, in a browser: ticked, looked at, changed and put back, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.people import staff
from tests.browser.sites import BOTH, fits

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]


@BOTH
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_items_are_ticked_changed_and_put_back(visit: Visit, size: ViewportSize, scripts: bool) -> None:
    page = visit(staff("instructor"), language="en", size=size, scripts=scripts)
    page.goto("/items/?q=PC-")
    bar = page.locator(".bar")
    for place in (0, 1):
        page.locator("tbody input[type=checkbox]").nth(place).check()
    expect(bar).to_be_in_viewport()
    if scripts:
        expect(bar.get_by_role("button", name="The 2 ticked")).to_be_visible()
    page.locator("tbody tr").last.scroll_into_view_if_needed()
    expect(bar).to_be_in_viewport()
    bar.locator("select").select_option("difficulty")
    bar.locator("button[value=ticked]").click()
    page.locator("[name=value]").select_option("4")
    page.locator("main form button.primary").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    fits(page)
    page.get_by_role("button", name="Change 2 items").click()
    expect(page.locator("tbody .tag.good")).to_have_count(2)
    page.locator(".confirm summary").click()
    page.locator(".confirm button").click()
    expect(page.locator("#progress")).to_contain_text("Items put back: 2.")
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#q")).to_have_value("PC-")


def test_a_whole_page_is_ticked_by_a_link(visit: Visit) -> None:
    page = visit(staff("instructor"), language="en", scripts=False)
    page.goto("/items/")
    page.get_by_role("link", name="Tick all on this page").click()
    boxes = page.locator("tbody input[type=checkbox]")
    expect(boxes.first).to_be_checked()
    expect(boxes.last).to_be_checked()

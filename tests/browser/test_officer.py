"""A provincial officer's journey: the page by city says what the command says of the same data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.people import staff
from tests.browser.sites import BOTH, DESK, Site, fits

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]


def test_an_officer_sees_by_city_what_the_command_prints(visit: Visit, site: Site) -> None:
    page = visit(staff("provincial_officer"), language="en", size=DESK)
    assert page.url.endswith("/province/")
    printed = json.loads(site.anning("reports", "completion", "--by", "city", "--json"))
    rows = {row["name_en"]: _figures(row) for row in printed["rows"]}
    assert len(rows) == 16
    # 11 of the first programme and 5 who practise, and whoever another journey on this site has enrolled before
    assert sum(row["enrolled"] for row in printed["rows"]) == printed["total"]["enrolled"] >= 16
    shown = {line.locator("th").inner_text(): _cells(line) for line in page.locator("main tbody tr").all()}
    assert shown == rows
    assert _cells(page.locator("main tfoot tr")) == _figures(printed["total"])
    tiles = [tile.get_attribute("aria-label") or "" for tile in page.locator("main svg a.tile").all()]
    assert len(tiles) == 16
    for row in printed["rows"]:
        told = f"{row['completed']} of {row['enrolled']} people" if row["enrolled"] else "nobody enrolled"
        assert any(tile.startswith(row["name_en"]) and tile.endswith(told) for tile in tiles), row


@BOTH
def test_an_officer_goes_from_a_table_of_two_dimensions_to_the_people_and_takes_them_away(
    visit: Visit, size: ViewportSize
) -> None:
    page = visit(staff("provincial_officer"), size=size)
    page.goto("/reports/completion")
    page.locator("details.card > summary").click()
    page.locator("[name=by]").select_option("base")
    page.locator("[name=across]").select_option("profession")
    page.locator("details.card form button").click()
    fits(page)
    page.locator("main tbody th a").first.click()
    fits(page)
    page.goto("/reports/completion?by=base&across=profession")
    whole = page.locator("main tfoot td a").last
    count = int(whole.inner_text())
    whole.click()
    page.wait_for_url("**/people*")
    expect(page.locator("main")).to_contain_text(str(count))
    fits(page)
    page.go_back()
    with page.expect_download() as begun:
        page.locator("main button[name=format][value=xlsx]").first.click()
    assert begun.value.suggested_filename.endswith(".xlsx")


def _figures(row: dict[str, Any]) -> list[str]:
    """A row of the command as the table prints it."""
    share = row["completion_percent"]
    return [
        str(row["enrolled"]),
        str(row["completed"]),
        "–" if share is None else f"{float(share):g}%",
        str(row["certified"]),
    ]


def _cells(line: Locator) -> list[str]:
    return [cell.inner_text().replace(" ", "") for cell in line.locator("td").all()]

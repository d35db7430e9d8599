"""Every page of every role, seen for the first time: how much it weighs, and that it fits every width."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.sites import OVERFLOW, weigh
from tests.browser.walks import KINDS, Walk, kind_of

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
MOST_BYTES, MOST_REQUESTS = 100 * 1024, 9  # the paper's scripts, and the idle lock's
SCREENS = {16: (320, 390, 768, 1280), 32: (390, 1280)}  # widths by the size of the browser's own letters


def test_the_walk_finds_every_kind_of_page(walks: list[Walk]) -> None:
    assert sorted(KINDS - {kind_of(path) for walk in walks for path in walk.paths}) == []


def test_a_first_visit_of_any_page_weighs_little_and_asks_for_little(visit: Visit, walks: list[Walk]) -> None:
    weights = []
    for walk in walks:
        page = visit(state=walk.state)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        weights += [(*weigh(page, path), walk.who, path) for path in walk.paths]
        page.context.close()
    weights.sort(reverse=True)
    listed = "\n".join(f"{size:>8} bytes, {times} requests: {path} ({who})" for size, times, who, path in weights)
    heavy = [one for one in weights if one[0] > MOST_BYTES or one[1] > MOST_REQUESTS]
    assert not heavy, f"{len(heavy)} pages are too heavy; all, the heaviest first:\n{listed}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_is_wider_than_any_screen_and_none_with_its_text_doubled(
    visit: Visit, walks: list[Walk], language: str
) -> None:
    faults = []
    for walk in walks:
        page = visit(state=walk.state, language=language)
        session = page.context.new_cdp_session(page)
        for path in walk.paths:
            page.goto(path)
            faults += [f"{path} ({walk.who}) {said}" for said in _overflows(page, session)]
        page.context.close()
    assert not faults, "\n".join(faults)


def _overflows(page: Page, session: CDPSession) -> Iterator[str]:
    for letters, widths in SCREENS.items():
        session.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            said = page.evaluate(OVERFLOW)
            if said:
                yield f"at {width} px with letters of {letters} px is {said}"

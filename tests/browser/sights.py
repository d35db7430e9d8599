"""What one visit to a page tells: its weight, what axe-core says in light and dark, and whether it fits every width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page

from tests.browser.sites import DESK, OVERFLOW, ROOT, weigh
from tests.browser.walks import Walk

AXE = ROOT / "node_modules/axe-core/axe.min.js"
LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRASTS = {"type": "rule", "values": ["color-contrast"]}
EXAMINE = """async (only) => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"], preload: false, iframes: false});
  const why = (one) => [...one.any, ...one.all, ...one.none].map((check) => check.message).join("; ");
  const told = (rule) => rule.nodes.slice(0, 3).map((one) => `${one.target.join(" ")} (${why(one)})`).join(", ");
  return found.violations.map((rule) => `${rule.id}: ${told(rule)}`);
}"""
SCREENS = {16: (320, 390, 768, 1280), 32: (390, 1280)}  # widths by the size of the browser's own letters


@dataclass(frozen=True)
class Sight:
    """A page as somebody saw it for the first time: bytes and requests, and its faults in words."""

    who: str
    path: str
    size: int
    requests: int
    broken: tuple[str, ...]
    wide: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path} ({self.who})"


def every_sight(visit: Callable[..., Page], walks: list[Walk], language: str) -> list[Sight]:
    """Each page of each walk, loaded once by a browser that keeps nothing."""
    found = []
    for walk in walks:
        page = visit(state=walk.state, language=language, size=DESK)
        page.context.add_init_script(path=AXE)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        for path in walk.paths:
            _as_at_first(page, session)
            size, requests = weigh(page, path)
            found.append(
                Sight(walk.who, path, size, requests, tuple(_violations(page)), tuple(_overflows(page, session)))
            )
        page.context.close()
    return found


def _as_at_first(page: Page, session: CDPSession) -> None:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})


def _violations(page: Page) -> Iterator[str]:
    """What axe-core says of the page as it came, and of its contrasts in the dark."""
    yield from page.evaluate(EXAMINE, LEVELS)
    page.emulate_media(color_scheme="dark")
    yield from (f"in the dark, {said}" for said in page.evaluate(EXAMINE, CONTRASTS))


def _overflows(page: Page, session: CDPSession) -> Iterator[str]:
    for letters, widths in SCREENS.items():
        session.send("Page.setFontSizes", {"fontSizes": {"standard": letters}})
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            said = page.evaluate(OVERFLOW)
            if said:
                yield f"at {width} px with letters of {letters} px is {said}"

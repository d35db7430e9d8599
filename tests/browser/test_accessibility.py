"""Every page of every role before axe-core: WCAG 2.2 AA without a violation, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.sites import DESK, ROOT
from tests.browser.walks import Walk

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
LEVELS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRASTS = {"type": "rule", "values": ["color-contrast"]}
EXAMINE = """async (only) => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"], preload: false, iframes: false});
  const why = (one) => [...one.any, ...one.all, ...one.none].map((check) => check.message).join("; ");
  const told = (rule) => rule.nodes.slice(0, 3).map((one) => `${one.target.join(" ")} (${why(one)})`).join(", ");
  return found.violations.map((rule) => `${rule.id}: ${told(rule)}`);
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_breaks_a_rule_in_light_or_dark(visit: Visit, walks: list[Walk], language: str) -> None:
    faults = []
    for walk in walks:
        page = visit(state=walk.state, language=language, size=DESK)
        page.context.add_init_script(path=AXE)
        for path in walk.paths:
            page.emulate_media(color_scheme="light")
            page.goto(path)
            faults += [f"{path} ({walk.who}): {said}" for said in _violations(page)]
        page.context.close()
    assert not faults, "\n".join(faults)


def _violations(page: Page) -> Iterator[str]:
    """What axe-core says of the page as it came, and of its contrasts in the dark."""
    yield from page.evaluate(EXAMINE, LEVELS)
    page.emulate_media(color_scheme="dark")
    yield from (f"in the dark, {said}" for said in page.evaluate(EXAMINE, CONTRASTS))

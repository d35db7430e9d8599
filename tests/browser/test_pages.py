"""Every page of every role, seen for the first time: it breaks no rule, weighs little, and fits every width."""

from __future__ import annotations

import pytest

from tests.browser.sights import Sight
from tests.browser.walks import KINDS, Walk, kind_of

pytestmark = pytest.mark.xdist_group("browser")
MOST_BYTES, MOST_REQUESTS = 100 * 1024, 9  # the paper's scripts, and the idle lock's


def test_the_walk_finds_every_kind_of_page(walks: list[Walk]) -> None:
    assert sorted(KINDS - {kind_of(path) for walk in walks for path in walk.paths}) == []


def test_no_page_breaks_a_rule_of_accessibility_in_light_or_dark(sights: list[Sight]) -> None:
    """WCAG 2.2 AA and the best practices, by axe-core."""
    faults = [f"{sight}: {said}" for sight in sights for said in sight.broken]
    assert not faults, "\n".join(faults)


def test_no_page_is_wider_than_any_screen_and_none_with_its_text_doubled(sights: list[Sight]) -> None:
    faults = [f"{sight} {said}" for sight in sights for said in sight.wide]
    assert not faults, "\n".join(faults)


def test_a_first_visit_of_any_page_weighs_little_and_asks_for_little(sights: list[Sight]) -> None:
    heavy = [one for one in sights if one.size > MOST_BYTES or one.requests > MOST_REQUESTS]
    listed = sorted(sights, key=lambda one: one.size, reverse=True)
    told = "\n".join(f"{one.size:>8} bytes, {one.requests} requests: {one}" for one in listed)
    assert not heavy, f"{len(heavy)} pages are too heavy; all, the heaviest first:\n{told}"

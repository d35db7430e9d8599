"""Every page of every role, seen for the first time: how much it weighs, and that it fits every width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, Request

from tests.browser import papers
from tests.browser.people import staff, trainee
from tests.browser.sites import DESK, OVERFLOW, Site, sign_in

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
MOST_BYTES, MOST_REQUESTS = 100 * 1024, 9  # the paper's scripts, and the idle lock's
UNSTEADY = {"/certificates/#/document"}  # a page only until the worker has printed it
WIDTHS = (320, 390, 768, 1280)
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"?#]*)')
NUMBER = re.compile(r"(?<=/)(\d+|AN-[A-Z0-9-]+)(?=/|$)")
PUBLIC = ["/sign-in", "/welcome", "/verify/"]
ALIKE = ("/verify/", "/guide/")
# A page of each kind that must be among those found, or the walk itself is broken.
KINDS = {
    *("/learning/", "/courses/#", "/lessons/#", "/quiz/#", "/quiz/attempts/#", "/quiz/attempts/#/result"),
    *("/certificates/", "/certificates/#", "/certificates/#/revoke", "/verify/#", "/cohorts/", "/cohorts/#"),
    *("/cohorts/#/enrol", "/cohorts/open", "/certificates/enrolments/#/issue", "/province/", "/people/"),
    *("/people/#", "/people/add", "/items/", "/items/#", "/items/#/edit", "/items/new", "/quizzes/", "/quizzes/#"),
    *("/quizzes/#/edit", "/quizzes/new", "/teaching/courses", "/teaching/courses/#", "/teaching/lessons/#"),
    *("/teaching/lessons/#/versions", "/teaching/lessons/#/versions/#", "/teaching/courses/#/lessons/new"),
}


@dataclass(frozen=True)
class Walk:
    """Somebody's cookies, and the pages that their home leads to, one of each kind."""

    who: str
    state: Any
    paths: list[str]


@pytest.fixture(scope="module")
def walks(site: Site, chromium: Browser) -> list[Walk]:
    """The pages of everybody, found by following links from their homes; the public ones come first."""
    found = [Walk("nobody", None, list(PUBLIC))]
    for role in ("instructor", "coordinator", "provincial_officer", "administrator"):
        found.append(_walk(site, chromium, role, staff(role)))
    for stage in ("quiz_failed", "one_lesson", "certified"):
        found.append(_walk(site, chromium, f"trainee, {stage}", trainee(stage)["mobile"]))
    for walk in found[1:]:  # what is public looks the same to everybody
        found[0].paths.extend(one for one in walk.paths if one.startswith(ALIKE) and one not in found[0].paths)
        walk.paths[:] = [one for one in walk.paths if not one.startswith(ALIKE)]
    return found


def _walk(site: Site, chromium: Browser, who: str, login: str) -> Walk:
    context = chromium.new_context(base_url=site.address, viewport=DESK, locale="zh-CN")
    page = context.new_page()
    sign_in(page, login)
    starts = [page.url.removeprefix(site.address)]
    if who == "trainee, quiz_failed":
        papers.open_paper(page)
        starts.append(page.url.removeprefix(site.address))
    paths = list(_reached(context.request, starts))
    state = context.storage_state()
    context.close()
    return Walk(who, state, paths)


def _reached(request: APIRequestContext, starts: list[str]) -> Iterator[str]:
    """Pages by following links; of paths that differ in numbers only, the first (two certificates: one is revoked)."""
    waiting, seen = list(starts), Counter(["/", *map(_kind, starts)])
    while waiting:
        path = waiting.pop(0)
        answer = request.get(path)
        assert answer.ok, f"{path} answers {answer.status}"
        if "text/html" not in answer.headers["content-type"]:
            continue
        yield path
        for link in LINK.findall(answer.text()):
            kind = _kind(link)
            if link in waiting or seen[kind] > (kind == "/certificates/#") or kind in UNSTEADY:
                continue
            seen[kind] += 1
            waiting.append(link)


def _kind(path: str) -> str:
    return NUMBER.sub("#", path)


def test_the_walk_finds_every_kind_of_page(walks: list[Walk]) -> None:
    assert sorted(KINDS - {_kind(path) for walk in walks for path in walk.paths}) == []


def test_a_first_visit_of_any_page_weighs_little_and_asks_for_little(visit: Visit, walks: list[Walk]) -> None:
    weights = []
    for walk in walks:
        page = visit(state=walk.state)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        weights += [(*_weigh(page, path), walk.who, path) for path in walk.paths]
        page.context.close()
    weights.sort(reverse=True)
    listed = "\n".join(f"{size:>8} bytes, {times} requests: {path} ({who})" for size, times, who, path in weights)
    heavy = [one for one in weights if one[0] > MOST_BYTES or one[1] > MOST_REQUESTS]
    assert not heavy, f"{len(heavy)} pages are too heavy; all, the heaviest first:\n{listed}"


def _weigh(page: Page, path: str) -> tuple[int, int]:
    """The bytes of all bodies as they come over the wire when the browser has kept nothing; and how many come."""
    asked: list[Request] = []
    page.on("requestfinished", asked_one := lambda request: asked.append(request))
    page.goto(path, wait_until="load")
    page.remove_listener("requestfinished", asked_one)
    sizes = [request.sizes()["responseBodySize"] for request in asked if request.url.startswith("http")]
    assert len(sizes) >= 4, f"{path} came without its style, script or picture: {sizes}"
    return sum(sizes), len(sizes)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_is_wider_than_any_screen(visit: Visit, walks: list[Walk], language: str) -> None:
    faults = []
    for walk in walks:
        page = visit(state=walk.state, language=language)
        for path in walk.paths:
            page.goto(path)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                said = page.evaluate(OVERFLOW)
                if said:
                    faults.append(f"{path} ({walk.who}) at {width} px is {said}")
        page.context.close()
    assert not faults, "\n".join(faults)

"""Every page of every role, found by following links from their homes, one of each kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIRequestContext, Browser

from tests.browser import papers
from tests.browser.people import staff, trainee
from tests.browser.sites import DESK, Site, sign_in

UNSTEADY = {"/certificates/#/document"}  # a page only until the worker has printed it
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"?#]*)')
NUMBER = re.compile(r"(?<=/)(\d+|AN-[A-Z0-9-]+)(?=/|$)")
PUBLIC = ["/sign-in", "/welcome", "/verify/"]
ALIKE = ("/verify/", "/guide/")  # the same for everybody
OF_ALL_ROLES = ("/account/", "/inbox/", "/privacy")  # the same for everybody who has signed in
# A page of each kind that must be among those found, or the walk itself is broken.
KINDS = {
    *("/learning/", "/courses/#", "/lessons/#", "/quiz/#", "/quiz/attempts/#", "/quiz/attempts/#/result"),
    *("/certificates/", "/certificates/#", "/certificates/#/revoke", "/verify/#", "/cohorts/", "/cohorts/#"),
    *("/cohorts/#/enrol", "/cohorts/open", "/certificates/enrolments/#/issue", "/province/", "/people/"),
    *("/people/#", "/people/add", "/items/", "/items/#", "/items/#/edit", "/items/new", "/quizzes/", "/quizzes/#"),
    *("/quizzes/#/edit", "/quizzes/new", "/teaching/courses", "/teaching/courses/#", "/teaching/lessons/#"),
    *("/teaching/lessons/#/versions", "/teaching/lessons/#/versions/#", "/teaching/courses/#/lessons/new"),
    *("/dialogues/attempts/#", "/supervision/", "/marking/", "/marking/answers/#/#", "/marking/agreement"),
}
BEHIND_BUTTONS = {
    "trainee, quiz_failed": (papers.open_paper, papers.open_dialogue),
    "instructor": (papers.open_answer,),
}


@dataclass(frozen=True)
class Walk:
    """Somebody's cookies, and the pages that their home leads to, one of each kind."""

    who: str
    state: Any
    paths: list[str]


def every_walk(site: Site, chromium: Browser) -> list[Walk]:
    """The pages of everybody, found by following links from their homes; what is the same for many, only once."""
    found = [Walk("nobody", None, list(PUBLIC))]
    for role in ("instructor", "coordinator", "supervisor", "provincial_officer", "administrator"):
        found.append(_walk(site, chromium, role, staff(role)))
    for stage in ("quiz_failed", "one_lesson", "certified"):
        found.append(_walk(site, chromium, f"trainee, {stage}", trainee(stage)["mobile"]))
    seen: set[str] = set()
    for walk in found[1:]:
        walk.paths[:] = [one for one in walk.paths if not (one.startswith(OF_ALL_ROLES) and kind_of(one) in seen)]
        seen.update(map(kind_of, walk.paths))
        found[0].paths.extend(one for one in walk.paths if one.startswith(ALIKE) and one not in found[0].paths)
        walk.paths[:] = [one for one in walk.paths if not one.startswith(ALIKE)]
    return found


def _walk(site: Site, chromium: Browser, who: str, login: str) -> Walk:
    context = chromium.new_context(base_url=site.address, viewport=DESK, locale="zh-CN")
    page = context.new_page()
    sign_in(page, login)
    starts = [page.url.removeprefix(site.address)]
    for begin in BEHIND_BUTTONS.get(who, ()):
        begin(page)
        starts.append(page.url.removeprefix(site.address).partition("#")[0])
    paths = list(_reached(context.request, starts))
    state = context.storage_state()
    context.close()
    return Walk(who, state, paths)


def _reached(request: APIRequestContext, starts: list[str]) -> Iterator[str]:
    """Pages by following links; of paths that differ in numbers only, the first (two certificates: one is revoked)."""
    waiting, seen = list(starts), Counter(["/", *map(kind_of, starts)])
    while waiting:
        path = waiting.pop(0)
        answer = request.get(path)
        assert answer.ok, f"{path} answers {answer.status}"
        if "text/html" not in answer.headers["content-type"]:
            continue
        yield path
        for link in LINK.findall(answer.text()):
            kind = kind_of(link)
            if link in waiting or seen[kind] > (kind == "/certificates/#") or kind in UNSTEADY:
                continue
            seen[kind] += 1
            waiting.append(link)


def kind_of(path: str) -> str:
    """A path with its numbers taken out."""
    return NUMBER.sub("#", path)

"""A real server with the sample in it, and a real Chromium that tells of every fault it meets."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser.sights import Sight, every_sight
from tests.browser.sites import CHROMIUM, PHONE, Site, running, sign_in
from tests.browser.walks import Walk, every_walk


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of its own, started by the command people use, worker included."""
    with running(tmp_path_factory.mktemp("site"), "--small") as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; skips without one, fails under CI."""
    program = shutil.which("chromium")
    if program is None:
        reason = "Chromium is not installed: the journeys in a browser did not run"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def walks(site: Site, chromium: Browser) -> list[Walk]:
    """The pages of everybody, as they stand when the first test of a module asks."""
    return every_walk(site, chromium)


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """What `visiting` gives."""
    with visiting(site, chromium) as open_page:
        yield open_page


@pytest.fixture(scope="module", params=["zh", "en"])
def sights(request: pytest.FixtureRequest, site: Site, chromium: Browser, walks: list[Walk]) -> list[Sight]:
    """Every page of everybody in one language, looked at once from all sides."""
    with visiting(site, chromium) as open_page:
        return every_sight(open_page, walks, request.param)


@contextmanager
def visiting(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A new browser with one page: `visit(login)`, on a phone or `size=DESK`, `language="en"`, `scripts=False`.

    At the end no page may have written to the console, asked another host, or met an error of its own; `expects` names
    what a browser says of a fault that the test brings about itself, `state` somebody's cookies from before.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        login: str | None = None,
        *,
        language: str = "zh",
        size: ViewportSize = PHONE,
        scripts: bool = True,
        expects: str = "",
        state: Any = None,
    ) -> Page:
        context = chromium.new_context(
            base_url=site.address, viewport=size, java_script_enabled=scripts, locale="zh-CN", storage_state=state
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "lang", "value": language, "url": site.address}])
        context.on("page", lambda page: _watch(page, site.address, expects, faults))
        page = context.new_page()
        if login is not None:
            sign_in(page, login)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _watch(page: Page, address: str, expects: str, faults: list[str]) -> None:
    def heard(text: str) -> None:
        if not (expects and expects in text):
            faults.append(f"console: {text}")

    def asked(url: str) -> None:
        if not url.startswith((f"{address}/", "data:")):
            faults.append(f"another host: {url}")

    page.on("console", lambda message: heard(message.text))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("request", lambda request: asked(request.url))

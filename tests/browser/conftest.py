"""A real server with the sample in it, and a real Chromium that tells of every fault it meets."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "anning-2026"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own, started by the command people use, worker included."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "ANNING_DATA_DIR": str(tmp_path_factory.mktemp("site")),
        "ANNING_SAMPLE_MODE": "1",
        "ANNING_LOG_LEVEL": "WARNING",
        "ANNING_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }
    environ.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", "from wsgi import main; main()", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(300):
        assert server.poll() is None, "the server ended"
        try:
            with urlopen(address) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


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
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(site: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A new browser with one page: `visit(login)`, on a phone or `size=DESK`, `language="en"`, `scripts=False`.

    At the end no page may have written to the console, asked another host, or met an error of its own.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        login: str | None = None, *, language: str = "zh", size: ViewportSize = PHONE, scripts: bool = True
    ) -> Page:
        context = chromium.new_context(base_url=site, viewport=size, java_script_enabled=scripts, locale="zh-CN")
        context.add_cookies([{"name": "lang", "value": language, "url": site}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "request", lambda request: None if request.url.startswith((site, "data:")) else faults.append(request.url)
        )
        if login is not None:
            page.goto("/sign-in")
            page.locator("[name=login]").fill(login)
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("main form button[type=submit]").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []

"""A running server and the sizes of the screens it is seen on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.browser.people import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "build/test-fonts"  # cutting the typefaces takes seconds: every run of the tests shares them
PROGRAM = [sys.executable, "-c", "from wsgi import main; main()"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Site:
    """Its address, and the environment that leads commands to the same data."""

    address: str
    environ: dict[str, str]

    def anning(self, *words: str) -> str:
        """What the command `anning …` prints."""
        return subprocess.run(
            [*PROGRAM, *words], cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True, timeout=60
        ).stdout


def sign_in(page: Page, login: str) -> None:
    """Sign in by the form and wait for the home page."""
    page.goto("/sign-in")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

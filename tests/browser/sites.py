"""A running server and the sizes of the screens it is seen on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.people import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "build/test-fonts"  # cutting the typefaces takes seconds: every run of the tests shares them
PROGRAM = [sys.executable, "-c", "from wsgi import main; main()"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
BOTH = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


# What is wider than the screen, in words, or nothing; what scrolls by itself is left out.
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const inside = (one) => one.closest(".menu ul, .scroll, .prose table, .visually-hidden");
  const right = (one) => one.getBoundingClientRect().right;
  const over = [...document.querySelectorAll("body *")].filter((one) => right(one) > innerWidth + 1 && !inside(one));
  over.reverse();
  const named = over.slice(0, 3).map((one) => `${one.tagName}.${one.className} “${one.innerText.slice(0, 30)}”`);
  return `${wide} px too wide: ${named.join(", ")}`;
}"""


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


def agree(page: Page) -> None:
    """Agree to how one's data is treated, as everybody does at the first sign-in."""
    page.locator("main [name=agree]").check()
    page.locator("main form[action='/consent'] button[type=submit]").click()
    page.wait_for_url(lambda url: "/consent" not in url)


def fits(page: Page) -> None:
    """Fail when the page, once it is there, is wider than its screen."""
    page.wait_for_load_state()
    said = page.evaluate(OVERFLOW)
    assert not said, f"{page.url} at {page.viewport_size} is {said}"

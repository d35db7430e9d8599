"""A running server and the sizes of the screens it is seen on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Request, ViewportSize

from tests.browser.people import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "build/test-fonts"  # cutting the typefaces takes seconds: every run of the tests shares them
PROGRAM = [sys.executable, "-c", "from wsgi import main; main()"]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
BOTH = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


# What is wider than the screen, in words, or nothing; what scrolls by itself is left out.
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const inside = (one) => one.closest(".scroll, .prose table, .visually-hidden");
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


@contextmanager
def running(folder: Path, *sample: str) -> Iterator[Site]:
    """A server in that folder, started by the command people use, worker included; `sample`: how the sample is made."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    FONTS.mkdir(parents=True, exist_ok=True)
    (folder / "fonts").symlink_to(FONTS)
    environ = {
        **os.environ,
        "ANNING_DATA_DIR": str(folder),
        "ANNING_SAMPLE_MODE": "1",
        "ANNING_LOG_LEVEL": "WARNING",
        "ANNING_PUBLIC_URL": address,
        "PORT": str(port),
    }
    environ.pop("DATABASE_URL", None)
    filling = [*PROGRAM, "sample-data", *sample]
    subprocess.run(filling, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*PROGRAM, "serve"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        _wait(f"{address}/readyz", server)
        yield Site(address, environ)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(900):
        assert server.poll() is None, "the server ended"
        try:
            with urlopen(address) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


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


def weigh(page: Page, path: str) -> tuple[int, int]:
    """The bytes of all bodies as they come over the wire when the browser has kept nothing; and how many come."""
    asked: list[Request] = []
    page.on("requestfinished", asked_one := lambda request: asked.append(request))
    page.goto(path, wait_until="load")
    page.remove_listener("requestfinished", asked_one)
    sizes = [request.sizes()["responseBodySize"] for request in asked if request.url.startswith("http")]
    assert len(sizes) >= 4, f"{path} came without its style, script or picture: {sizes}"
    return sum(sizes), len(sizes)

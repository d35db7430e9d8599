"""`make pictures`: the main pages of a fresh sample site, as files of this folder, small enough for the repository."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import papers
from tests.browser.people import staff, trainee
from tests.browser.sites import CHROMIUM, DESK, PHONE, Site, running, sign_in

FOLDER = Path(__file__).resolve().parent
COLOURS = (64, 32, 16)  # the most that keep within
MOST_BYTES = 60_000


@dataclass(frozen=True)
class Picture:
    """A page by the name of its file, who looks at it on which screen, and how the page is reached from their home."""

    name: str
    login: str
    reach: Callable[[Page], object]
    phone: bool = False
    scheme: Literal["light", "dark"] = "light"


def pictures() -> Iterator[Picture]:
    """All of them; what is done on one page may be seen on the next."""
    reader, sitter = trainee("one_lesson")["mobile"], trainee("quiz_failed")["mobile"]
    coordinator, officer = staff("coordinator", "SAMPLE-BASE-JN"), staff("provincial_officer")
    yield Picture("trainee-home", reader, _stay, phone=True)
    yield Picture("lesson", reader, _lesson, phone=True)
    yield Picture("quiz", sitter, _quiz, phone=True)
    yield Picture("dialogue", sitter, _dialogue, phone=True)
    yield Picture("base-home", coordinator, _stay)
    yield Picture("cohort", coordinator, _cohort)
    yield Picture("issuing", coordinator, _issuing)
    yield Picture("province", officer, _stay)
    yield Picture("province-dark", officer, _stay, scheme="dark")
    yield Picture("question-bank", staff("instructor"), lambda page: page.goto("/items/"))
    yield Picture("verification", trainee("certified")["mobile"], _verification, phone=True)


def _stay(_page: Page) -> None:
    pass


def _lesson(page: Page) -> None:
    page.locator("main a[href^='/courses/']").first.click()
    page.locator("main a[href^='/lessons/']").first.click()
    page.wait_for_url("**/lessons/*")


def _quiz(page: Page) -> None:
    """With two answers kept."""
    papers.open_paper(page)
    for question in papers.questions(page)[:2]:
        question.locator("label.option").first.click()
        papers.expect_saved(question)
    page.evaluate("scrollTo(0, 0)")


def _dialogue(page: Page) -> None:
    """After one reply, of the helpful kind."""
    papers.open_dialogue(page)
    replies = page.locator("button.reply")
    better = replies.filter(has_text="坐下说")
    (better if better.count() else replies).first.click()
    page.locator(".bubble.own").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def _cohort(page: Page) -> None:
    page.goto("/cohorts/")
    page.locator("main tbody a[href^='/cohorts/']").first.click()
    page.wait_for_url(lambda url: not url.endswith("/cohorts/"))


def _issuing(page: Page) -> None:
    _cohort(page)
    page.locator("main a[href^='/certificates/cohorts/'][href$='/issue']").first.click()
    page.wait_for_url("**/issue")


def _verification(page: Page) -> None:
    page.locator("main a[href^='/certificates/']").first.click()
    address = str(page.locator("main a[href*='/verify/AN-']").first.get_attribute("href"))
    page.context.clear_cookies()
    page.goto(address)


def take(browser: Browser, site: Site, picture: Picture) -> bytes:
    """What the screen shows of the page, on a phone with two dots a pixel, as a PNG."""
    context = browser.new_context(
        base_url=site.address,
        viewport=PHONE if picture.phone else DESK,
        device_scale_factor=2 if picture.phone else 1,
        color_scheme=picture.scheme,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, picture.login)
    picture.reach(page)
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    shown = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    context.close()
    return _small(shown.convert("RGB"))


def _small(shown: Image.Image) -> bytes:
    for colours in COLOURS:
        written = io.BytesIO()
        few = shown.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(written, "PNG", optimize=True)
        if written.tell() <= MOST_BYTES:
            break
    return written.getvalue()


def main() -> None:
    """Write every picture."""
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        for picture in pictures():
            data = take(browser, site, picture)
            (FOLDER / f"{picture.name}.png").write_bytes(data)
            print(f"{picture.name + '.png':22} {len(data):6} bytes", flush=True)
        browser.close()


if __name__ == "__main__":
    main()

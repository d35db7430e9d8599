"""`make album`: every page of a fresh sample site, on three screens, in both languages, in light and dark.

Twelve pictures a page, in `build/album/`, with an `index.html` that shows them side by side: to look at, not to keep.
"""

from __future__ import annotations

import html
import re
import shutil
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.sites import CHROMIUM, ROOT, Site, running
from tests.browser.walks import Walk, every_walk, kind_of

FOLDER = ROOT / "build" / "album"
WIDTHS = (390, 768, 1280)
LANGUAGES = ("zh", "en")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONGEST = 4000  # px of a page that a picture shows
HEAD = '<!doctype html><meta charset="utf-8"><title>Anning</title><style>img{width:24%;vertical-align:top}</style>'


def pages_of(browser: Browser, site: Site, walk: Walk, language: str) -> Iterator[tuple[str, Page]]:
    """Each page of the walk, opened in that language; its name is fit for a file."""
    context = browser.new_context(
        base_url=site.address, locale="zh-CN", storage_state=walk.state, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "lang", "value": language, "url": site.address}])
    page = context.new_page()
    for path in walk.paths:
        page.goto(path, wait_until="networkidle")
        yield re.sub(r"[^\w#]+", "-", f"{walk.who}-{kind_of(path)}").strip("-").replace("#", "N"), page
    context.close()


def take(page: Page, folder: Path, language: str) -> None:
    """The open page on every screen, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for scheme, width in product(SCHEMES, WIDTHS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        height = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
        page.screenshot(
            path=folder / f"{width}-{language}-{scheme}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": height},
            animations="disabled",
        )


def index(folder: Path) -> str:
    """A page with all pictures, a row a language and scheme."""
    rows = [HEAD]
    for page in sorted(one for one in folder.iterdir() if one.is_dir()):
        rows.append(f"<h2>{html.escape(page.name)}</h2>")
        for language, scheme in product(LANGUAGES, SCHEMES):
            names = [f"{page.name}/{width}-{language}-{scheme}.png" for width in WIDTHS]
            rows.append("<p>" + " ".join(f'<img src="{name}" alt="{name}" loading="lazy">' for name in names))
    return "\n".join(rows)


def main() -> None:
    """Take every picture anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        for walk, language in product(every_walk(site, browser), LANGUAGES):
            for name, page in pages_of(browser, site, walk, language):
                take(page, FOLDER / name, language)
                print(language, name, flush=True)
        browser.close()
    (FOLDER / "index.html").write_text(index(FOLDER), encoding="utf-8")


if __name__ == "__main__":
    main()

"""`make weigh`: what first visits weigh on the whole sample, the ten heaviest: bytes, limit, `ok` or `over`, page.

Links are followed from everybody's home, some pages of each kind; of each kind the one with the longest text is then
opened in a Chromium that has kept nothing. Exits 1 when one is over. `ROLE=<part of a role>` picks some.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import APIRequestContext, Browser, sync_playwright

from tests.browser.people import staff, trainee
from tests.browser.sites import CHROMIUM, DESK, Site, running, sign_in, weigh
from tests.browser.walks import PUBLIC, kind_of

LIMIT = 100 * 1024
SHOWN = 10
OF_A_KIND, OF_AN_ADDRESS = 8, 24  # questions to reports differ without end
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')
STAFF = ("instructor", "coordinator", "supervisor", "provincial_officer", "administrator")
STAGES = ("not_started", "last_lesson", "quiz_failed", "certified")


@dataclass(frozen=True, order=True)
class Weight:
    """What a page weighs on the wire with all that it brings; `text` is the length of its own HTML, unpacked."""

    bytes: int
    text: int
    path: str
    who: str

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.bytes <= LIMIT else "over"
        return f"{self.bytes:8} bytes   limit {LIMIT}   {verdict:4}   {self.path} ({self.who}, {self.text} unpacked)"


def longest_of_each_kind(request: APIRequestContext, starts: list[str]) -> dict[str, tuple[int, str]]:
    """Follow links; for each kind of page the length and the path of the longest seen."""
    waiting, seen, times = list(starts), set(starts), Counter[str]()
    longest: dict[str, tuple[int, str]] = {}
    while waiting:
        path = waiting.pop(0)
        answer = request.get(path)
        assert answer.ok, f"{path} answers {answer.status}"
        if "text/html" not in answer.headers["content-type"]:
            continue
        text = answer.text()
        found = (len(text.encode()), path)
        longest[_kind(path)] = max(found, longest.get(_kind(path), found))
        for link in map(html.unescape, LINK.findall(text)):
            kind, address = _kind(link), f"{kind_of(link.partition('?')[0])} of any kind"
            if link not in seen and times[kind] < OF_A_KIND and times[address] < OF_AN_ADDRESS:
                seen.add(link)
                times.update([kind, address])
                waiting.append(link)
    return longest


def _kind(path: str) -> str:
    """The address without its numbers, and the names of what it asks."""
    address, _mark, query = path.partition("?")
    return f"{kind_of(address)}?{'&'.join(sorted({one.partition('=')[0] for one in query.split('&')}))}"


def weights(site: Site, chromium: Browser, who: str, login: str | None) -> Iterator[Weight]:
    """The weights of the pages that somebody reaches."""
    context = chromium.new_context(base_url=site.address, viewport=DESK, locale="zh-CN")
    page = context.new_page()
    starts = list(PUBLIC)
    if login is not None:
        sign_in(page, login)
        starts = [page.url.removeprefix(site.address)]
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    for text, path in longest_of_each_kind(context.request, starts).values():
        yield Weight(weigh(page, path)[0], text, path, who)
    context.close()


def main() -> int:
    """Weigh the pages of the roles wanted, or of all; returns the exit status."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    program = shutil.which("chromium")
    if program is None:
        sys.exit("Chromium is not installed; .ci/setup test installs it.")
    people: dict[str, str | None] = {"nobody": None, **{role: staff(role) for role in STAFF}}
    people |= {f"trainee, {stage}": trainee(stage)["mobile"] for stage in STAGES}
    found: list[Weight] = []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as site, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        for who, login in people.items():
            if wanted in who:
                found += weights(site, chromium, who, login)
        chromium.close()
    found.sort(reverse=True)
    for place, one in enumerate(found):
        if place < SHOWN or one.bytes > LIMIT:
            print(one.line())
    print(f"{len(found)} pages weighed")
    return 1 if found and found[0].bytes > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())

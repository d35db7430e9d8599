"""Lesson text: Markdown in, safe HTML out. Raw HTML is shown as text, pictures wait for a later version of courses.

Two fences: the parser knows neither HTML nor `javascript:`, and what it makes passes through an allow-list. Headings
begin at h2 (the page's h1 is the lesson's title) and carry ids made of their words, so that a bookmark outlives edits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from training.core.errors import Invalid

LONGEST = 60_000
DEEPEST = 20  # levels: a list in a quotation in a list uses five
MOST_HEADINGS = 200
MOST_CELLS = 2_000
CACHED = 128

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 2 * DEEPEST}).enable("table").disable("image")
_cleaner = nh3.Cleaner(
    tags={
        "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong",
        "table", "tbody", "td", "th", "thead", "tr", "ul",
    },
    attributes={"a": {"href", "title"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)  # fmt: skip


def render(text: str, title: str = "", prefix: str = "s") -> Markup:
    """The HTML of a text; a first line `# title` that only repeats the lesson's title is left out.

    `prefix` begins the ids of headings, so that two texts may stand on one page.

    Raises `Invalid` with a sentence when the text is too long, nested too deeply, or its tables are too large.
    """
    if len(text) > LONGEST:
        raise Invalid(
            _("The text has %(count)d characters; at most %(max)d fit into one lesson.", count=len(text), max=LONGEST)
        )
    return _render(text, title, prefix)


@lru_cache(maxsize=CACHED)
def _render(text: str, title: str, prefix: str) -> Markup:
    tokens = _without_title(_parser.parse(text), title)
    _require_measure(tokens)
    _demote(tokens)
    _name_headings(tokens, prefix)
    return Markup(_cleaner.clean(_parser.renderer.render(tokens, _parser.options, {})))  # noqa: S704 - cleaned here


def _require_measure(tokens: Sequence[Token]) -> None:
    if max((token.level for token in tokens), default=0) > DEEPEST:
        raise Invalid(_("Quotations or lists stand inside one another too deeply; use fewer levels."))
    if sum(token.type == "heading_open" for token in tokens) > MOST_HEADINGS:
        raise Invalid(_("The text has more than %(max)d headings; split the lesson.", max=MOST_HEADINGS))
    if sum(token.type in {"th_open", "td_open"} for token in tokens) > MOST_CELLS:
        raise Invalid(_("The tables have more than %(max)d cells together; split the lesson.", max=MOST_CELLS))


def _without_title(tokens: Sequence[Token], title: str) -> list[Token]:
    first = [token.content.strip() for token in tokens[:2]]
    if title and tokens and tokens[0].tag == "h1" and first[1:] == [title.strip()]:
        return list(tokens[3:])
    return list(tokens)


def _demote(tokens: Sequence[Token]) -> None:
    """Move all headings down together when the author began at h1; the deepest kept is h4."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    shift = 1 if any(token.tag == "h1" for token in headings) else 0
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) + shift, 4)}"


def _name_headings(tokens: Sequence[Token], prefix: str) -> None:
    """Give each heading an id of its words; the prefix keeps it apart from the ids of the page itself."""
    taken: set[str] = set()
    for opening, inline in zip(tokens, tokens[1:], strict=False):
        if opening.type != "heading_open":
            continue
        words = re.sub(r"[\W_]+", "-", inline.content.lower()).strip("-")[:60] or "part"
        name, count = f"{prefix}-{words}", 1
        while name in taken:
            count += 1
            name = f"{prefix}-{words}-{count}"
        taken.add(name)
        opening.attrSet("id", name)

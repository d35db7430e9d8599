"""Lesson text: Markdown in, safe HTML out. Raw HTML is shown as text; pictures are those that the course keeps.

Two fences: the parser knows neither HTML nor `javascript:`, and what it makes passes through an allow-list. Headings
begin at h2 (the page's h1 is the lesson's title) and carry ids made of their words, so that a bookmark outlives edits.
Boxes are written `:::note Title` … `:::` (note, warning, case, tip); checks in the text are in `checks.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import takewhile

import nh3
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin

from courses import checks, figures
from courses.checks import Check
from courses.figures import Shown
from training.core import i18n
from training.core.errors import Invalid

LONGEST = 60_000
DEEPEST = 20  # levels: a list in a quotation in a list uses five
MOST_HEADINGS = 200
MOST_CELLS = 2_000
MOST_CHECKS = 30
CACHED = 128
BOXES = {"note": _l("Note"), "warning": _l("Warning"), "case": _l("Case"), "tip": _l("Tip")}
BOX = re.compile(r"container_(\w+)_(open|close)")

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 2 * DEEPEST}).enable("table")
for _name in (*BOXES, "check"):
    _parser.use(container_plugin, _name)
_PLAYER = {"src", "controls", "preload", "playsinline", "aria-label", "data-media", "data-place-url"}


def _only_here(tag: str, name: str, value: str) -> str | None:
    """Pictures, sound and video come from this site alone."""
    if name == "src" and (not value.startswith("/") or value.startswith("//")):
        return None
    return value


_cleaner = nh3.Cleaner(
    tags={
        "a", "aside", "audio", "blockquote", "br", "code", "details", "div", "em", "figcaption", "figure", "h2", "h3",
        "h4", "hr", "img", "li", "ol", "p", "pre", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr",
        "track", "ul", "video",
    },
    attributes={
        "a": {"href", "title"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "ol": {"start"},
        "div": {"tabindex", "role", "aria-label"},
        "img": {"src", "alt", "width", "height", "loading", "decoding"},
        "audio": _PLAYER, "video": _PLAYER, "track": {"kind", "src", "srclang", "label", "default"},
    },
    allowed_classes={
        "aside": {"callout", *BOXES}, "p": {"callout-title"}, "div": {"table-box"}, "details": {"transcript"},
        "td": {"num"}, "th": {"num"},
    },
    attribute_filter=_only_here,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)  # fmt: skip

Part = Markup | Check


def render(text: str, title: str = "", prefix: str = "s", media: Sequence[Shown] = ()) -> Markup:
    """The HTML of a text without its checks; for the rest see `parts`."""
    return Markup("").join(part for part in parts(text, title, prefix, media) if isinstance(part, Markup))


def parts(text: str, title: str = "", prefix: str = "s", media: Sequence[Shown] = ()) -> tuple[Part, ...]:
    """A text as HTML, and between it its checks, in order.

    A first line `# title` that only repeats the lesson's title is left out. `prefix` begins the ids of headings, so
    that two texts may stand on one page. A name that is not among `media` leaves its words:
    what was published always opens.

    Raises `Invalid` with a sentence when the text is too long, nested too deeply, or its tables are too large.
    """
    if len(text) > LONGEST:
        raise Invalid(
            _("The text has %(count)d characters; at most %(max)d fit into one lesson.", count=len(text), max=LONGEST)
        )
    return _parts(text, title, prefix, tuple(media), i18n.language())


def faults(text: str, known: Mapping[str, str]) -> list[str]:
    """What an author is to mend before the text is published; `known` gives the kind of each name of the course."""
    tokens = _parser.parse(text)
    found = list(dict.fromkeys(figures.faults(tokens, known)))
    found += [fault for check in _checks(tokens) for fault in check.faults]
    unknown = re.findall(r"^:::+[ \t]*([^\s:]\S*)", text, re.MULTILINE)
    for name in dict.fromkeys(unknown):
        if name not in BOXES and name != "check":
            found.append(_("There is no box “%(name)s”: write note, warning, case, tip or check.", name=name[:40]))
    if sum(token.type == checks.OPEN for token in tokens) > MOST_CHECKS:
        found.append(_("The text has more than %(max)d checks; split the lesson.", max=MOST_CHECKS))
    if any(token.type == checks.OPEN and token.level for token in tokens):
        found.append(_("A check stands inside a list, a quotation or another box; begin it at the edge of the page."))
    return found


def references(text: str) -> set[tuple[str, str]]:
    """The kind and name of everything that a text refers to."""
    return set(figures.references(_parser.parse(text)))


def plain(text: str, title: str = "") -> str:
    """The words of a text, a line for each paragraph: for searching and for what is shown of a find."""
    lines = []
    for token in _without_title(_parser.parse(text), title):
        if token.type == "inline":
            lines.append("".join(_words(token.children or ())))
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content)
        elif token.type.startswith("container_") and token.nesting == 1:
            lines.append(token.info.strip().partition(" ")[2])
    return "\n".join(checks.MARK.sub("", line).strip() for line in lines if line.strip())


def _words(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield "\n"
        else:
            yield child.content


@lru_cache(maxsize=CACHED)
def _parts(text: str, title: str, prefix: str, media: tuple[Shown, ...], _language: str) -> tuple[Part, ...]:
    tokens = _without_title(_parser.parse(text), title)
    _require_measure(tokens)
    _demote(tokens)
    _name_headings(tokens, prefix)
    _name_tables(tokens)
    tokens = figures.place(tokens, {one.name: one for one in media})
    found: list[Part] = []
    begun = 0
    for number, (start, end) in enumerate(_places_of_checks(tokens), start=1):
        found += [_show(tokens[begun:start]), checks.read(tokens[start + 1 : end], number, _show)]
        begun = end + 1
    return (*found, _show(tokens[begun:]))


def _checks(tokens: Sequence[Token]) -> Iterator[Check]:
    for number, (start, end) in enumerate(_places_of_checks(tokens), start=1):
        yield checks.read(tokens[start + 1 : end], number, _show)


def _places_of_checks(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where each check at the edge of the page begins and ends."""
    start = None
    for place, token in enumerate(tokens):
        if token.type == checks.OPEN and token.level == 0:
            start = place
        elif token.type == checks.CLOSE and token.level == 0 and start is not None:
            yield start, place
            start = None


def _show(tokens: Sequence[Token]) -> Markup:
    """Safe HTML of tokens, tables and boxes in their frames."""
    framed = [one for token in tokens for one in _framed(token)]
    html = _parser.renderer.render(framed, _parser.options, {})
    return Markup(_cleaner.clean(html))  # noqa: S704 - cleaned here


def _framed(token: Token) -> list[Token]:
    box = BOX.fullmatch(token.type)
    if token.type == "table_open":
        name = escape(token.meta.get("name", ""))
        return [_html(f'<div class="table-box" tabindex="0" role="region" aria-label="{name}">'), token]
    if token.type == "table_close":
        return [token, _html("</div>")]
    if box and box[1] in BOXES:
        if box[2] == "close":
            return [_html("</aside>")]
        title = token.info.strip().partition(" ")[2].strip() or str(BOXES[box[1]])
        return [_html(f'<aside class="callout {box[1]}"><p class="callout-title">{escape(title)}</p>')]
    if token.type in {"th_open", "td_open"} and "right" in str(token.attrs.pop("style", "")):
        token.attrSet("class", "num")
    return [token]


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


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


def _name_tables(tokens: Sequence[Token]) -> None:
    """By the heads of its columns, and a number where an earlier one has the same."""
    times = Counter[str]()
    for place in [place for place, token in enumerate(tokens) if token.type == "table_open"]:
        head = takewhile(lambda token: token.type != "thead_close", tokens[place:])
        words = ["".join(_words(token.children or ())).strip() for token in head if token.type == "inline"]
        name = _("Table: %(heads)s", heads=" · ".join(filter(None, words))) if any(words) else _("Table")
        times[name] += 1
        tokens[place].meta["name"] = name if times[name] == 1 else f"{name} ({times[name]})"

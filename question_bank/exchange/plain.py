"""Plain text of what other systems keep as HTML, Markdown or a mixture: paragraphs become lines, pictures `![name]`.

Scripts and styles vanish. The parser is lxml's, asked for events instead of a tree, so that depth costs nothing.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree
from markdown_it import MarkdownIt

from training.core.texts import is_unprintable

HIDDEN = frozenset({"script", "style", "title", "template", "noscript", "select", "textarea"})
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"}
    | {"nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
OTHER_MEDIA = frozenset({"audio", "video", "iframe", "object", "embed", "svg", "canvas"})
LONGEST_NAME = 80

_SUPERSCRIPTS = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_UNPRINTABLE = [
    chr(number)
    for number in (*range(0xA0), *range(0x2028, 0x2070), *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0))
    if chr(number) != "\r" and is_unprintable(chr(number))
] + [chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF)]
_CONTROLS = re.compile(f"[{''.join(_UNPRINTABLE)}]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_markdown = MarkdownIt("commonmark", {"html": True, "breaks": True})


@dataclass
class Rendered:
    """Plain text, with what it shows: the source and words of each picture by name, and other media that are lost."""

    text: str
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)


def plain(html: str) -> str:
    """The text of a piece of HTML: one line a paragraph, a picture as `![name]` on a line of its own."""
    return render(html).text


def render(text: str, form: str = "html") -> Rendered:
    """The same with the pictures; `form` is `html`, `markdown`, `plain` or `moodle` (HTML whose line ends count)."""
    if form == "plain":
        return Rendered(tidy(text))
    if form == "markdown":
        text = _markdown.render(text)
    if "<" not in text and "&" not in text:
        lines = text.split("\n") if form == "moodle" else [text]
        return Rendered(tidy("\n".join(_SPACE.sub(" ", one).strip() for one in lines)))
    target = _Lines(breaks=form == "moodle")
    parser = etree.HTMLParser(target=target, no_network=True, huge_tree=False)
    end = text.rfind(">") + 1  # an opening sign that nothing closes is no tag but "less than"
    parser.feed(_CONTROLS.sub("", text[:end]) + _CONTROLS.sub("", text[end:]).replace("<", "&lt;"))
    parser.close()
    return Rendered(tidy("".join(target.pieces)), target.pictures, target.lost)


def tidy(text: str) -> str:
    """Composed, free of control characters, with plain line ends, no more than one blank line, nothing around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    lines = _CONTROLS.sub("", text).split("\n")
    joined = "\n".join([one.rstrip() for one in lines])
    return _EMPTY_LINES.sub("\n\n", unicodedata.normalize("NFC", joined)).strip()


def picture_name(source: str) -> str:
    """The name under which a picture from that address is kept: its file name, without what `![name]` cannot hold."""
    last = unquote(source.split("?")[0]).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"[\[\]\s\x00-\x1f\x7f]+", "-", last).strip("-") or "picture"
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= LONGEST_NAME else stem[: LONGEST_NAME - len(ending) - 1] + dot + ending[:10]


def data_of(source: str) -> bytes | None:
    """The bytes of a `data:` address in base64; None for any other."""
    head, _comma, content = source.partition(",")
    return base64_bytes(content) if head.endswith(";base64") else None


def base64_bytes(content: str) -> bytes | None:
    """Bytes from base64, whatever white space stands in it; None where it is none."""
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except ValueError:
        return None


class _Lines:
    """Collects text from a parser's events; a block begins and ends a line, white space collapses outside `pre`."""

    def __init__(self, *, breaks: bool) -> None:
        self.pieces: list[str] = []
        self.pictures: dict[str, tuple[str, str]] = {}
        self.lost: set[str] = set()
        self._breaks = breaks
        self._depth = {"hidden": 0, "pre": 0, "sup": 0, "sub": 0}
        self._lists: list[int | None] = []
        self._fresh = True

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        if tag in HIDDEN:
            self._depth["hidden"] += 1
        elif tag in self._depth:
            self._depth[tag] += 1
        if tag in OTHER_MEDIA or (tag == "a" and attributes.get("href")):
            self.lost.add(tag)
        if tag in BLOCKS:
            self._line()
        if tag in {"ol", "ul"}:
            self._lists.append(0 if tag == "ol" else None)
        elif tag in {"li", "br", "img", "td", "th"}:
            self._single(tag, attributes)

    def _single(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "img":
            self._picture(attributes.get("src") or "", attributes.get("alt") or "")
        elif tag == "br":
            self.pieces.append("\n")
            self._fresh = True
        elif tag in {"td", "th"}:
            self._put("" if self._fresh else "  ")
        elif self._lists and (number := self._lists[-1]) is not None:
            self._lists[-1] = number + 1
            self._put(f"{number + 1}. ")
        else:
            self._put("- ")

    def end(self, tag: str) -> None:
        """A tag closes."""
        if tag in HIDDEN:
            self._depth["hidden"] = max(0, self._depth["hidden"] - 1)
        elif tag in self._depth:
            self._depth[tag] = max(0, self._depth[tag] - 1)
        if tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        if tag in BLOCKS:
            self._line()

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._depth["hidden"]:
            return
        if not self._depth["pre"] and not self._breaks:
            text = _SPACE.sub(" ", text)
        if self._depth["sup"]:
            text = text.translate(_SUPERSCRIPTS)
        elif self._depth["sub"]:
            text = text.translate(_SUBSCRIPTS)
        if self._fresh and not self._depth["pre"]:
            text = text.lstrip(" \n")
        self._put(text)

    def comment(self, text: str) -> None:
        """Comments vanish."""

    def pi(self, *parts: str) -> None:
        """So do processing instructions."""

    def close(self) -> None:
        """Nothing is left to do at the end."""

    def _put(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self._fresh = text.endswith("\n")

    def _line(self) -> None:
        if not self._fresh:
            self.pieces.append("\n")
            self._fresh = True

    def _picture(self, source: str, alt: str) -> None:
        if not source.startswith(("@@PLUGINFILE@@", "data:image/")):
            self.lost.add("img")
            self._put(alt)
            return
        name = self._free_name("picture" if source.startswith("data:") else picture_name(source), source)
        self.pictures[name] = (source, alt)
        self._line()
        self._put(f"![{name}]\n")

    def _free_name(self, name: str, source: str) -> str:
        number, free = 1, name
        while self.pictures.get(free, (source, ""))[0] != source:
            number, free = number + 1, f"{number + 1}-{name}"[:LONGEST_NAME]
        return free

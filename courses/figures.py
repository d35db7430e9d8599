"""Pictures, sound, video and documents in a lesson's text: found by name, put in as HTML. Pure.

`![alt](figure:NAME "caption")`, `![…](video:NAME)` and `![…](audio:NAME)` stand on a line of their own;
`[words](attachment:NAME)` stands anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from flask_babel import gettext as _
from markdown_it.token import Token

FIGURE, AUDIO, VIDEO, ATTACHMENT = "figure", "audio", "video", "attachment"
KINDS = (FIGURE, AUDIO, VIDEO, ATTACHMENT)
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Captions:
    """Captions in one language."""

    language: str
    url: str


@dataclass(frozen=True)
class Shown:
    """What a page needs of one of the media, its texts in the language of the text it stands in."""

    name: str
    kind: str
    media_id: int
    url: str
    alt: str
    caption: str = ""
    file_name: str = ""
    media_type: str = ""
    size: int = 0
    width: int | None = None
    height: int | None = None
    captions: tuple[Captions, ...] = ()
    transcript: str = ""
    place_url: str = ""


def reference(address: str) -> tuple[str, str] | None:
    """The kind and name that an address such as `figure:ladder` refers to; None for any other address."""
    kind, colon, name = address.partition(":")
    return (kind, name) if colon and kind in KINDS else None


def references(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Kind and name of everything that a text refers to, in order."""
    for token in _inline(tokens):
        address = str(token.attrs.get("src" if token.type == "image" else "href", ""))
        found = reference(address) if token.type in {"image", "link_open"} else None
        if found:
            yield found


def faults(tokens: Sequence[Token], known: Mapping[str, str]) -> Iterator[str]:
    """What an author is to mend: `known` gives each name's kind."""
    alone = {id(image) for _place, image in _lone_images(tokens)}
    for token in _inline(tokens):
        if token.type == "image":
            found = reference(str(token.attrs.get("src", "")))
            if found is None:
                yield _(
                    "Pictures from elsewhere are not shown: add the picture below, then write figure: and its name."
                )
            elif found[0] == ATTACHMENT:
                yield _("Write [words](attachment:%(name)s), without the exclamation mark.", name=found[1])
            elif id(token) not in alone:
                yield _("Put “%(name)s” on a line of its own, with an empty line before and after.", name=found[1])
            else:
                yield from _unknown(found, known)
        elif token.type == "link_open":
            found = reference(str(token.attrs.get("href", "")))
            if found is not None and found[0] == ATTACHMENT:
                yield from _unknown(found, known)


def _unknown(found: tuple[str, str], known: Mapping[str, str]) -> Iterator[str]:
    kind, name = found
    if name not in known:
        yield _("There is nothing named “%(name)s” in this course. Add it below, or correct the name.", name=name)
    elif known[name] != kind:
        yield _("“%(name)s” is to be written as %(kind)s:%(name)s.", name=name, kind=known[name])


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _lone_images(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Paragraphs that hold one image and nothing else: the place of each and the image."""
    for place, token in enumerate(tokens[:-2]):
        if token.type != "paragraph_open" or tokens[place + 1].type != "inline":
            continue
        children = [one for one in tokens[place + 1].children or () if one.type != "text" or one.content.strip()]
        if len(children) == 1 and children[0].type == "image":
            yield place, children[0]


def place(tokens: list[Token], media: Mapping[str, Shown]) -> list[Token]:
    """The tokens with every figure and player as HTML and every attachment linked; what is unknown keeps its words."""
    lone = dict(_lone_images(tokens))
    placed: list[Token] = []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        found = _known(lone[index], media) if index in lone else None
        if found is not None:
            placed.append(Token("html_block", "", 0, content=_html(lone[index], found)))
            skip = 2
            continue
        _settle(token, media)
        placed.append(token)
    return placed


def _known(image: Token, media: Mapping[str, Shown]) -> Shown | None:
    wanted = reference(str(image.attrs.get("src", "")))
    found = media.get(wanted[1]) if wanted else None
    return found if found is not None and wanted is not None and wanted[0] == found.kind != ATTACHMENT else None


def _settle(token: Token, media: Mapping[str, Shown]) -> None:
    """Within a line: an image becomes its words, a link to an attachment gets its address."""
    for child in token.children or ():
        if child.type == "image":
            child.type, child.tag, child.content = "text", "", child.content or str(child.attrs.get("src", ""))
            child.children = None
        elif child.type == "link_open":
            wanted = reference(str(child.attrs.get("href", "")))
            found = media.get(wanted[1]) if wanted else None
            if found is not None:
                child.attrSet("href", found.url)


def _html(image: Token, shown: Shown) -> str:
    alt = escape(image.content.strip() or shown.alt)
    caption = str(image.attrs.get("title") or "").strip() or shown.caption
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    if shown.kind == FIGURE:
        sizes = f' width="{shown.width}" height="{shown.height}"' if shown.width and shown.height else ""
        inside = f'<img src="{escape(shown.url)}" alt="{alt}"{sizes} loading="lazy" decoding="async">'
        return f"<figure>{inside}{below}</figure>"
    return f"<figure>{_player(shown, alt)}{below}{_transcript(shown)}</figure>"


LABELS = {"zh": "中文", "en": "English"}


def _player(shown: Shown, alt: str) -> str:
    tracks = "".join(
        f'<track kind="captions" src="{escape(one.url)}" srclang="{one.language}" label="{LABELS[one.language]}"'
        f"{' default' if number == 0 else ''}>"
        for number, one in enumerate(shown.captions)
    )
    remembers = f' data-media="{shown.media_id}" data-place-url="{escape(shown.place_url)}"' if shown.place_url else ""
    inline = " playsinline" if shown.kind == VIDEO else ""
    link = f'<a href="{escape(shown.url)}">{escape(shown.file_name)}</a>'
    return (
        f'<{shown.kind} controls preload="metadata"{inline} src="{escape(shown.url)}" aria-label="{alt}"{remembers}>'
        f"{tracks}{link}</{shown.kind}>"
    )


def _transcript(shown: Shown) -> str:
    if not shown.transcript:
        return ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in shown.transcript.splitlines() if line.strip())
    title = escape(_("Transcript"))
    return f'<details class="transcript"><summary>{title}</summary>{lines}</details>'

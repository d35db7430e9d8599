"""Texts of items as HTML, their pictures in their places. Filters, because a paper asks for them a hundred times."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from markupsafe import Markup, escape

from question_bank.item_types import ShownPart
from question_bank.pictures.showing import Picture
from question_bank.views.papers import PaperItem
from training.core import i18n

PICTURE = Markup(
    '<img class="picture" src="{url}" alt="{alt}" width="{width}" height="{height}" loading="lazy" decoding="async">'
)


def choices(part: ShownPart, item: PaperItem, name: str) -> Markup:
    """The options of a question, each to be ticked under that name: the filter `choices`.

    Most of a paper is made of these, and a template needs six steps for what is one here.
    """
    kind = "checkbox" if part.multiple else "radio"
    labels = []
    for option in part.options:
        checked = " checked" if option.value in item.answer else ""
        letter = f'<span class="letter">{option.letter}</span>' if option.letter else ""
        labels.append(
            f'<label class="option"><input type="{kind}" name="{escape(name)}" value="{escape(option.value)}"{checked}>'
            f'{letter}<span class="option-text">{said(option.text, item)}</span></label>'
        )
    return Markup("".join(labels))  # noqa: S704 - of escaped pieces


def said(text: Mapping[str, str], item: PaperItem) -> Markup:
    """A text of an item in the reader's language: the filter `said`."""
    pieces = item.pieces(i18n.local(text))
    shown = [seen(one) if isinstance(one, Picture) else f'<span translate="no">{escape(one)}</span>' for one in pieces]
    return Markup("".join(shown))  # noqa: S704 - of escaped pieces


def seen(picture: Picture) -> Markup:
    """A picture within a text: the filter `seen`."""
    alt = i18n.local(picture.alt) or _("A picture without a description")
    return PICTURE.format(url=picture.url, alt=alt, width=picture.width, height=picture.height)

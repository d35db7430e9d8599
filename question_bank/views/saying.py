"""Texts of items as HTML, their pictures in their places. Filters, because a paper asks for them a hundred times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from question_bank.item_types import ShownPart
from question_bank.pictures.showing import Picture
from question_bank.views.papers import PaperItem
from training.core import i18n

PICTURE = Markup(
    '<img class="picture" src="{url}" alt="{alt}" width="{width}" height="{height}" loading="lazy" decoding="async">'
)

HINTS = {"one": _l("Choose one"), "all": _l("Choose every correct answer"), "order": _l("Put the letters in order")}
KEPT = 20_000
"""So many texts are kept as HTML, a few megabytes: an examination shows the same ones to everybody."""


@lru_cache(maxsize=1000)
def _safe(name: str) -> str:
    """A name or value for an attribute."""
    return str(escape(name))


@lru_cache(maxsize=KEPT)
def _spoken(text: str) -> str:
    return f'<span translate="no">{escape(text)}</span>' if text else ""


def _voice(item: PaperItem) -> Callable[[Mapping[str, str]], str]:
    """What says texts of an item in the reader's language, as HTML."""
    own, other = i18n.languages()
    if item.is_plain:
        return lambda text: _spoken(text.get(own) or text.get(other) or "")
    return lambda text: "".join(
        seen(one) if isinstance(one, Picture) else _spoken(one)
        for one in item.pieces(text.get(own) or text.get(other) or "")
    )


def _html(text: str) -> str:
    return text if isinstance(text, Markup) else str(escape(text))


def said(text: Mapping[str, str], item: PaperItem) -> Markup:
    """A text of an item in the reader's language: the filter `said`."""
    return Markup(_voice(item)(text))  # noqa: S704 - of escaped pieces


def hint(item: PaperItem) -> str:
    """What to do with the options of an item: the filter `hint`."""
    return _hint(i18n.language(), item.asks_for) if item.asks_for else ""


@cache
def _hint(_language: str, asks_for: str) -> str:
    return str(HINTS[asks_for])


def numbered(item: PaperItem) -> Markup:
    """The stem of an item with its number, and what to do with its options: the filter `numbered`."""
    number = f"{item.number}. " if item.number else ""
    asked = hint(item)
    asked = asked and f' <small class="muted nowrap">{_safe(asked)}</small>'
    return Markup(f"{number}{_voice(item)(item.stem)}{asked}")  # noqa: S704 - of escaped pieces


def choices(part: ShownPart, item: PaperItem, legend: str, *, above: str = "", disabled: bool = False) -> Markup:
    """A question with its options, each to be ticked: the filter `choices`; `disabled` where nobody answers.

    `above` stands between the legend and the options.

    Most of a paper is made of these, and a template needs six steps for what is one here.
    """
    name = f"{item.prefix}choice.{part.id}" if part.id else f"{item.prefix}choice"
    before = (
        f'<label class="option"><input type="{"checkbox" if part.multiple else "radio"}" name="{_safe(name)}" value="'
    )
    voice, answer = _voice(item), item.answer
    labels = []
    for option in part.options:
        checked = '" checked>' if option.value in answer else '">'
        letter = f'<span class="letter">{option.letter}</span>' if option.letter else ""
        text = f'<span class="option-text">{voice(option.text)}</span>'
        labels.append(f"{before}{_safe(option.value)}{checked}{letter}{text}</label>")
    head = f'<legend class="stem">{_html(legend)}</legend>{_html(above)}'
    state = " disabled" if disabled else ""
    return Markup(f'<fieldset class="options"{state}>{head}{"".join(labels)}</fieldset>')  # noqa: S704 - of escaped pieces


def single(item: PaperItem, *, disabled: bool = False) -> Markup:
    """An item that is one question with options: the filter `single`."""
    return choices(item.parts[0], item, numbered(item), disabled=disabled)


def reviewed(part: ShownPart, item: PaperItem, own: bool) -> Markup:
    """The options of a question with what was chosen and what is right: the filter `reviewed`.

    Of those that questions share only these. `own`: whether whoever answered looks at it.
    """
    voice, answer, language = _voice(item), item.answer, i18n.language()
    lines = []
    for option in part.options:
        chosen = option.value in answer
        if item.shares_options and not (chosen or option.right):
            continue
        tone = " right" if option.right else " wrong" if chosen else ""
        letter = f'<span class="letter">{option.letter}</span>' if option.letter else ""
        why = voice(option.explanation)
        why = why and f'<br><small class="muted" translate="no">{why}</small>'
        verdict = _verdict(language, chosen, option.right, own) if chosen or option.right else ""
        lines.append(
            f'<li class="option{tone}">{letter}<span class="option-text">{voice(option.text)}{why}</span>{verdict}</li>'
        )
    return Markup(f'<ul class="options review">{"".join(lines)}</ul>')  # noqa: S704 - of escaped pieces


def explained(item: PaperItem) -> Markup:
    """The explanation of an item: the filter `explained`."""
    text = _voice(item)(item.explanation)
    return Markup(f"<p><b>{_head(i18n.language())}</b> {text}</p>" if text else "")  # noqa: S704 - of escaped pieces


@cache
def _head(_language: str) -> str:
    return str(escape(_("Explanation")))


@cache
def _verdict(_language: str, chosen: bool, right: bool, own: bool) -> str:
    """The tag beside an option that was chosen, or is right, in the present language."""
    if chosen and right:
        text = _("your answer, right") if own else _("what was answered, right")
    elif chosen:
        text = _("your answer") if own else _("what was answered")
    else:
        text = _("right answer")
    macros: Any = current_app.jinja_env.get_template("core/macros.html").module
    return str(macros.tag(text, "good" if right else "bad"))


def seen(picture: Picture) -> Markup:
    """A picture within a text: the filter `seen`."""
    alt = i18n.local(picture.alt) or _("A picture without a description")
    return PICTURE.format(url=picture.url, alt=alt, width=picture.width, height=picture.height)

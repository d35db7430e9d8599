"""What readers say of a file, in the language of the page: text that can be said again in another language.

A report is kept for whoever reads it later. What is no `Said` (a word of the file, sentences that were put together)
stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from flask import has_app_context
from flask_babel import force_locale
from flask_babel import gettext as _gettext

from training.core.i18n import LANGUAGES, language


class Said(str):
    """A sentence with what makes it: called again, that answers in the language of then."""

    __slots__ = ("make", "of")
    make: Callable[..., str]
    of: tuple[object, ...]

    def __new__(cls, make: Callable[..., str], *of: object) -> Said:
        """Say it now."""
        text = super().__new__(cls, make(*of))
        text.make, text.of = make, of
        return text


def again(text: object) -> object:
    """The same in the language of now, where it can be said again."""
    return text.make(*text.of) if isinstance(text, Said) else text


def gettext(message: str, **values: object) -> Said:
    """What the catalogue says, with values that may themselves be said again."""
    return Said(_translated, message, tuple(values.items()))


def _translated(message: str, values: tuple[tuple[str, object], ...]) -> str:
    said = _sentence(message, language()) if has_app_context() else _gettext(message)
    return said % {name: again(value) for name, value in values} if values else said


@lru_cache(maxsize=1000)
def _sentence(message: str, _language: str) -> str:
    """The sentence in the present language: a file of many items has the same few said of it again and again."""
    return _gettext(message)


def bilingual(texts: Iterable[str], longest: int) -> list[dict[str, str]]:
    """Each text in both languages, `{"zh": …, "en": …}`, cut to so many characters."""
    given = list(texts)
    told = []
    for one_language in LANGUAGES:
        with force_locale(one_language):
            told.append([str(again(one))[:longest] for one in given])
    return [dict(zip(LANGUAGES, pair, strict=True)) for pair in zip(*told, strict=True)]

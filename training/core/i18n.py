"""Languages: Chinese first, English complete. The choice is a cookie; content is bilingual data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_datetime,
    format_decimal,
    get_locale,
    get_translations,
    ngettext,
)
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from training.core import clock

LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}
COOKIE = "lang"


def chosen_language() -> str:
    """`zh` or `en`: the query's `lang`, else the cookie, else Chinese."""
    if not has_request_context():
        return "zh"
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return str(choice)
    return "zh"


def language() -> str:
    """The language of the present page; Chinese outside a request.

    Asked some hundred times a page, so first where Flask-Babel has put it down, by which it is chosen and forced.
    """
    try:
        return str(g._flask_babel.babel_locale.language)
    except (AttributeError, RuntimeError):
        locale = get_locale()
        return locale.language if locale else "zh"


@cache
def _sentences(_language: str) -> Any:
    """All catalogues of the present language."""
    return get_translations()


@pass_eval_context
def say(context: EvalContext, sentence: str, /, **values: Any) -> str:
    """What `_` is in templates: the sentence in the present language with the values put in, as HTML within HTML."""
    catalogues = (
        _sentences(language()) if has_app_context() else get_translations()
    )  # outside an application there are none to keep
    said: str = catalogues.gettext(sentence)
    if context.autoescape:
        said = Markup(said)  # noqa: S704 - catalogues are ours, and the values are escaped
    return said % values if "%" in said else said


def languages() -> tuple[str, str]:
    """The language of the present page, and the other one."""
    return ("zh", "en") if language() == "zh" else ("en", "zh")


def local(value: Any, name: str = "title") -> str:
    """The text of bilingual content in the present language, the other one where it is missing.

    `value` is a mapping `{"zh": …, "en": …}`, or an object with `<name>_zh` and `<name>_en`.
    """
    if value is None:
        return ""
    own, other = languages()
    if isinstance(value, Mapping):
        return str(value.get(own) or value.get(other) or "")
    return str(getattr(value, f"{name}_{own}") or getattr(value, f"{name}_{other}"))


def init_app(app: Flask, packages: tuple[str, ...]) -> None:
    """Attach Babel with one catalogue a package (named by folder) and the filters that pages use."""
    Babel(
        app,
        default_locale="zh",
        default_translation_directories=";".join(f"{package}/translations" for package in packages),
        locale_selector=chosen_language,
    )
    app.jinja_env.globals["_"] = say
    app.jinja_env.filters.update(
        local=local, datetime=show_datetime, date=show_date, number=format_decimal, minutes=show_minutes
    )


def show_datetime(value: datetime | None) -> str:
    """A moment as people write it, in the local zone, to the minute."""
    if value is None:
        return ""
    pattern = "y年M月d日 HH:mm" if language() == "zh" else "d MMM y, HH:mm"
    return str(format_datetime(clock.local(value).replace(tzinfo=None), pattern, rebase=False))


def show_date(value: date | datetime | None) -> str:
    """A day as people write it, in the local zone."""
    if value is None:
        return ""
    day = clock.local(value).date() if isinstance(value, datetime) else value
    return str(format_date(day, "y年M月d日" if language() == "zh" else "d MMM y", rebase=False))


def show_minutes(value: int) -> str:
    """A number of minutes with its unit."""
    return str(ngettext("%(num)d minute", "%(num)d minutes", value))


def in_both(make: Callable[[], str]) -> tuple[str, str]:
    """What `make` says in Chinese and in English: for texts that are kept for somebody who reads them later."""
    said = []
    for code in LANGUAGES:
        with force_locale(code):
            said.append(str(make()))
    return said[0], said[1]

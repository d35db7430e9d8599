"""Sentences of templates: in the language of the page, whatever was rendered before."""

from __future__ import annotations

from flask import Flask

from training.core import i18n


def test_what_is_rendered_outside_an_application_keeps_no_page_from_its_language(app: Flask) -> None:
    i18n._sentences.cache_clear()
    template = app.jinja_env.from_string('{{ _("Sign out") }}')
    assert template.render() == "Sign out"
    with app.test_request_context("/"):
        assert template.render() == "退出登录"
    with app.test_request_context("/?lang=en"):
        assert template.render() == "Sign out"


def test_values_are_escaped_and_the_sentence_is_not(app: Flask) -> None:
    template = app.jinja_env.from_string(
        '{% autoescape true %}{{ _("Item %(number)s", number="<b>") }}{% endautoescape %}'
    )
    with app.test_request_context("/?lang=en"):
        assert template.render() == "Item &lt;b&gt;"

"""The checking client sees what it should see: each fault is put into a page once."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import pages, wording
from tests.client import CheckingClient
from tests.counting import counting
from training.core import headers
from training.core.db import db, reading

GOOD = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>X1 · Anning 安宁</title></head>
<body><main><h1>X1</h1>{body}</main></body></html>"""


def show(body: str, language: str = "en", page: str = GOOD) -> TestResponse:
    """Fetch that body through the client from an application of one page."""
    app = Flask("one_page")
    app.secret_key = "k" * 40
    headers.init_app(app)
    app.add_url_rule("/page", "page", lambda: page.format(body=body, lang="en" if language == "en" else "zh-CN"))
    return CheckingClient(app, app.response_class).get(f"/page?lang={language}")


FAULTS = {
    "parse error": ("<p><div></p>", "unexpected-end-tag"),
    "second h1": ("<h1>X1</h1>", "h1"),
    "duplicate id": ('<p id="a"></p><p id="a"></p>', "id 'a'"),
    "control without label": ('<form action="/x"><input name="q"><button>Go</button></form>', "no label"),
    "dangling label": ('<label for="nowhere">Q</label>', "nowhere"),
    "dangling description": ('<p aria-describedby="gone">Q</p>', "gone"),
    "image without alt": ('<img src="/a.png">', "no alt"),
    "form without action": ("<form><button>Go</button></form>", "without an action"),
    "post without token": ('<form action="/x" method="post"><button>Go</button></form>', "CSRF"),
    "inline script": ("<script>alert(1)</script>", "inline"),
    "style attribute": ('<p style="color:red">a</p>', "inline"),
    "handler": ('<p onclick="go()">a</p>', "inline"),
    "script address": ('<a href="javascript:go()">a</a>', "is code"),
    "other host": ('<img src="https://example.org/a.png" alt="">', "another host"),
    "Chinese on English": ("<p>学员</p>", "Chinese on an English page"),
    "Chinese in a label": ('<nav aria-label="学员"></nav>', "Chinese on an English page"),
    "link without words": ('<a href="/x"></a>', "without words"),
    "link to nowhere": ('<a href="#gone">x</a>', "gone"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_client_sees(name: str) -> None:
    body, told = FAULTS[name]
    with pytest.raises(AssertionError, match=told):
        show(body)


def test_client_sees_untranslated_words_on_a_chinese_page() -> None:
    with pytest.raises(AssertionError, match="Chinese page"):
        show("<p>Please open the door</p>", "zh")


def test_client_sees_a_wrong_language_and_a_wrong_title() -> None:
    with pytest.raises(AssertionError, match="html lang"):
        show("", "zh", GOOD.replace("{lang}", "en"))
    with pytest.raises(AssertionError, match="does not begin"):
        show("", "en", GOOD.replace("<title>X1", "<title>Other"))


def test_content_may_be_in_any_language() -> None:
    show('<p translate="no">䶮 and 学员</p><p lang="zh-CN">学员</p><ul data-content><li>学员</li></ul>')


def test_filled_placeholders_may_be_in_any_language() -> None:
    pattern = wording.pattern_of("%(name)s is in this cohort already.")
    assert pattern.fullmatch("张三 is in this cohort already.")


def test_form_is_sent_as_a_browser_would() -> None:
    form = pages.form_of(
        show(
            '<form action="/to?a=1" method="post"><input type="hidden" name="csrf_token" value="t">'
            '<input name="a" value="1" aria-label="1"><input type="checkbox" name="b" value="x" checked aria-label="1">'
            '<input type="checkbox" name="b" value="y" checked aria-label="1">'
            '<input type="radio" name="c" value="z" aria-label="1">'
            '<select name="d" aria-label="1"><option value="1">1</option><option value="2" selected>2</option></select>'
            '<textarea name="e" aria-label="1">long</textarea><button name="f" value="1">1</button></form>'
        )
    )
    assert form.action == "/to?a=1"
    assert form.values == {"csrf_token": "t", "a": "1", "b": ["x", "y"], "d": "2", "e": "long"}


def test_statements_are_counted_without_transaction_control(app: Flask) -> None:
    with counting(app) as count, app.app_context(), reading():
        db.session.execute(db.text("SELECT 1"))
    assert len(count) == 1
    with pytest.raises(AssertionError, match="SELECT 2"), counting(app, at_most=0), app.app_context(), reading():
        db.session.execute(db.text("SELECT 2"))

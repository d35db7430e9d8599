"""Lesson text: what authors may write, and that nothing else reaches a page."""

import re

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from courses import markdown
from training.core.errors import Invalid

BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "<javascript:alert(1)>",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "![a](http://example.org/x.png)",
    '[a](http://example.org "x\\" onclick=alert(1)")',
    "<a href='x' style='color:red'>a</a>",
    "## <svg onload=alert(1)>",
    "| a |\n|:-:|\n| <iframe src=x></iframe> |",
    "```html\n<script>alert(1)</script>\n```",
]
TAG = re.compile(r"<\s*/?\s*([a-zA-Z][^\s>/]*)([^>]*)>")
ALLOWED = {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong"}
ALLOWED |= {"table", "tbody", "td", "th", "thead", "tr", "ul", "div"}
GIVEN = {"href", "title", "rel", "id", "start", "class", "tabindex", "role", "aria-label"}


def assert_safe(html: str) -> None:
    for name, attributes in TAG.findall(html):
        assert name in ALLOWED
        for attribute in re.findall(r'([\w-]+)="', attributes):
            assert attribute in GIVEN, html
        for address in re.findall(r'href="([^"]*)"', attributes):
            assert not re.match(r"\s*(javascript|data|vbscript|file):", address, re.IGNORECASE), html


@pytest.mark.parametrize("text", BAD)
def test_code_in_a_text_is_shown_as_text_or_left_out(text: str) -> None:
    assert_safe(str(markdown.render(text)))


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="ab <>[]()!\"'`*_#|:-\n\t&;/=javscript", max_size=200))
def test_any_text_is_safe(text: str) -> None:
    assert_safe(str(markdown.render(text)))


def test_paragraphs_lists_tables_and_quotations_are_shown() -> None:
    html = str(
        markdown.render("## 用药\n\n**按时**给药。\n\n- 一\n- 二\n\n> 先听\n\n| 药 | 量 |\n| - | - |\n| 吗啡 | 5 mg |")
    )
    for part in ('<h2 id="s-用药">', "<strong>按时</strong>", "<li>一</li>", "<blockquote>", "<td>吗啡</td>"):
        assert part in html


def test_the_title_is_not_repeated_and_no_h1_is_left() -> None:
    html = str(markdown.render("# 疼痛\n\n正文\n\n## 评估", "疼痛"))
    assert "疼痛" not in html
    assert '<h2 id="s-评估">' in html
    html = str(markdown.render("# 另一个\n\n## 小节", "疼痛"))
    assert "<h1" not in html
    assert '<h2 id="s-另一个">' in html
    assert '<h3 id="s-小节">' in html


def test_headings_have_ids_of_their_own_that_outlive_other_edits() -> None:
    html = str(markdown.render("## A b\n\n## A b\n\n## !!!\n\n## A b 2"))
    assert re.findall(r'id="([^"]+)"', html) == ["s-a-b", "s-a-b-2", "s-part", "s-a-b-2-2"]
    longer = str(markdown.render("## 新的一节\n\n## A b"))
    assert 'id="s-a-b"' in longer
    assert max(map(len, re.findall(r'id="([^"]+)"', str(markdown.render("## " + "长" * 500))))) <= 80


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a" * 60_001, "60001"),
        ("> " * 60 + "a", "嵌套"),
        ("\n".join("  " * depth + "- a" for depth in range(60)), "嵌套"),
        ("# a\n" * 300, "200"),
        ("|" + "a|" * 50 + "\n|" + "-|" * 50 + "\n" + "|a|\n" * 100, "2000"),
    ],
)
def test_too_much_is_refused_with_a_sentence(app: Flask, text: str, word: str) -> None:
    with app.test_request_context(), pytest.raises(Invalid) as refusal:
        markdown.render(text)
    assert word in str(refusal.value.message)


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "*a_ " * 15_000, "`" * 60_000, "![" * 30_000, "<" * 60_000, "&" * 60_000]
)
def test_tiresome_texts_are_bounded_and_safe(text: str) -> None:
    assert_safe(str(markdown.render(text)))

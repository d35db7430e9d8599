"""Styles that the press keeps: documents come out as if nothing had been printed before."""

from __future__ import annotations

import pytest

from tests.certificates.conftest import NODE_MODULES, ROOT
from training.core import fonts, press
from training.core.press import Press

SHEET = """
@page { size: A5; margin: 10mm }
body { font-family: "Anning Everyday"; overflow: hidden }
h1 { font-size: 5vw }
p { width: 50vw; padding: 1em }
p.red { color: red }
p::before { content: "·" }
li { list-style: decimal }
"""
FIRST = '<html lang="zh"><title>甲</title><h1>一</h1><p>二<span lang="en">two</span><ol><li>三</ol>'
OTHER = '<html lang="en"><title>b</title><h1 lang="zh">五</h1><p class="red">six<p>七<ul><li>eight</ul>'


@pytest.fixture
def own() -> Press:
    faces = fonts.find_typefaces(NODE_MODULES, ROOT / "build" / "fonts").everyday
    press.load.cache_clear()
    return press.load(faces, SHEET)


def printed(html: str, own: Press) -> bytes:
    with press.at_work():
        return press.write(press.set_pages(html, own, {}), own)


def test_a_document_is_the_same_whatever_was_printed_before(own: Press) -> None:
    first = printed(FIRST, own)
    other = printed(OTHER, own)
    assert first != other
    assert printed(FIRST, own) == first

    press.load.cache_clear()
    anew = press.load(fonts.find_typefaces(NODE_MODULES, ROOT / "build" / "fonts").everyday, SHEET)
    assert anew is not own
    assert printed(OTHER, anew) == other


SELECTING = (
    SHEET
    + """
p:empty { border: 1mm solid }
p:last-child { color: blue }
p + p { margin-top: 1em }
[class~="red"] { font-weight: 700 }
"""
)
ALIKE = [
    '<html lang="zh"><title>甲</title><body><p>一</p><p class="red">二</p></body>',
    '<html lang="zh"><title>甲</title><body><p>三</p><p class="red">四</p></body>',
    '<html lang="zh"><title>甲</title><body><p class="red">一</p><p>二</p></body>',
    '<html lang="zh"><title>甲</title><body><p></p><p class="red">二</p></body>',
    '<html lang="zh"><title>甲</title><body><p>一</p><p class="red big">二</p></body>',
    '<html lang="zh"><title>甲</title><body><p>一<a href="https://a.example.org/">二</a></p></body>',
    '<html lang="zh"><title>甲</title><body><p>一<a href="https://b.example.org/">二</a></p></body>',
]


@pytest.mark.parametrize("more", ["", 'a[href*="b.example"] { color: green }'])
def test_documents_that_are_nearly_alike_are_not_taken_for_each_other(more: str) -> None:
    faces = fonts.find_typefaces(NODE_MODULES, ROOT / "build" / "fonts").everyday

    def fresh() -> Press:
        press.load.cache_clear()
        return press.load(faces, SELECTING + more)

    alone = [printed(html, fresh()) for html in ALIKE]
    together = fresh()
    assert [printed(html, together) for html in ALIKE] == alone
    assert [printed(html, together) for html in reversed(ALIKE)] == alone[::-1]
    assert len(set(alone)) == len(ALIKE) - 1  # a class that no rule names changes nothing
    assert bool(together.sheet.shapes) is not bool(more)


def test_styles_are_worked_out_once(own: Press) -> None:
    printed(FIRST, own)
    known = dict(own.sheet.kept)
    printed(FIRST.replace("二", "九"), own)
    assert own.sheet.kept == known
    printed(OTHER, own)
    assert len(own.sheet.kept) > len(known)


def test_no_more_styles_are_kept_than_a_bound(own: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    first = printed(FIRST, own)
    monkeypatch.setattr("training.core.styles.MOST", 1)
    other = printed(OTHER, own)
    assert printed(FIRST, own) == first
    assert printed(OTHER, own) == other

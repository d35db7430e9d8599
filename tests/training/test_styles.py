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

"""Searching one's lessons: short Chinese words, both languages, only what may be opened, a bounded page."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select

from courses.search import folding, indexing
from courses.search.models import LessonWords
from tests.client import main_text
from tests.counting import counting
from tests.courses.conftest import AsPerson, Study
from tests.courses.test_prerequisites import require
from training.core.db import db, reading, transaction


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_two_characters_are_found_and_marked(study: Study, as_: AsPerson, language: str) -> None:
    study.publish(0, body_zh="## 用药\n\n给予**吗啡**即释片。", body_en="Give ＭＯＲＰＨＩＮＥ by mouth.")
    study.enrol("newcomer")
    client = as_(study.people["newcomer"], language)
    for query, mark in (("吗啡", "吗啡"), ("morphine", "ＭＯＲＰＨＩＮＥ")):
        with counting(study.app, at_most=6):
            page = client.get("/learning/search", query_string={"q": query})
        html = page.get_data(as_text=True)
        assert f"<mark>{mark}</mark>" in html
        assert f"/lessons/{study.lessons[0]}" in html
        assert f"/lessons/{study.lessons[1]}" not in html
        assert "**" not in main_text(page)
    both = client.get("/learning/search", query_string={"q": "吗啡 morphine"}).get_data(as_text=True)
    assert f"/lessons/{study.lessons[0]}" in both
    nothing = client.get("/learning/search", query_string={"q": "吗啡 没有这个词"}).get_data(as_text=True)
    assert f"/lessons/{study.lessons[0]}" not in nothing


def test_only_the_pinned_version_and_only_what_is_open_is_searched(study: Study, as_: AsPerson) -> None:
    study.publish(0, body_zh="新的吗啡")
    assert "<mark>" not in as_(study.people["trainee"]).get("/learning/search?q=吗啡").get_data(as_text=True)
    study.publish(1, body_zh="也有吗啡")
    require(study, study.lessons[1], study.lessons[0])
    study.enrol("newcomer")
    html = as_(study.people["newcomer"]).get("/learning/search?q=吗啡").get_data(as_text=True)
    assert html.count("<mark>") == 1
    assert "<mark>" not in as_(study.people["stranger"]).get("/learning/search?q=吗啡").get_data(as_text=True)
    own = as_(study.people["colleague"]).get("/teaching/search?q=吗啡").get_data(as_text=True)
    assert own.count("<mark>") == 2
    assert "<mark>" not in as_(study.people["elsewhere"]).get("/teaching/search?q=吗啡").get_data(as_text=True)


@pytest.mark.one_database
@pytest.mark.parametrize("query", ["", "   ", "%", "_", "\\", "<b>", "a" * 500, "\x00\ud800", "😀", "'; DROP"])
def test_any_query_is_a_page(study: Study, as_: AsPerson, query: str) -> None:
    page = as_(study.people["trainee"]).get(
        "/learning/search", query_string={"q": query.encode("utf-8", "replace").decode()}
    )
    assert page.status_code == 200
    assert "<mark>" not in page.get_data(as_text=True)


def test_versions_from_before_the_search_are_swept_in(study: Study) -> None:
    with study.app.app_context():
        with transaction():
            db.session.execute(delete(LessonWords))
        assert indexing.write_missing() == 3
        assert indexing.write_missing() == 0
        with reading():
            assert db.session.scalar(select(func.count()).select_from(LessonWords)) == 3


def test_a_snippet_leads_back_to_the_text_as_it_was_written() -> None:
    text = "甲" * 100 + "㎎ Morphine 吗啡" + "乙" * 200
    pieces = folding.snippet(text, folding.words("MORPHINE mg"))
    assert [piece for piece, found in pieces if found] == ["㎎", "Morphine"]
    assert pieces[0][0] == "…"
    assert len("".join(piece for piece, _found in pieces)) < 200
    assert folding.words("Ａ a B b c d e f g h") == ["a", "b", "c", "d", "e", "f"]
    assert folding.snippet("", ["x"]) == []

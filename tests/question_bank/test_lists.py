"""The list of the bank: search in both writings of Chinese, filters, saved searches, categories and tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from question_bank import tasks, terms
from question_bank.models import Item, ItemCategory, ItemTerms, SavedSearch
from question_bank.queries import items as bank
from question_bank.queries import lists
from question_bank.services import items
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import bodies
from tests.question_bank.conftest import Bench, a1
from tests.question_bank.test_authoring import typed
from tests.question_bank.test_review import step, write
from training.core import clock
from training.core.db import db
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def add(bench: Bench, code: str, zh: str, en: str = "", **about: object) -> int:
    """A draft of the first instructor's with that stem."""
    with bench.writing():
        scope = db.session.get_one(Scope, db.session.get_one(Item, bench.item_ids[0]).scope_id)
        body = {**a1(), "stem": {"zh": zh, "en": en}, "about": about}
        return items.add_item(scope, code=code, type_name="A1", body=body, added_by=bench.actor("instructor.jn")).id


def found(bench: Bench, words: str = "", **wanted: object) -> list[str]:
    """The codes that a search of the first instructor finds, in order."""
    with bench.looking():
        page = lists.page_of_items(bench.actor("instructor.jn"), lists.Wanted(words, **wanted), 1)  # type: ignore[arg-type]
        return [one.code for one in page.rows]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("吗啡", True),
        ("嗎啡", True),
        ("啡口", True),
        ("鎮痛", True),
        ("镇痛", True),
        ("口服吗啡", False),  # the pair in the middle, 服吗, is nowhere
        ("痛", True),
        ("morph", True),
        ("ＭＯＲＰＨＩＮＥ 吗啡", True),
        ("𠮷野", True),
        ("吗啡 芬太尼", False),
        ("吗泵", False),
        ("!", False),
        ("' OR *", False),
        ('"', False),
    ],
)
def test_terms_are_found_in_either_writing(bench: Bench, query: str, is_found: bool) -> None:
    add(bench, "S-1", "吗啡口服后的鎮痛，𠮷野", "Morphine by mouth")
    assert ("S-1" in found(bench, query)) is is_found


def test_options_explanations_codes_and_tags_are_searched_and_the_stem_comes_first(
    bench: Bench, instructor: CheckingClient
) -> None:
    first, second = add(bench, "S-1", "甲", "plain"), add(bench, "S-2", "乙", "fentanyl patch")
    instructor.submit(f"/items/{first}/edit", {"options-2-text_en": "fentanyl", "explanation_zh": "呼吸抑制"})
    assert found(bench, "fentanyl") == ["S-2", "S-1"]
    assert found(bench, "呼吸抑制") == ["S-1"]
    assert found(bench, "s-2")[0] == "S-2"
    assert instructor.submit(f"/items/{second}/place", {"tags": "贴剂，透皮器, 贴剂"}).status_code == 302
    assert found(bench, "透皮器") == ["S-2"]
    assert found(bench, tag="贴剂") == ["S-2"]
    instructor.submit(f"/items/{first}/edit", {"options-2-text_en": "changed"})
    assert found(bench, "fentanyl") == ["S-2"], "what is not said any more is not found"


def test_the_sweep_writes_the_terms_that_are_missing(app: Flask, bench: Bench) -> None:
    add(bench, "S-1", "齐多夫定")
    with bench.writing():
        db.session.execute(text("DELETE FROM item_terms"))
    assert found(bench, "齐多夫定") == []
    with app.app_context():
        assert tasks.index_what_is_missing() > 0
        assert tasks.index_what_is_missing() == 0
    assert found(bench, "齐多夫定") == ["S-1"]


def test_filters_narrow_each_other(bench: Bench, instructor: CheckingClient) -> None:
    today = clock.today()
    add(bench, "F-1", "甲", module="pain", difficulty=2, review_by=(today + timedelta(days=59)).isoformat())
    add(bench, "F-2", "乙", module="pain", difficulty=4, review_by=(today + timedelta(days=70)).isoformat())
    assert found(bench, module="pain") == ["F-1", "F-2"]
    assert found(bench, module="pain", difficulty=4) == ["F-2"]
    assert found(bench, only="due") == ["F-1"]
    assert found(bench, only="drafts") == ["F-1", "F-2"]
    assert {"F-1", "I-jn-1"} <= set(found(bench, only="mine"))
    assert "T-1" not in found(bench, only="mine")
    assert found(bench, state="draft") == ["F-1", "F-2"]
    assert found(bench, only="waiting") == found(bench, state="in_review") == ["I-jn-9"]
    assert "F-1" not in found(bench, state="approved")
    instructor.submit(f"/items/{bench.item_ids[1]}", {"reason": "old"}, action=f"/items/{bench.item_ids[1]}/retire")
    assert found(bench, state="retired") == ["T-2"]
    assert "T-2" not in found(bench, state="approved")


def test_what_waits_today_is_counted_on_top(bench: Bench, as_: As, instructor: CheckingClient) -> None:
    page = write(instructor)
    step(instructor, page, "submit")
    add(bench, "F-1", "甲", review_by=clock.today().isoformat())
    with bench.looking():
        assert lists.today_of(bench.actor("instructor.jn")) == {
            "drafts": 1,
            "waiting": 1,
            "due": 1,
            "to_mark": 0,
            "to_check": 1,  # of the small world
            "cannot_draw": 0,
        }
        assert lists.today_of(bench.actor("reviewer.jn"))["waiting"] == 1, "their own does not wait for them"
    assert "N-1" in main_text(as_(bench.people["reviewer.jn"], "en").get("/items/?only=waiting"))


def test_a_search_is_kept_under_a_name_and_deleted(bench: Bench, as_: As, instructor: CheckingClient) -> None:
    page = "/items/?state=draft&q=%E5%90%97%E5%95%A1"
    target = "/items/searches?q=%E5%90%97%E5%95%A1&state=draft"
    assert "/items/searches?q=" in instructor.get(page).text
    assert instructor.post(target, data={"name": ""}).status_code == 422
    kept = instructor.post(target, data={"name": "Morphine drafts"})
    assert kept.status_code == 302
    assert "q=%E5%90%97%E5%95%A1&amp;state=draft" in instructor.get("/items/").text
    with bench.looking():
        search = db.session.scalars(select(SavedSearch).where(SavedSearch.name == "Morphine drafts")).one()
    assert as_(bench.people["reviewer.jn"]).post(f"/items/searches/{search.id}/forget").status_code == 404
    assert instructor.post(f"/items/searches/{search.id}/forget").status_code == 302
    assert "Morphine drafts" not in main_text(instructor.get("/items/"))


def test_categories_are_a_tree_and_a_filter_takes_what_is_below(bench: Bench, instructor: CheckingClient) -> None:
    page = "/items/categories"
    assert instructor.submit(page, {"name": "Drugs"}, action=page).status_code == 302
    assert instructor.submit(page, {"name": "Drugs"}, action=page).status_code == 409
    with bench.looking():
        top = db.session.scalars(select(ItemCategory.id).where(ItemCategory.name == "Drugs")).one()
        foreign = db.session.scalars(select(ItemCategory.id).where(ItemCategory.name == "疼痛qd")).one()
    assert instructor.submit(page, {"name": "Opioids", "parent": str(top)}, action=page).status_code == 302
    with bench.looking():
        below = db.session.scalars(select(ItemCategory.id).where(ItemCategory.name == "Opioids")).one()
    assert "Drugs / Opioids" in main_text(instructor.get(page))
    item = f"/items/{bench.item_ids[0]}"
    assert instructor.submit(f"{item}/place", {"category": str(foreign)}).status_code == 422
    assert instructor.submit(f"{item}/place", {"category": str(below), "tags": "x" * 41}).status_code == 422
    assert instructor.submit(f"{item}/place", {"category": str(below)}).status_code == 302
    assert "Drugs / Opioids" in main_text(instructor.get(item))
    assert found(bench, category=top) == found(bench, category=below) == ["T-1"]
    rename = f"{page}/{below}/rename"
    assert instructor.post(rename, data={f"c{below}-name": ""}).status_code == 422
    assert instructor.post(rename, data={f"c{below}-name": "Strong opioids"}).status_code == 302
    assert "Drugs / Strong opioids" in main_text(instructor.get(page))


def test_pages_of_the_bank_stay_within_their_queries(app: Flask, bench: Bench, instructor: CheckingClient) -> None:
    for number in range(30):
        add(bench, f"P-{number:02}", f"吗啡{number}")
    item = bench.item_ids[0]
    for page in ("/items/", "/items/?page=2", "/items/?q=吗啡&state=draft&only=drafts&difficulty=3&tag=x"):
        with counting(app, at_most=8):
            assert instructor.get(page).status_code == 200
    for page in (f"/items/{item}/edit", "/items/new", f"/items/{item}/place"):
        with counting(app, at_most=6):
            assert instructor.get(page).status_code == 200
    with counting(app, at_most=16):
        assert instructor.get(f"/items/{item}").status_code == 200


def test_lists_are_sound_in_chinese(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"])
    for page in ("/items/?state=draft&type=none&category=abc&difficulty=9", "/items/?q=%00", "/items/categories"):
        assert client.get(page).status_code in {200, 422}
    assert client.get(f"/items/{bench.item_ids[0]}/place").status_code == 200


def test_terms_of_a_text_and_of_a_query() -> None:
    assert list(terms.terms("嗎啡口服 10mg，Ｑ4H")) == ["吗啡", "啡口", "口服", "服", "10mg", "q4h"]
    assert terms.wanted("嗎啡 痛 mo a") == [("吗啡", False), ("痛", True), ("mo", True), ("a", False)]
    assert terms.wanted("，。!?") == []
    assert len(terms.wanted("吗啡" * 500)) == 2
    assert list(terms.texts_of({"a": [{"text": {"zh": "甲", "en": "b"}}, 3], "text": "c", "key": ["d"]})) == [
        "甲",
        "b",
        "c",
    ]


def test_items_of_a_bank_elsewhere_are_not_found(bench: Bench) -> None:
    add(bench, "S-1", "齐多夫定")
    with bench.looking():
        stranger = bench.actor("instructor.qd")
        assert lists.page_of_items(stranger, lists.Wanted("齐多夫定"), 1).total == 0
        assert db.session.scalar(select(ItemTerms.item_id).limit(1)) is not None
        assert bank.items_to_choose(bench.actor("instructor.jn"), (), "齐多夫定") == [], "a draft is not offered"


def test_typed_is_kept_as_a_draft(bench: Bench, instructor: CheckingClient) -> None:
    instructor.submit("/items/new?type=A1", typed("Q-1", stem_zh="芬太尼"))
    assert found(bench, "芬太") == ["Q-1"]


def test_lists_show_a_line_where_a_blank_belongs_and_brackets_of_others_as_they_are(
    bench: Bench, instructor: CheckingClient
) -> None:
    with bench.writing():
        first = db.session.get_one(Item, bench.item_ids[0])
        author, scope = bench.actor("instructor.jn"), db.session.get_one(Scope, first.scope_id)
        items.add_item(scope, code="GAP-1", type_name="blanks", body=bodies.blanks(), added_by=author)
    add(bench, "GAP-2", "表格 [[1]] 的读法", "how to read table [[1]]")
    stem = bodies.blanks()["stem"]["en"]
    assert "[[" in stem
    for page in ("/items/?q=GAP-1", "/items/"):
        text = main_text(instructor.get(page))
        assert "＿＿" in text
        assert stem not in text
    assert "table [[1]]" in main_text(instructor.get("/items/?q=GAP-2"))

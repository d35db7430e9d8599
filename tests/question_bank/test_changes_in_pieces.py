"""Changes of many items: their bounds, the worker, the number of statements, and the quiz that is made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.changes import queries, rules, services, tasks
from question_bank.changes.models import ChangeLine, Fate
from question_bank.changes.rules import Act
from question_bank.models import Item
from question_bank.services import categories
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank.conftest import Bench
from tests.question_bank.test_changes import confirm, done, fates, look, opened, undo
from tests.question_bank.test_lists import add, found
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def test_a_change_is_undone_within_seven_days(bench: Bench, at: Callable[[timedelta], None]) -> None:
    at(timedelta())
    change = done(bench, Act.MODULE, "pain", [bench.item_ids[0]])
    at(timedelta(days=7, seconds=1))
    with pytest.raises(Conflict):
        undo(bench, change)
    at(timedelta(days=7))
    undo(bench, change)
    assert look(bench, bench.item_ids[0]).module is None


def test_more_than_a_piece_is_done_by_the_worker_and_goes_on_where_it_stopped(
    bench: Bench, app: Flask, instructor: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "A_PIECE", 3)
    ids = [add(bench, f"C-{number}", "题") for number in range(8)]
    change = opened(bench, Act.TAG, "期末", ids)
    confirm(bench, change)
    with bench.writing():
        assert services.do_piece(change, 0) == 3
        assert services.do_piece(change, 0) is None, "somebody else has done this piece"
    assert "3 / 8" in main_text(instructor.get(f"/items/changes/{change}"))
    with app.app_context():
        assert tasks.go_on_with_what_is_left() == 1
        assert tasks.go_on_with_what_is_left() == 0
    assert set(fates(bench, change).values()) == {(Fate.DONE, None)}
    undo(bench, change)
    with app.app_context():
        tasks.work(change)
        tasks.work(change)
    assert set(fates(bench, change).values()) == {(Fate.BACK, None)}
    assert found(bench, tag="期末") == []


def test_previews_are_forgotten_after_a_day(bench: Bench, app: Flask, at: Callable[[timedelta], None]) -> None:
    at(timedelta())
    opened(bench, Act.TAG, "a", bench.item_ids)
    kept = done(bench, Act.TAG, "b", bench.item_ids)
    at(timedelta(days=1, seconds=1))
    with app.app_context():
        assert tasks.forget_what_was_only_looked_at() == 1
        assert tasks.forget_what_was_only_looked_at() == 0
    assert fates(bench, kept)


def test_one_change_has_a_bound(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    with bench.looking(), pytest.raises(Invalid):
        services.plan(Act.TAG, "a", [1, 2, 3], actor=bench.actor("instructor.jn"))


@pytest.mark.parametrize(("act", "value"), [(Act.SOURCE, "x"), (Act.TAG, "x"), (Act.RETIRE, "x"), (Act.CATEGORY, "")])
def test_the_number_of_statements_does_not_grow_with_the_items(bench: Bench, app: Flask, act: Act, value: str) -> None:
    numbers = []
    for count in (2, 40):
        ids = [add(bench, f"C{count}-{number}", "题") for number in range(count)]
        if act is Act.CATEGORY:
            with bench.writing():
                scope = db.session.get_one(Scope, db.session.get_one(Item, ids[0]).scope_id)
                drugs = categories.add_category(scope, f"D{count}", added_by=bench.actor("instructor.jn")).id
            done(bench, act, str(drugs), ids)
        with counting(app) as looked:
            change = opened(bench, act, value, ids)
        with counting(app) as did:
            confirm(bench, change)
        with counting(app) as undid:
            undo(bench, change)
        numbers.append((len(looked), len(did), len(undid)))
    assert numbers[0] == numbers[1]
    assert max(numbers[1]) <= 20


def test_pages_of_changes_are_sound_in_chinese_and_within_their_queries(bench: Bench, app: Flask, as_: As) -> None:
    client = as_(bench.people["instructor.jn"])
    ids = [add(bench, f"C-{number}", "题") for number in range(30)]
    for act, value in (("review_by", "2030-01-31"), ("category", "0"), ("submit", ""), ("level", ""), ("retire", "旧")):
        query = "&".join(f"item={one}" for one in ids)
        saved = client.submit(f"/items/changes/new?act={act}&{query}", {"value": value})
        assert saved.status_code == 302
        with counting(app, at_most=7):
            assert client.get(f"{saved.location}?page=2").status_code == 200
    change = done(bench, Act.MODULE, "pain", ids)
    for address in (f"/items/changes/{change}", f"/items/changes/{change}?fate=done", "/items/changes/"):
        assert client.get(address).status_code == 200
    assert client.get(f"/items/changes/{change}?fate=burnt").status_code == 404


def test_a_quiz_is_composed_of_the_approved_items_ticked(bench: Bench, instructor: CheckingClient) -> None:
    draft = add(bench, "C-1", "题")
    query = "&".join(f"item={one}" for one in (draft, bench.item_ids[2], bench.item_ids[0]))
    page = instructor.get(f"/items/changes/new?act=quiz&{query}", follow_redirects=True)
    assert "Left out of the quiz: 1." in page.text
    assert f'name="order_{draft}"' not in page.text
    for item_id, place in ((bench.item_ids[0], 1), (bench.item_ids[2], 2)):
        field = next(one for one in page.text.split("<input") if f'name="order_{item_id}"' in one)
        assert f'value="{place}"' in field


@pytest.mark.parametrize(
    ("act", "value"),
    [
        (Act.CATEGORY, ""),
        (Act.TAG, "期末"),
        (Act.UNTAG, "旧"),
        (Act.MODULE, "pain"),
        (Act.MODULE, ""),
        (Act.DIFFICULTY, "3"),
        (Act.REVIEW_BY, ""),
        (Act.SOURCE, "指南"),
        (Act.SUBMIT, ""),
        (Act.RETIRE, "旧"),
    ],
)
def test_what_the_preview_says_is_what_happens(bench: Bench, act: Act, value: str) -> None:
    """Of a mixed lot: each item has afterwards what the preview showed, and had it again after undoing."""
    about = {"module": "old", "difficulty": 3, "review_by": "2030-01-01"}
    lot = [add(bench, "C-1", "题", "item"), add(bench, "C-2", "题", "item", **about), add(bench, "C-3", "缺英文")]
    lot += bench.item_ids[:2]
    with bench.writing():
        item, actor = db.session.get_one(Item, lot[0]), bench.actor("instructor.jn")
        scope = db.session.get_one(Scope, item.scope_id)
        drugs = categories.add_category(scope, "Drugs", added_by=actor)
        categories.place_item(item, scope, drugs, ["旧"], by=actor)
    change = opened(bench, act, value, lot)
    with bench.looking():
        lines = db.session.scalars(select(ChangeLine).where(ChangeLine.change_id == change)).all()
    told = {one.item_id: rules.after(act, value, one.had) if one.fate is Fate.WILL else list(one.had) for one in lines}
    had = {one.item_id: list(one.had) for one in lines}
    for do, expected in ((confirm, told), (undo, had)):
        do(bench, change)
        with bench.looking():
            now = {one.item.id: list(one.seen.has) for one in queries.look(act, value, lot)}
        assert now == expected

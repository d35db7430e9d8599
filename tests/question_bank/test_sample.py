"""The sample's attempts, and its mark."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank import item_types
from question_bank.likeness.shingles import ALIKE, likeness, said
from question_bank.models import Attempt, Item, ItemState, ItemVersion
from question_bank.samples import all_items, read
from tests.client import client_for, main_text
from training.accounts.models import Person
from training.activities.models import Activity
from training.activities.services import add_activity
from training.core import scopes
from training.core.db import db, reading, transaction


@pytest.mark.sample
@pytest.mark.one_database
def test_the_sample_has_attempts_of_every_stage(app: Flask) -> None:
    with app.app_context(), reading():
        rows = db.session.execute(select(Attempt.number, Attempt.passed)).all()
    assert (2, True) in rows, "somebody passed a resit"
    assert (1, False) in rows, "somebody failed"
    assert rows.count((1, None)) == 3, "two wait for a mark, one sits an examination"


@pytest.mark.sample
@pytest.mark.one_database
def test_what_waits_is_there_for_both_instructors_to_see(app: Flask) -> None:
    with app.app_context(), reading():
        rows = db.session.execute(select(Item, ItemVersion).join(ItemVersion)).all()
        unfinished = {item.code: item for item, _body in rows if item.state is not ItemState.APPROVED}
        [retired] = [item for item, _body in rows if item.retired_at is not None]
        successor = db.session.get_one(Item, retired.superseded_by_id)
    assert {version.body["source"].partition("；")[0] for _item, version in rows} == {"教学示例 · 未经审核"}
    for login, waiting, drafts in (("13800000001", 2, 2), ("13800000032", 1, 0)):
        page = " ".join(main_text(client_for(app, login, "en").get("/items/")).split())
        for words in (f"My drafts {drafts}", f"Waiting for my review {waiting}", "Answers to mark 2"):
            assert words in page
    instructor = client_for(app, "13800000001")
    returned = main_text(instructor.get(f"/items/{unfinished['SY-021'].id}"))
    assert "皮肤护理的出处" in returned
    assert successor.code in main_text(instructor.get(f"/items/{retired.id}"))
    reviews = main_text(instructor.get("/items/reviews/"))
    assert "HC-011" in reviews
    assert "LD-011" in reviews
    marking = main_text(instructor.get("/marking/"))
    assert "沟通工作坊小测" in marking


@pytest.mark.sample
@pytest.mark.one_database
def test_items_underway_are_sound_and_like_no_other(app: Flask) -> None:
    underway = read("underway.json")
    several = [one["item"] for one in underway["written"]]
    several += [one[name] for one in underway["retired"] for name in ("item", "successor")]
    told = [said(one) for one in all_items()]
    for one in several:
        assert item_types.get(one["type"]).validate({**one, "about": {}}) == []
        assert max(likeness(said(one), other).share for other in told) < ALIKE / 2, one["code"]


@pytest.mark.sample
@pytest.mark.one_database
def test_what_came_with_the_sample_is_marked_beside_its_title_and_not_in_it(app: Flask) -> None:
    with app.app_context(), reading():
        activities = db.session.scalars(select(Activity)).all()
        attempt, sitter = db.session.execute(
            select(Attempt, Person).join(Person, Person.id == Attempt.person_id).limit(1)
        ).one()
        quiz = next(one for one in activities if one.id == attempt.quiz_id)
    assert all(one.sample for one in activities)
    assert "示例" not in quiz.title_zh
    for language, mark in (("zh", "教学示例 · 未经审核"), ("en", "Teaching sample, not reviewed")):
        client = client_for(app, sitter, language)
        for path in (f"/quiz/{quiz.id}", f"/quiz/attempts/{attempt.id}/result"):
            assert mark in main_text(client.get(path)), path


@pytest.mark.one_database
def test_what_people_write_bears_no_mark(app: Flask) -> None:
    with app.app_context(), transaction():
        activity = add_activity("question_bank:quiz", scope_id=scopes.root().id, title_zh="测验", title_en="Quiz")
        assert activity.sample is False

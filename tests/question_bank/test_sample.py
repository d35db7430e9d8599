"""The sample's attempts, and its mark."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.models import Attempt
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
    assert all(passed is not None for _number, passed in rows)


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

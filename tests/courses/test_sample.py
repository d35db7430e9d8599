"""The sample course and how far its trainees have come."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from courses.activity_kinds import lessons_left, lessons_left_words
from courses.models import COURSE, LESSON, LessonVersion
from tests.client import client_for, main_text
from training.accounts.models import Person
from training.activities.kinds import Facts
from training.activities.models import Activity
from training.core.db import db, reading
from training.progress.models import LedgerLine


@pytest.mark.sample
def test_the_sample_course_has_three_lessons_that_open_in_both_languages(app: Flask) -> None:
    with app.app_context(), reading():
        course = db.session.scalars(select(Activity).where(Activity.kind == COURSE)).one()
        lessons = db.session.scalars(select(Activity).where(Activity.kind == LESSON).order_by(Activity.id)).all()
        reader = db.session.scalars(
            select(Person)
            .join(LedgerLine, LedgerLine.person_id == Person.id)
            .where(LedgerLine.activity_id == course.id)
        ).first()
        assert (course.version, course.class_hours, len(lessons)) == (1, Decimal(3), 3)
    assert reader is not None
    for language, mark in (("zh", "教学示例 · 未经审核"), ("en", "Teaching sample, not reviewed")):
        client = client_for(app, reader, language)
        assert client.get(f"/courses/{course.id}").status_code == 200
        for lesson in lessons:
            assert mark in main_text(client.get(f"/lessons/{lesson.id}"))


@pytest.mark.sample
@pytest.mark.one_database
def test_sample_trainees_have_read_at_different_times_after_enrolling(app: Flask) -> None:
    with app.app_context(), reading():
        lessons = select(Activity.id).where(Activity.kind == LESSON)
        done = db.session.execute(
            select(func.count(LedgerLine.id)).where(LedgerLine.activity_id.in_(lessons)).group_by(LedgerLine.person_id)
        ).scalars()
        moments = db.session.scalars(select(LedgerLine.occurred_at).where(LedgerLine.activity_id.in_(lessons))).all()
        written = db.session.scalars(select(LessonVersion.created_at)).first()
        assert set(done) == {1, 2, 3}
        assert written is not None
        assert min(moments) > written
        assert len({moment.date() for moment in moments}) > 10


def test_what_is_left_is_counted_and_the_next_lesson_named() -> None:
    missing = lessons_left(Facts(1, 1, parts=(5, 6, 7), done=frozenset({5, 7})))
    assert (missing.word, missing.figures, missing.next_id) == ("lessons_left", {"done": 2, "total": 3}, 6)
    assert lessons_left(Facts(1, 1, parts=(5,), done=frozenset({5}))).next_id is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "已学完 2 / 3 课，还剩 1 课"), ("en", "2 of 3 lessons done, 1 lesson to go")],
)
def test_what_is_left_is_said_in_both_languages(app: Flask, language: str, words: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert lessons_left_words({"done": 2, "total": 3}) == words

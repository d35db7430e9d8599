"""The sample course and how far its trainees have come."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, func, select

from courses.activity_kinds import lessons_left, lessons_left_words
from courses.models import COURSE, LESSON, CourseLesson, LessonVersion
from tests import wording
from tests.client import client_for, main_text
from training.accounts.models import Person
from training.activities.kinds import Facts
from training.activities.models import Activity
from training.core.db import db, reading
from training.progress.models import LedgerLine

HOURS_OF_THE_MODULES = (4, 5, 10, 12, 6, 9, 6, 4, 5, 4, 2, 3)  # of the programme of 70 hours
INSTRUCTOR = "13800000001"


@pytest.mark.sample
def test_the_foundation_and_the_modules_share_lessons_that_open_in_both_languages(app: Flask) -> None:
    with app.app_context(), reading():
        courses = db.session.scalars(select(Activity).where(Activity.kind == COURSE).order_by(Activity.id)).all()
        outlines = {
            one.id: set(db.session.scalars(select(CourseLesson.lesson_id).where(*_present(one)))) for one in courses
        }
        reader = db.session.scalars(
            select(Person)
            .join(LedgerLine, LedgerLine.person_id == Person.id)
            .where(LedgerLine.activity_id == courses[0].id)
        ).first()
    foundation, modules = courses[:5], courses[5:]
    assert sum(one.class_hours for one in foundation) == Decimal(35)
    assert [one.class_hours for one in modules] == [Decimal(hours) for hours in HOURS_OF_THE_MODULES]
    basic = set().union(*(outlines[one.id] for one in foundation))
    everything = set().union(*(outlines[one.id] for one in modules))
    assert (len(basic), len(everything)) == (22, 42)
    assert basic < everything
    assert reader is not None
    for language, mark in (("zh", "教学示例 · 未经审核"), ("en", "Teaching sample, not reviewed")):
        client = client_for(app, reader, language)
        assert client.get(f"/courses/{courses[0].id}").status_code == 200
        for lesson_id in sorted(basic):
            page = client.get(f"/lessons/{lesson_id}")
            assert mark in main_text(page)
            assert f"<p>{mark}</p>" not in page.text
        teaching = client_for(app, INSTRUCTOR, language)
        for path in (f"/teaching/courses/{courses[0].id}", f"/teaching/lessons/{min(basic)}/versions/1"):
            assert mark in main_text(teaching.get(path))


def _present(course: Activity) -> tuple[ColumnElement[bool], ...]:
    return CourseLesson.course_id == course.id, CourseLesson.course_version == course.version


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
        assert set(done) == {1, 2, 21, 22}
        assert written is not None
        assert min(moments) > written
        assert len({moment.date() for moment in moments}) > 10


LESSONS = sorted((wording.ROOT / "courses/sample/lessons").glob("*.zh.md"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name.partition(".")[0])
def test_a_sample_lesson_is_short_marked_and_says_the_same_in_both_languages(path: Path) -> None:
    chinese = path.read_text(encoding="utf-8")
    english = path.with_name(path.name.replace(".zh.", ".en.")).read_text(encoding="utf-8")
    assert 300 <= len(re.findall("[\u3400-\u9fff]", chinese)) <= 800
    assert chinese.count("\n\n教学示例 · 未经审核\n\n") == 1
    assert english.count("\n\nTeaching sample, not reviewed\n\n") == 1
    assert not wording.CHINESE.search(english)
    assert chinese.count("\n## ") == english.count("\n## ") >= 3


@pytest.mark.parametrize(
    ("slug", "facts"),
    [
        ("five-wholes", ("全人", "全程", "全家", "全队", "全社会")),
        ("eligibility", ("KPS", "50", "3 个月")),
        ("network-and-price", ("260",)),
        ("opioid-rotation", ("1.5～2", "5～7.5", "25%～50%")),
        ("home-visit", ("2001", "免费")),
        ("early-palliative-and-nutrition", ("营养",)),
        ("community-and-volunteers", ("志愿者",)),
    ],
)
def test_facts_stand_where_they_belong(slug: str, facts: tuple[str, ...]) -> None:
    text = (wording.ROOT / f"courses/sample/lessons/{slug}.zh.md").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert [one for one in facts if one not in text] == []


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

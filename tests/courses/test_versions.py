"""Publishing: every change a version, and who reads which."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from courses import queries, services
from courses.models import CourseLesson, LessonVersion
from courses.services import StaleLesson
from tests.courses.conftest import AsPerson, Study, draft
from training.activities.models import Activity
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.core.errors import Conflict, Invalid, NotAllowed, NotFound
from training.core.scopes import Scope
from training.programmes import queries as programmes
from training.programmes.models import Enrolment
from training.progress.models import EnrolmentStep


def outline(study: Study, version: int) -> list[tuple[int, int]]:
    """(lesson, version) of that course version; needs an open transaction."""
    rows = db.session.execute(
        select(CourseLesson.lesson_id, CourseLesson.lesson_version)
        .where(CourseLesson.course_id == study.course, CourseLesson.course_version == version)
        .order_by(CourseLesson.position)
    )
    return [(row.lesson_id, row.lesson_version) for row in rows]


def test_a_changed_lesson_raises_the_lesson_and_the_course(study: Study) -> None:
    first, second, third = study.lessons
    assert study.publish(1, body_zh="新的正文", class_hours=Decimal("1.5")) == 2
    with study.app.app_context(), reading():
        course, lesson = db.session.get_one(Activity, study.course), db.session.get_one(Activity, second)
        assert (course.version, lesson.version, lesson.class_hours) == (2, 2, Decimal("1.5"))
        assert course.class_hours == Decimal("3.5")
        assert outline(study, 1) == [(first, 1), (second, 1), (third, 1)]
        assert outline(study, 2) == [(first, 1), (second, 2), (third, 1)]
        assert db.session.get_one(LessonVersion, (second, 1)).body_zh != "新的正文"
        line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "lesson.publish")).one()
        assert line.details == {"version": 2, "course_version": 2}


def test_a_learner_keeps_the_version_and_a_new_enrolment_gets_the_new_one(study: Study, as_: AsPerson) -> None:
    study.publish(0, body_zh="改写之后。", title_zh="改写之后的标题")
    study.enrol("newcomer")
    address = f"/lessons/{study.lessons[0]}"
    old = as_(study.people["trainee"]).get(address).get_data(as_text=True)
    new = as_(study.people["newcomer"]).get(address).get_data(as_text=True)
    assert "请坐" in old
    assert "改写之后" not in old
    assert "改写之后" in new


def test_what_is_done_is_recorded_in_the_pinned_version(study: Study, as_: AsPerson) -> None:
    study.publish(0, body_zh="改写之后。")
    as_(study.people["trainee"]).post(f"/lessons/{study.lessons[0]}/done")
    with study.app.app_context(), reading():
        version = db.session.execute(
            text("SELECT activity_version FROM ledger_line WHERE activity_id = :id"), {"id": study.lessons[0]}
        ).scalar_one()
    assert version == 1


def test_a_lesson_added_later_is_not_asked_of_earlier_learners(study: Study, as_: AsPerson) -> None:
    with study.app.app_context(), transaction():
        added = services.add_lesson(study.course, draft(4), added_by=study.actor("instructor")).id
    study.enrol("newcomer")
    assert as_(study.people["trainee"]).get(f"/lessons/{added}").status_code == 404
    assert as_(study.people["newcomer"]).get(f"/lessons/{added}").status_code == 200
    with study.app.app_context(), reading():
        totals = {step.figures["total"] for step in db.session.scalars(select(EnrolmentStep))}
    assert totals == {3, 4}


def test_the_newest_enrolment_that_is_not_withdrawn_says_the_version(study: Study) -> None:
    """The select behind pages and the ground floor's `pinned_version` are one rule."""
    study.publish(0, body_zh="二")
    study.cohort_of_its_own("trainee")
    with study.app.app_context(), reading():
        for name, person in study.people.items():
            pinned = programmes.pinned_version(person.id, study.course)
            rows = db.session.execute(queries.visible_to_learner(study.actor(name))).all()
            assert [row.pinned for row in rows] == ([] if pinned is None else [pinned])
            assert pinned == {"trainee": 2}.get(name)
    with study.app.app_context(), transaction():
        db.session.execute(text("UPDATE enrolment SET status = 'withdrawn', withdrawn_reason = 'x' WHERE id = 2"))
    with study.app.app_context(), reading():
        assert db.session.get_one(Enrolment, 2).status.value == "withdrawn"
        assert queries.course_for(study.actor("trainee"), study.course).pinned == 1


def test_a_new_order_is_a_new_version_and_the_same_order_is_none(study: Study) -> None:
    first, second, third = study.lessons
    with study.app.app_context(), transaction():
        instructor = study.actor("instructor")
        assert services.reorder(study.course, [first, second, third], based_on=1, reordered_by=instructor) == 1
        assert services.reorder(study.course, [third, first, second], based_on=1, reordered_by=instructor) == 2
        with pytest.raises(Conflict):
            services.reorder(study.course, [first, second, third], based_on=1, reordered_by=instructor)
        with pytest.raises(Invalid):
            services.reorder(study.course, [first, second], based_on=2, reordered_by=instructor)
        with pytest.raises(Invalid):
            services.reorder(study.course, [first, second, third, 10**12], based_on=2, reordered_by=instructor)
    with study.app.app_context(), reading():
        assert [lesson for lesson, _version in outline(study, 2)] == [third, first, second]


def test_sending_the_same_text_again_publishes_nothing(study: Study) -> None:
    assert study.publish(0) == 1
    assert study.publish(0, minutes=33) == 2
    with study.app.app_context(), transaction():
        again = services.publish_lesson(
            study.lessons[0], draft(1, minutes=33), based_on=1, published_by=study.actor("instructor")
        )
        assert again == 2
        assert db.session.get_one(Activity, study.course).version == 2


def test_a_stale_text_is_refused(study: Study) -> None:
    study.publish(0, minutes=33)
    with study.app.app_context(), transaction(), pytest.raises(StaleLesson):
        services.publish_lesson(
            study.lessons[0], draft(1, minutes=44), based_on=1, published_by=study.actor("colleague")
        )


def test_another_base_cannot_write_here(study: Study) -> None:
    with study.app.app_context(), transaction():
        elsewhere = study.actor("elsewhere")
        with pytest.raises(NotFound):
            services.publish_lesson(study.lessons[0], draft(1, minutes=44), based_on=1, published_by=elsewhere)
        with pytest.raises(NotFound):
            services.add_lesson(study.course, draft(9), added_by=elsewhere)
        with pytest.raises(NotFound):
            services.reorder(study.course, study.lessons[::-1], based_on=1, reordered_by=elsewhere)
        scope = db.session.get_one(Scope, db.session.get_one(Activity, study.course).scope_id)
        words: dict[str, Any] = {"title_zh": "一", "title_en": "a", "summary_zh": "一", "summary_en": "a"}
        with pytest.raises(NotAllowed):
            services.add_course(scope, **words, lessons=[draft(1)], added_by=elsewhere)
        with pytest.raises(Invalid):
            services.add_course(scope, **words, lessons=[], added_by=study.actor("instructor"))


def test_list_and_single_loads_of_authors_agree(study: Study) -> None:
    with study.app.app_context(), reading():
        for name in study.people:
            actor = study.actor(name)
            listed = [row.Activity.id for row in queries.courses_of_author(actor)]
            assert listed == ([study.course] if name in {"instructor", "colleague"} else [])
            for load, key in ((queries.course_of_author, study.course), (queries.lesson_of_author, study.lessons[0])):
                if listed:
                    assert load(actor, key).Activity.id == study.course
                else:
                    with pytest.raises(NotFound):
                        load(actor, key)


@pytest.mark.parametrize("table", ["lesson_version", "course_lesson"])
def test_what_was_published_cannot_be_changed_or_deleted(study: Study, table: str) -> None:
    column = {"lesson_version": "minutes", "course_lesson": "position"}[table]
    for statement in (f"UPDATE {table} SET {column} = {column} + 9", f"DELETE FROM {table}"):
        with study.app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(statement))

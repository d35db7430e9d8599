"""What comes first: said with a link, kept on the server, fulfilled by the ledger or a waiver, never a ring."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from courses.prerequisites import rules
from courses.prerequisites import services as prerequisites
from tests.client import main_text
from tests.counting import counting
from tests.courses.conftest import AsPerson, Study, draft
from training.core.db import db, reading, transaction
from training.core.errors import Invalid
from training.programmes.models import Enrolment
from training.progress import waivers


def require(study: Study, waiting: int, first: int) -> None:
    with study.app.app_context(), transaction():
        prerequisites.require(study.course, waiting, first, required_by=study.actor("instructor"))


def another_course(study: Study) -> int:
    """A second course at the same base."""
    from courses import services
    from training.activities.models import Activity
    from training.core.scopes import Scope

    with study.app.app_context(), transaction():
        scope = db.session.get_one(Scope, db.session.get_one(Activity, study.course).scope_id)
        return services.add_course(
            scope,
            title_zh="先学的",
            title_en="The first one",
            summary_zh="一",
            summary_en="a",
            lessons=[draft(7)],
            added_by=study.actor("instructor"),
        ).id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_lesson_that_waits_says_for_what_and_opens_afterwards(study: Study, as_: AsPerson, language: str) -> None:
    first, second, _third = study.lessons
    require(study, second, first)
    study.enrol("newcomer")
    client = as_(study.people["newcomer"], language)
    course = client.get(f"/courses/{study.course}")
    assert {"zh": "先完成：第1课：沟通", "en": "first: Talking, part 1"}[language] in main_text(course)
    page = client.get(f"/lessons/{second}")
    assert page.status_code == 403
    assert {"zh": "尚未开放", "en": "Not open yet"}[language] in main_text(page)
    assert f'href="/lessons/{first}"' in page.get_data(as_text=True)
    assert client.post(f"/lessons/{second}/done").status_code == 403
    assert client.post(f"/lessons/{second}/checks/1").status_code == 403
    assert client.post(f"/lessons/{first}/done").status_code == 303
    assert client.get(f"/lessons/{second}").status_code == 200
    assert client.post(f"/lessons/{second}/done").status_code == 303


def test_who_was_enrolled_before_keeps_a_course_that_is_open(study: Study, as_: AsPerson) -> None:
    require(study, study.lessons[1], study.lessons[0])
    assert as_(study.people["trainee"]).get(f"/lessons/{study.lessons[1]}").status_code == 200
    study.publish(2, body_zh="新的正文")  # a further version carries on what waits
    study.enrol("newcomer")
    assert as_(study.people["newcomer"]).get(f"/lessons/{study.lessons[1]}").status_code == 403


def test_a_waiver_opens_and_what_one_has_not_is_said(study: Study, as_: AsPerson) -> None:
    other = another_course(study)
    require(study, study.course, other)
    study.enrol("newcomer")
    client = as_(study.people["newcomer"])
    page = client.get(f"/lessons/{study.lessons[0]}")
    assert page.status_code == 403
    assert "请询问培训基地的协调员" in main_text(page)
    assert "请先完成" in main_text(client.get(f"/courses/{study.course}"))
    with counting(study.app, at_most=6):
        client.get(f"/courses/{study.course}")


def test_a_waived_activity_counts_as_finished(study: Study, as_: AsPerson) -> None:
    """The first lesson's course is waived for the newcomer: what waits for the course opens."""
    other = another_course(study)
    with study.app.app_context(), transaction():
        prerequisites.require(other, other, study.course, required_by=study.actor("instructor"))
    study.enrol("newcomer")
    with study.app.app_context(), transaction():
        enrolment = db.session.scalars(
            select(Enrolment).where(Enrolment.person_id == study.people["newcomer"].id)
        ).one()
        waivers.waive(enrolment, study.course, "学过。", waived_by=study.actor("coordinator"))
    from courses.prerequisites import gate
    from training.programmes.models import EnrolmentPin

    with study.app.app_context(), transaction():
        db.session.add(EnrolmentPin(enrolment_id=enrolment.id, activity_id=other, version=2))
    with study.app.app_context(), reading():
        assert gate.unmet(study.people["newcomer"].id) == []


def test_a_ring_is_refused_and_the_author_sees_and_changes_what_waits(study: Study, as_: AsPerson) -> None:
    other = another_course(study)
    require(study, study.course, other)
    with pytest.raises(Invalid, match="互相等待"), study.app.test_request_context(), transaction():
        prerequisites.require(other, other, study.course, required_by=study.actor("instructor"))
    with pytest.raises(Invalid), study.app.test_request_context(), transaction():
        prerequisites.require(study.course, study.lessons[0], study.course, required_by=study.actor("instructor"))
    client = as_(study.people["instructor"])
    address = f"/teaching/courses/{study.course}/prerequisites"
    assert "先学的" in main_text(client.get(address))
    answer = client.submit(address, {"waiting": study.lessons[2], "first": study.lessons[0]}, action=f"{address}/add")
    assert answer.status_code == 303
    assert client.post(f"{address}/remove", data={"waiting": study.course, "first": other}).status_code == 303
    page = main_text(client.get(address))
    assert "第3课" in page
    assert client.post(f"{address}/add", data={"waiting": 0, "first": 0}).status_code == 422
    assert as_(study.people["elsewhere"]).get(address).status_code == 404
    assert as_(study.people["trainee"]).get(address).status_code == 403


def test_rings_are_found_through_lessons_and_courses() -> None:
    lessons = {1: (11, 12), 2: (21,)}
    assert not rules.would_close_a_ring(lessons, [], (1, 12, 11))
    assert rules.would_close_a_ring(lessons, [(1, 12, 11)], (1, 11, 12))
    assert rules.would_close_a_ring(lessons, [(1, 1, 2)], (2, 21, 1))
    assert rules.would_close_a_ring(lessons, [(1, 11, 2)], (2, 2, 1))
    assert rules.would_close_a_ring(lessons, [], (1, 1, 11))
    assert not rules.would_close_a_ring(lessons, [(1, 1, 2)], (1, 12, 2))

"""A lesson that two courses hold: completed once, it is completed in both, and is read in the one that is studied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from courses import services
from tests.counting import counting
from tests.courses.conftest import AsPerson, Study, draft
from training.activities.models import Activity
from training.core import clock, scopes
from training.core.db import db, reading, transaction
from training.places.models import TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Enrolment
from training.progress import rollups, states
from training.progress.models import EnrolmentStep, LedgerLine


def second_course(study: Study, name: str | None) -> int:
    """A course that takes over the first lesson, required by a programme of its own; enrols that person in it."""
    with study.app.app_context(), transaction():
        instructor, coordinator = study.actor("instructor"), study.actor("coordinator")
        base = db.session.get_one(TrainingBase, study.base)
        scope = db.session.get_one(scopes.Scope, base.scope_id)
        course = services.add_course(
            scope,
            title_zh="哀伤",
            title_en="Grief",
            summary_zh="",
            summary_en="",
            lessons=[draft(9)],
            added_by=instructor,
        )
        services.take_over(course.id, study.lessons[0], taken_by=instructor)
        assert course.version == 2
        services.take_over(course.id, study.lessons[0], taken_by=instructor)
        assert course.version == 2
        programme = programmes.add_programme(
            code="Q", title_zh="哀伤培训", title_en="Grief", scope_id=scope.id, requires=[course], valid_months=0
        )
        cohort = programmes.open_cohort(
            base,
            programme,
            code="q",
            name="哀伤",
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=9),
            opened_by=coordinator,
        )
        if name is not None:
            programmes.enrol(cohort, study.people[name], enrolled_by=coordinator)
        return course.id


def test_one_completion_counts_in_both_courses(study: Study, as_: AsPerson) -> None:
    course = second_course(study, "trainee")
    client = as_(study.people["trainee"])
    first = study.lessons[0]
    assert client.post(f"/lessons/{first}/done").location == f"/lessons/{study.lessons[1]}"
    with study.app.app_context(), transaction():
        figures: Any = {
            step.activity_id: (step.figures["done"], step.figures["total"], step.hours_done, step.hours)
            for step in db.session.scalars(select(EnrolmentStep))
        }
        assert figures == {study.course: (1, 3, 1, 3), course: (1, 2, 1, 2)}
        lines = select(func.count()).where(LedgerLine.activity_id == first)
        assert db.session.scalar(lines) == 1
        assert [states.refresh(one, None) for one in db.session.scalars(select(Enrolment)).all()] == [0, 0]
        assert rollups.rebuild() == 0


def test_the_shared_lesson_is_read_in_the_course_that_is_studied(study: Study, as_: AsPerson) -> None:
    course = second_course(study, "newcomer")
    first = study.lessons[0]
    for name, expected in (("newcomer", course), ("trainee", study.course)):
        page = as_(study.people[name]).get(f"/lessons/{first}").get_data(as_text=True)
        assert f'href="/courses/{expected}"' in page


def test_whoever_studies_both_stays_in_the_course_they_came_from(study: Study, as_: AsPerson) -> None:
    course = second_course(study, "trainee")
    client = as_(study.people["trainee"])
    first = study.lessons[0]
    assert f'href="/lessons/{first}?course={course}"' in client.get(f"/courses/{course}").get_data(as_text=True)
    assert f'href="/lessons/{first}"' in client.get(f"/courses/{study.course}").get_data(as_text=True)
    with counting(study.app, at_most=6):
        page = client.get(f"/lessons/{first}?course={course}").get_data(as_text=True)
    assert f'href="/courses/{course}"' in page
    assert f'action="/lessons/{first}/done?course={course}"' in page
    for odd in ("x", "9" * 30, "-1", "٣"):
        assert client.get(f"/lessons/{first}?course={odd}").status_code == 200


def test_an_author_takes_over_what_is_to_be_read_here_and_nothing_else(study: Study, as_: AsPerson) -> None:
    course = second_course(study, None)
    client = as_(study.people["instructor"])
    address = f"/teaching/courses/{course}/lessons/take-over"
    page = client.get(address).get_data(as_text=True)
    assert f'value="{study.lessons[1]}"' in page
    assert f'value="{study.lessons[0]}"' not in page
    assert client.post(address, data={"lesson_id": study.lessons[1]}).status_code == 303
    for odd in ("x", "9" * 30, "999999"):
        assert client.post(address, data={"lesson_id": odd}).status_code == 404
    assert as_(study.people["elsewhere"]).get(address).status_code == 404
    with study.app.app_context(), reading():
        assert db.session.get_one(Activity, course).version == 3

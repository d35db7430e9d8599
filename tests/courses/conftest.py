"""A course of three lessons, a cohort that requires it, and the people around it, made by the services themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from courses import services
from courses.services import Draft
from tests.client import CheckingClient
from training.accounts import queries as account_queries
from training.accounts import services as accounts
from training.accounts.models import NOTICE, Person, Profession
from training.core import clock, scopes
from training.core.access import Actor, Role
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.places import services as places
from training.places.models import Institution, TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort, Programme

AsPerson = Callable[..., CheckingClient]


def draft(number: int, **changes: object) -> Draft:
    """A lesson's text, `number` telling it from others."""
    values = {
        "title_zh": f"第{number}课：沟通",
        "title_en": f"Talking, part {number}",
        "body_zh": f"# 第{number}课：沟通\n\n先听。\n\n## 开场\n\n请坐。\n\n## 收尾\n\n谢谢。",
        "body_en": f"# Talking, part {number}\n\nListen.\n\n## Opening\n\nSit down.\n\n## Closing\n\nThank you.",
        "minutes": 10 + number,
        "class_hours": Decimal("1.0"),
    }
    return Draft(**{**values, **changes})  # type: ignore[arg-type]


@dataclass
class Study:
    """What the tests of courses need, by id and by person."""

    app: Flask
    people: dict[str, Person]
    course: int
    lessons: list[int]
    cohort: int
    programme: int
    base: int

    def actor(self, name: str) -> Actor:
        """That person as one who acts; needs an open transaction."""
        person = self.people[name]
        actor = account_queries.load_actor(f"{person.id}:{person.stamp}")
        assert actor is not None
        return actor

    def publish(self, lesson: int, **changes: object) -> int:
        """Have the instructor publish the next version of the lesson of that index."""
        from training.activities.models import Activity

        lesson_id = self.lessons[lesson]
        with self.app.app_context(), transaction():
            newest = db.session.get_one(Activity, lesson_id).version
            return services.publish_lesson(
                lesson_id, draft(lesson + 1, **changes), based_on=newest, published_by=self.actor("instructor")
            )

    def enrol(self, name: str) -> None:
        """Enrol that person, which pins the versions of this moment."""
        with self.app.app_context(), transaction():
            cohort = db.session.get_one(Cohort, self.cohort)
            programmes.enrol(cohort, self.people[name], enrolled_by=self.actor("coordinator"))

    def cohort_of_its_own(self, name: str) -> None:
        """Enrol that person once more, in a further cohort of the same programme."""
        with self.app.app_context(), transaction():
            cohort = programmes.open_cohort(
                db.session.get_one(TrainingBase, self.base),
                db.session.get_one(Programme, self.programme),
                code="second",
                name="第二期",
                starts_on=clock.today(),
                ends_on=clock.today() + timedelta(days=30),
                opened_by=self.actor("coordinator"),
            )
            programmes.enrol(cohort, self.people[name], enrolled_by=self.actor("coordinator"))


PEOPLE = {
    "instructor": (Role.INSTRUCTOR, 0),
    "colleague": (Role.INSTRUCTOR, 0),
    "elsewhere": (Role.INSTRUCTOR, 1),
    "coordinator": (Role.COORDINATOR, 0),
    "trainee": (None, 0),
    "newcomer": (None, 0),
    "stranger": (Role.TRAINEE, 1),
}


def _add_base(number: int, city: str) -> tuple[Institution, TrainingBase, Scope]:
    institution = places.add_institution(
        code=f"H{number}",
        name_zh=f"第{number}医院",
        name_en=f"Hospital {number}",
        city_code=city,
        kind="hospital",
        beds=20,
    )
    base = places.add_base(institution, code=f"B{number}", name_zh=f"第{number}基地", name_en=f"Base {number}")
    return institution, base, db.session.get_one(Scope, base.scope_id)


def _add_people(bases: list[tuple[Institution, TrainingBase, Scope]]) -> dict[str, Person]:
    people = {}
    for number, (name, (role, place)) in enumerate(PEOPLE.items()):
        institution, _base, scope = bases[place]
        people[name] = accounts.add_person(
            accounts.PersonData(
                name=f"王小{'甲乙丙丁戊己庚'[number]}",
                mobile=f"1380000100{number}",
                email=None,
                profession=Profession.NURSE,
                institution_id=institution.id,
            ),
            password_hash="x",
            added_by=None,
        )
        people[name].notice_version = NOTICE
        if role is not None:
            accounts.add_grant(people[name], role, scope, granted_by=None)
    return people


def _build(app: Flask) -> Study:
    places.load_regions()
    bases = [_add_base(1, "370100"), _add_base(2, "370200")]
    people = _add_people(bases)
    study = Study(app, people, 0, [], 0, 0, bases[0][1].id)
    course = services.add_course(
        bases[0][2],
        title_zh="沟通入门",
        title_en="First steps in talking",
        summary_zh="三课时。",
        summary_en="Three lessons.",
        lessons=[draft(1), draft(2), draft(3)],
        added_by=study.actor("instructor"),
    )
    programme = programmes.add_programme(
        code="P",
        title_zh="培训",
        title_en="Training",
        scope_id=scopes.root().id,
        requires=[course],
        valid_months=12,
    )
    cohort = programmes.open_cohort(
        bases[0][1],
        programme,
        code="first",
        name="第一期",
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=30),
        opened_by=study.actor("coordinator"),
    )
    programmes.enrol(cohort, people["trainee"], enrolled_by=study.actor("coordinator"))
    study.course, study.cohort, study.programme = course.id, cohort.id, programme.activity_id
    return study


@pytest.fixture
def study(app: Flask) -> Study:
    """Three lessons in one course, required of `trainee` in one cohort at the first of two bases."""
    from courses import queries

    with app.app_context():
        with transaction():
            built = _build(app)
        with reading():
            built.lessons = list(queries.lessons_of_versions([(built.course, 1)])[built.course, 1])
            built.people = {
                name: db.session.scalars(select(Person).where(Person.id == person.id)).one()
                for name, person in built.people.items()
            }
    return built

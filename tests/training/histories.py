"""A world small enough for a naive count, with kinds of its own: two bases, a course of two lessons, a quiz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.activities import kinds
from training.activities import services as activities
from training.activities.models import Activity
from training.core import clock
from training.core.access import Actor, Grant, Role
from training.core.db import db
from training.core.scopes import Scope
from training.places import services as places
from training.places.models import TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort, Programme
from training.programmes.trees import Group
from training.progress.outcomes import register

START = datetime(2026, 1, 20, 3, tzinfo=UTC)
PASSED = register("test:passed", "passed", 1)
FAILED = register("test:failed", "passed", 0)
PASS_WITHDRAWN = register("test:pass-withdrawn", "passed", -1)


def _lessons_of(course_id: int) -> tuple[int, ...]:
    """The lessons of a course by their parent; a course without lessons of its own shares the first lesson."""
    own = db.session.scalars(select(Activity.id).where(Activity.parent_id == course_id).order_by(Activity.id)).all()
    return tuple(own) or (_first_lesson(),)


def _first_lesson() -> int:
    return (
        db.session.scalars(select(Activity.id).where(Activity.kind == "test:lesson").order_by(Activity.id)).first() or 0
    )


def _courses_with(lesson_ids: Sequence[int]) -> list[int]:
    courses = db.session.scalars(select(Activity.id).where(Activity.kind == "test:course")).all()
    return [one for one in courses if set(_lessons_of(one)) & set(lesson_ids)]


def kinds_of_tests() -> Iterator[None]:
    """Register the kinds `test:course`, `test:lesson` and `test:quiz`; take them back afterwards."""
    course = kinds.ActivityKind(
        name="test:course",
        label="course",
        measure="completed",
        parts=lambda asked: {(number, version): _lessons_of(number) for number, version in asked},
        explain=lambda facts: kinds.Missing("left", {"left": len(facts.parts) - len(facts.done)}),
    )
    for kind in (
        course,
        kinds.ActivityKind(
            name="test:lesson",
            label="lesson",
            measure="completed",
            wholes=lambda ids: [
                one
                for one in db.session.scalars(select(Activity.parent_id).where(Activity.id.in_(ids)))
                if one is not None
            ],
        ),
        kinds.ActivityKind(name="test:quiz", label="quiz", measure="passed"),
    ):
        kinds.register(kind)
    yield
    for name in ("test:course", "test:lesson", "test:quiz"):
        kinds._kinds.pop(name)


class World:
    """Two cities, two bases, a programme of a course with two lessons and a quiz, six people."""

    def __init__(self) -> None:
        places.load_regions()
        self.bases: list[TrainingBase] = []
        self.institutions = []
        for city in ("370100", "370200"):
            one = places.add_institution(
                code=f"I{city}", name_zh="院", name_en="Hospital", city_code=city, kind="hospital", beds=10
            )
            self.institutions.append(one)
            self.bases.append(places.add_base(one, code=f"B{city}", name_zh="基地", name_en="Base"))
        scope = db.session.scalars(select(Scope).where(Scope.name_en == "Shandong")).one()
        self.course = self._activity("test:course", scope)
        self.lessons = [self._activity("test:lesson", scope, self.course.id) for _ in range(2)]
        self.quiz = self._activity("test:quiz", scope)
        self.programme: Programme = programmes.add_programme(
            code="P",
            title_zh="项目",
            title_en="Programme",
            scope_id=scope.id,
            requires=[self.course, self.quiz],
            valid_months=12,
        )
        self.other_course = self._activity("test:course", scope)
        self.choice = programmes.add_programme(
            code="C",
            title_zh="选",
            title_en="Choice",
            scope_id=scope.id,
            requires=[Group("任选", "Either", 1, (self.other_course.id, self.quiz.id)), self.course],
            valid_months=0,
        )
        day = clock.today()
        self.cohorts: list[Cohort] = [
            programmes.open_cohort(
                base, self.programme, code=str(n), name=str(n), starts_on=day, ends_on=day, opened_by=None
            )
            for base in self.bases
            for n in range(2)
        ]
        self.cohorts.append(
            programmes.open_cohort(
                self.bases[0], self.choice, code="c", name="c", starts_on=day, ends_on=day, opened_by=None
            )
        )
        self.people: list[Person] = [self._person(n) for n in range(6)]
        self.administrator = Actor(self.people[0].id, "a", (Grant(Role.COORDINATOR, 1, "/"),))

    def _activity(self, kind: str, scope: Scope, parent: int | None = None) -> Activity:
        return activities.add_activity(
            kind, scope_id=scope.id, title_zh=kind, title_en=kind, parent_id=parent, class_hours=Decimal(1)
        )

    def _person(self, number: int) -> Person:
        return accounts.add_person(
            accounts.PersonData(
                name="王芳",
                mobile=f"1390000000{number}",
                email=None,
                profession=list(Profession)[number % 3],
                institution_id=self.institutions[number % 2].id if number % 3 else None,
            ),
            password_hash="x",
            added_by=None,
        )

"""Reading prerequisites as an author: those of a course, what may come first, and what is needed all over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from courses.models import LESSON, CourseLesson
from courses.prerequisites import outlines
from courses.prerequisites.models import Prerequisite
from training.activities import queries as activities
from training.activities.models import Activity
from training.core import scopes
from training.core.db import db
from training.core.scopes import Scope
from training.programmes.models import Programme


@dataclass(frozen=True)
class Wait:
    """One line of a course's page of prerequisites."""

    waiting: Activity
    first: Activity


def of_course(course: Activity) -> list[Wait]:
    """What waits for what in the present version of a course; two queries."""
    pairs = sorted(outlines.of(course.id, course.version))
    known = activities.by_ids({one for pair in pairs for one in pair})
    return [Wait(known[waiting], known[first]) for waiting, first in pairs]


def lessons_of(course: Activity) -> Sequence[Activity]:
    """The lessons of the present version of a course, in order."""
    return db.session.scalars(
        select(Activity)
        .join(CourseLesson, CourseLesson.lesson_id == Activity.id)
        .where(CourseLesson.course_id == course.id, CourseLesson.course_version == course.version)
        .order_by(CourseLesson.position)
    ).all()


def usable(course: Activity, path: str) -> Sequence[Activity]:
    """What may come first: activities of the course's scope (of that path) or above it, and its own lessons.

    Lessons of other courses are left out: not everybody here studies them. So are programmes.
    """
    own = select(CourseLesson.lesson_id).where(
        CourseLesson.course_id == course.id, CourseLesson.course_version == course.version
    )
    return db.session.scalars(
        select(Activity)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(
            scopes.upward([path]),
            Activity.id != course.id,
            Activity.id.not_in(select(Programme.activity_id)),
            or_(Activity.kind != LESSON, Activity.id.in_(own)),
        )
        .order_by(Activity.kind, Activity.title_zh, Activity.id)
    ).all()


def everything() -> tuple[Mapping[int, Iterable[int]], list[tuple[int, int, int]]]:
    """The lessons of every course and all prerequisites, in any version: who enrolled early studies an early one."""
    lessons: dict[int, set[int]] = {}
    for course_id, lesson_id in db.session.execute(select(CourseLesson.course_id, CourseLesson.lesson_id).distinct()):
        lessons.setdefault(course_id, set()).add(lesson_id)
    rows = db.session.execute(
        select(Prerequisite.course_id, Prerequisite.activity_id, Prerequisite.requires_id).distinct()
    )
    return lessons, [(row.course_id, row.activity_id, row.requires_id) for row in rows]

"""Reading courses: as a trainee through the enrolment that pins a version, as an author through the owning scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Select, Subquery, and_, bindparam, func, select, tuple_

from courses.models import Course, CourseLesson, Lesson, LessonPlace, LessonVersion
from courses.permissions import Permission
from courses.reading import OutlineLine
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import BigId, connection, db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.programmes.models import Enrolment, EnrolmentPin, EnrolmentStatus
from training.progress import queries as progress
from training.progress import rules
from training.progress.outcomes import COMPLETED


def lessons_of_versions(versions: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], tuple[int, ...]]:
    """The lesson ids, in order, of each (course id, course version); one query."""
    rows = db.session.execute(
        select(CourseLesson.course_id, CourseLesson.course_version, CourseLesson.lesson_id)
        .where(tuple_(CourseLesson.course_id, CourseLesson.course_version).in_(list(versions)))
        .order_by(CourseLesson.course_id, CourseLesson.course_version, CourseLesson.position)
    )
    found: dict[tuple[int, int], tuple[int, ...]] = dict.fromkeys(versions, ())
    for course_id, version, lesson_id in rows:
        found[course_id, version] += (lesson_id,)
    return found


def hours_of_versions(versions: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], Mapping[int, Decimal]]:
    """The class hours of each lesson of each (course id, course version); one query."""
    rows = db.session.execute(
        select(CourseLesson.course_id, CourseLesson.course_version, CourseLesson.lesson_id, LessonVersion.class_hours)
        .join(LessonVersion, OF_THE_OUTLINE)
        .where(tuple_(CourseLesson.course_id, CourseLesson.course_version).in_(list(versions)))
    )
    found: dict[tuple[int, int], dict[int, Decimal]] = {one: {} for one in versions}
    for course_id, version, lesson_id, hours in rows:
        found[course_id, version][lesson_id] = hours
    return found


def courses_with(lesson_ids: Sequence[int]) -> Sequence[int]:
    """The courses that hold one of the lessons in any of their versions."""
    return db.session.scalars(
        select(CourseLesson.course_id).where(CourseLesson.lesson_id.in_(lesson_ids)).distinct()
    ).all()


def newest_pins() -> Subquery:
    """The versions pinned for the `learner`: of each activity the newest has `rank` 1."""
    return (
        select(
            EnrolmentPin.activity_id,
            EnrolmentPin.version,
            func.row_number()
            .over(partition_by=EnrolmentPin.activity_id, order_by=EnrolmentPin.enrolment_id.desc())
            .label("rank"),
        )
        .join(Enrolment, Enrolment.id == EnrolmentPin.enrolment_id)
        .where(Enrolment.person_id == LEARNER, Enrolment.status != EnrolmentStatus.WITHDRAWN)
        .subquery("pins")
    )


def _studied() -> Select[Any]:
    newest = newest_pins()
    statement = (
        select(Activity, Course, newest.c.version.label("pinned"))
        .join(Course, Course.activity_id == Activity.id)
        .join(newest, and_(newest.c.activity_id == Activity.id, newest.c.rank == 1))
    )
    return cast("Select[Any]", statement)


def _studied_lesson() -> Select[Any]:
    pinned = STUDIED.selected_columns["pinned"]
    return (
        STUDIED.add_columns(LessonVersion)
        .join(CourseLesson, and_(CourseLesson.course_id == Activity.id, CourseLesson.course_version == pinned))
        .join(LessonVersion, OF_THE_OUTLINE)
        .join(Lesson, Lesson.activity_id == CourseLesson.lesson_id)
        .where(CourseLesson.lesson_id == bindparam("lesson"))
        # of several courses that hold it: the one asked for, else the lesson's own
        .order_by(
            (Activity.id == bindparam("within", type_=BigId)).desc(),
            (Activity.id == Lesson.course_id).desc(),
            Activity.id,
        )
        .limit(1)
    )


# Statements of pages that are opened most are put together once: building one costs more than running it.
LEARNER = bindparam("learner", type_=BigId)
OF_THE_OUTLINE = and_(
    LessonVersion.lesson_id == CourseLesson.lesson_id, LessonVersion.version == CourseLesson.lesson_version
)
STUDIED = _studied()
STUDIED_COURSE = STUDIED.where(Activity.id == bindparam("course"))
STUDIED_LESSON = _studied_lesson()
OUTLINE = (
    select(
        CourseLesson.lesson_id,
        Lesson.course_id.label("home_id"),
        CourseLesson.lesson_version,
        CourseLesson.position,
        LessonVersion.title_zh,
        LessonVersion.title_en,
        LessonVersion.minutes,
        LessonVersion.class_hours,
        LessonPlace.heading,
        LessonPlace.updated_at,
        Activity.sample,
    )
    .join(LessonVersion, OF_THE_OUTLINE)
    .join(Lesson, Lesson.activity_id == CourseLesson.lesson_id)
    .join(Activity, Activity.id == CourseLesson.lesson_id)
    .outerjoin(LessonPlace, and_(LessonPlace.lesson_id == CourseLesson.lesson_id, LessonPlace.person_id == LEARNER))
    .where(CourseLesson.course_id == bindparam("course"), CourseLesson.course_version == bindparam("version"))
    .order_by(CourseLesson.position)
)


def visible_to_learner(actor: Actor) -> Select[Any]:
    """A select of the courses the actor studies, as rows `Activity, Course, pinned version`.

    The same rule as `training.programmes.queries.pinned_version`: the newest enrolment that is not withdrawn pins.
    """
    return STUDIED.params(learner=actor.id)


def course_for(actor: Actor, course_id: int) -> Any:
    """The row `Activity, Course, pinned version` of a course the actor studies; raises `NotFound`."""
    row = db.session.execute(STUDIED_COURSE, {"learner": actor.id, "course": course_id}).one_or_none()
    if row is None:
        raise NotFound(_("There is no such course among yours."))
    return row


def lesson_for(actor: Actor, lesson_id: int, within: int = 0) -> Any:
    """A lesson in the version that the actor's course version holds; raises `NotFound`.

    Several of the actor's courses may share it: `within` is the id of the one to read it in, else it is its own.

    A row `Activity (of the course), Course, pinned version, LessonVersion`.
    """
    row = db.session.execute(STUDIED_LESSON, {"learner": actor.id, "lesson": lesson_id, "within": within}).one_or_none()
    if row is None:
        raise NotFound(_("There is no such lesson among yours."))
    return row


def outline_for(actor: Actor, course_id: int, version: int) -> list[OutlineLine]:
    """The outline of a course version with the actor's done marks and places; two queries."""
    values = {"learner": actor.id, "course": course_id, "version": version}
    rows = connection().execute(OUTLINE, values).all()
    entries = progress.entries_of(actor.id, [row.lesson_id for row in rows])
    return [
        OutlineLine(
            lesson_id=row.lesson_id,
            home_id=row.home_id,
            version=row.lesson_version,
            position=row.position,
            title_zh=row.title_zh,
            title_en=row.title_en,
            minutes=row.minutes,
            class_hours=row.class_hours,
            done=rules.reached(entries, row.lesson_id, COMPLETED.measure) is not None,
            heading=row.heading,
            read_at=row.updated_at,
            sample=row.sample,
        )
        for row in rows
    ]


def visible_to_author(actor: Actor, permission: Permission = Permission.COURSE_READ) -> Select[Any]:
    """A select of the courses the actor may read (or write), as rows `Activity, Course, Scope`."""
    statement = (
        select(Activity, Course, Scope)
        .join(Course, Course.activity_id == Activity.id)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(scopes.within(actor.paths(permission)))
    )
    return cast("Select[Any]", statement)


def courses_of_author(actor: Actor) -> Sequence[Any]:
    """The actor's courses by Chinese title, as rows `Activity, Course, Scope, lessons, minutes`."""
    statement = (
        visible_to_author(actor)
        .add_columns(
            func.count(CourseLesson.lesson_id).label("lessons"),
            func.coalesce(func.sum(LessonVersion.minutes), 0).label("minutes"),
        )
        .outerjoin(
            CourseLesson,
            and_(CourseLesson.course_id == Activity.id, CourseLesson.course_version == Activity.version),
        )
        .outerjoin(
            LessonVersion,
            and_(
                LessonVersion.lesson_id == CourseLesson.lesson_id,
                LessonVersion.version == CourseLesson.lesson_version,
            ),
        )
        .group_by(Activity.id, Course.activity_id, Scope.id)
        .order_by(Activity.title_zh, Activity.id)
    )
    return db.session.execute(statement).all()


def course_of_author(actor: Actor, course_id: int, permission: Permission = Permission.COURSE_READ) -> Any:
    """The row `Activity, Course, Scope` of a course; raises `NotFound` for a stranger's."""
    row = db.session.execute(visible_to_author(actor, permission).where(Activity.id == course_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such course in your area."))
    return row


def outline_of(course_id: int, version: int) -> Sequence[Any]:
    """The outline of a course version, as rows `CourseLesson, LessonVersion, Person (its author)`; one query."""
    return db.session.execute(
        select(CourseLesson, LessonVersion, Person)
        .join(
            LessonVersion,
            and_(
                LessonVersion.lesson_id == CourseLesson.lesson_id,
                LessonVersion.version == CourseLesson.lesson_version,
            ),
        )
        .join(Person, Person.id == LessonVersion.author_id)
        .where(CourseLesson.course_id == course_id, CourseLesson.course_version == version)
        .order_by(CourseLesson.position)
    ).all()


def lesson_of_author(actor: Actor, lesson_id: int, permission: Permission = Permission.COURSE_READ) -> Any:
    """The row `Activity (of the course), Course, Scope, Lesson` of a lesson; raises `NotFound` for a stranger's."""
    statement = visible_to_author(actor, permission).add_columns(Lesson).join(Lesson, Lesson.course_id == Activity.id)
    row = db.session.execute(statement.where(Lesson.activity_id == lesson_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such lesson in your area."))
    return row


def lessons_to_take_over(actor: Actor, course: Activity) -> Sequence[Any]:
    """Lessons of the actor's other courses that this one does not hold in their newest version.

    Rows `Activity (of the lesson), title_zh, title_en (of its course)`, by course and lesson.
    """
    home = visible_to_author(actor).subquery("home")
    held = select(CourseLesson.lesson_id).where(
        CourseLesson.course_id == course.id,
        CourseLesson.course_version == course.version,
        CourseLesson.lesson_version == Activity.version,
    )
    statement = (
        select(Activity, home.c.title_zh, home.c.title_en)
        .join(Lesson, Lesson.activity_id == Activity.id)
        .join(home, home.c.id == Lesson.course_id)
        .where(Lesson.course_id != course.id, Activity.id.not_in(held))
        .order_by(home.c.title_zh, home.c.id, Activity.id)
    )
    return db.session.execute(statement).all()


def courses_named(scope_id: int, title_zh: str, title_en: str) -> Sequence[Activity]:
    """The courses of a scope under exactly these titles."""
    named = and_(Activity.title_zh == title_zh, Activity.title_en == title_en)
    statement = select(Activity).join(Course, Course.activity_id == Activity.id)
    return db.session.scalars(statement.where(Activity.scope_id == scope_id, named).order_by(Activity.id)).all()


def scopes_of_author(actor: Actor) -> Sequence[Scope]:
    """The scopes on which the actor may add courses, widest first."""
    held = Scope.path.in_(actor.paths(Permission.COURSE_WRITE))
    return db.session.scalars(select(Scope).where(held).order_by(func.length(Scope.path), Scope.id)).all()


def versions_of(lesson_id: int) -> Sequence[Any]:
    """Every version of a lesson, newest first, as rows `LessonVersion, Person (its author)`."""
    return db.session.execute(
        select(LessonVersion, Person)
        .join(Person, Person.id == LessonVersion.author_id)
        .where(LessonVersion.lesson_id == lesson_id)
        .order_by(LessonVersion.version.desc())
    ).all()


def version_of(lesson_id: int, version: int) -> Any:
    """One version of a lesson, as the row `LessonVersion, Person, Activity (of the lesson)`; raises `NotFound`."""
    row = db.session.execute(
        select(LessonVersion, Person, Activity)
        .join(Person, Person.id == LessonVersion.author_id)
        .join(Activity, Activity.id == LessonVersion.lesson_id)
        .where(LessonVersion.lesson_id == lesson_id, LessonVersion.version == version)
    ).one_or_none()
    if row is None:
        raise NotFound(_("This lesson has no such version."))
    return row


def newest_version(lesson_id: int) -> Any:
    """The newest version of a lesson, as the row `LessonVersion, Person (its author)`."""
    return db.session.execute(
        select(LessonVersion, Person)
        .join(Activity, and_(Activity.id == LessonVersion.lesson_id, Activity.version == LessonVersion.version))
        .join(Person, Person.id == LessonVersion.author_id)
        .where(LessonVersion.lesson_id == lesson_id)
    ).one()


def minutes_of(activity_ids: Collection[int]) -> dict[int, int]:
    """Minutes to read the newest version of each of these lessons; other activities are left out."""
    rows = db.session.execute(
        select(LessonVersion.lesson_id, LessonVersion.minutes)
        .join(Activity, and_(Activity.id == LessonVersion.lesson_id, Activity.version == LessonVersion.version))
        .where(LessonVersion.lesson_id.in_(activity_ids))
    )
    return {row.lesson_id: row.minutes for row in rows}

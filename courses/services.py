"""Publishing lessons and courses, and studying them. What is published stays: every change is a further version."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from courses import markdown, queries
from courses.media import services as media
from courses.media.queries import pinned
from courses.models import COURSE, LESSON, Course, CourseLesson, Lesson, LessonPlace, LessonVersion
from courses.permissions import Permission
from courses.prerequisites import gate, outlines
from courses.reading import OutlineLine
from courses.search import indexing
from training.activities import services as activities
from training.activities.models import Activity
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.progress import services as progress
from training.progress.outcomes import COMPLETED

MOST_LESSONS = 60


@dataclass(frozen=True)
class Draft:
    """What an author writes of a lesson."""

    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    minutes: int
    class_hours: Decimal
    slug: str = ""


class StaleLesson(Conflict):
    """Somebody published this lesson after the author had opened it."""


def add_course(
    scope: Scope,
    *,
    title_zh: str,
    title_en: str,
    summary_zh: str,
    summary_en: str,
    lessons: Sequence[Draft],
    added_by: Actor,
    uploads: Sequence[media.Upload] = (),
) -> Activity:
    """Add a course in its first version, which holds these lessons; returns its activity. Does not commit.

    `uploads` are media that its lessons show. A course without a lesson could never be completed, so at least one is
    needed. The same course sent again by the same author is the one that there is. Raises `NotAllowed` or `Invalid`.
    """
    added_by.require(Permission.COURSE_WRITE, scope.path)
    if not lessons:
        raise Invalid(_("A course begins with its first lesson; write one."))
    scopes.lock(scope)
    for known in queries.courses_named(scope.id, title_zh, title_en):
        if _last_is(_outline(known), lessons[-1], added_by):
            return known
    course = activities.add_activity(
        COURSE,
        scope_id=scope.id,
        title_zh=title_zh,
        title_en=title_en,
        class_hours=sum((one.class_hours for one in lessons), Decimal(0)),
    )
    db.session.add(Course(activity_id=course.id, summary_zh=summary_zh, summary_en=summary_en))
    db.session.flush()
    for upload in uploads:
        media.put(course, upload, added_by)
    outline = [(_new_lesson(course, draft, added_by).id, 1) for draft in lessons]
    _write_outline(course, outline)
    audit.record(added_by, "course.add", course, lessons=len(outline))
    return course


def add_lesson(course_id: int, draft: Draft, *, added_by: Actor) -> Activity:
    """Add a lesson at the end of a course, which rises to its next version; returns the lesson. Does not commit.

    The last lesson sent again by its author is the one that there is.
    Raises `NotFound`, or `Invalid` when the course is full or a text cannot be shown.
    """
    course = _lock_course(course_id, added_by)
    outline = _outline(course)
    if _last_is(outline, draft, added_by):
        return db.session.get_one(Activity, outline[-1][0])
    if len(outline) >= MOST_LESSONS:
        raise Invalid(_("The course has %(max)d lessons already; open another course.", max=MOST_LESSONS))
    lesson = _new_lesson(course, draft, added_by)
    _publish_outline(course, [*outline, (lesson.id, 1)])
    audit.record(added_by, "lesson.add", lesson, course_id=course.id, course_version=course.version)
    return lesson


def publish_lesson(lesson_id: int, draft: Draft, *, based_on: int, published_by: Actor) -> int:
    """Publish a changed lesson and with it the next version of its course; returns the lesson's version.

    Sending again what is published already changes nothing. Raises `NotFound`, `Invalid` (a text cannot be shown) or
    `StaleLesson` when `based_on` is not the newest version any more. Does not commit.
    """
    row = queries.lesson_of_author(published_by, lesson_id, Permission.COURSE_WRITE)
    course = _lock_course(row.Activity.id, published_by)
    lesson = db.session.get_one(Activity, lesson_id, populate_existing=True)
    newest = db.session.get_one(LessonVersion, (lesson.id, lesson.version))
    if _same(newest, draft) and _shows_the_same(newest, course, draft):
        return newest.version
    if newest.version != based_on:
        raise StaleLesson(_("Somebody published this lesson while you were writing."))
    activities.raise_version(lesson, title_zh=draft.title_zh, title_en=draft.title_en, class_hours=draft.class_hours)
    _write_version(lesson, draft, published_by, course)
    outline = {**dict(_outline(course)), lesson.id: lesson.version}  # keeps its place
    _publish_outline(course, list(outline.items()))
    audit.record(published_by, "lesson.publish", lesson, version=lesson.version, course_version=course.version)
    return lesson.version


def reorder(course_id: int, lesson_ids: Sequence[int], *, based_on: int, reordered_by: Actor) -> int:
    """Publish the next version of a course with its lessons in this order; returns the course's version.

    The present order again changes nothing. Raises `NotFound`, `Conflict` when the course is not in version `based_on`
    any more, or `Invalid` when these are not exactly its lessons. Does not commit.
    """
    course = _lock_course(course_id, reordered_by)
    outline = dict(_outline(course))
    if list(outline) == list(lesson_ids):
        return course.version
    if course.version != based_on:
        raise Conflict(_("Somebody changed this course meanwhile. Reload the page and set the order again."))
    if sorted(outline) != sorted(lesson_ids):
        raise Invalid(_("These are not the lessons of this course. Reload the page and set the order again."))
    _publish_outline(course, [(one, outline[one]) for one in lesson_ids])
    audit.record(reordered_by, "course.reorder", course, version=course.version)
    return course.version


def take_over(course_id: int, lesson_id: int, *, taken_by: Actor) -> Activity:
    """Have a course hold a lesson of another course, at its end, in the lesson's newest version; returns the lesson.

    Whoever has completed the lesson in one of the courses has completed it in all. Taking it over again brings the
    newest version to its place. Raises `NotFound` for a lesson the actor may not read, or `Invalid` when the course is
    full. Does not commit.
    """
    queries.lesson_of_author(taken_by, lesson_id)
    course = _lock_course(course_id, taken_by)
    lesson = db.session.get_one(Activity, lesson_id, populate_existing=True)
    outline = dict(_outline(course))
    if outline.get(lesson.id) == lesson.version:
        return lesson
    if lesson.id not in outline and len(outline) >= MOST_LESSONS:
        raise Invalid(_("The course has %(max)d lessons already; open another course.", max=MOST_LESSONS))
    _publish_outline(course, list({**outline, lesson.id: lesson.version}.items()))
    audit.record(taken_by, "lesson.take_over", lesson, course_id=course.id, course_version=course.version)
    return lesson


def complete_lesson(lesson_id: int, *, completed_by: Actor, within: int = 0) -> list[OutlineLine]:
    """Record that the actor has read a lesson, in the version that their course version holds.

    Returns the outline of the course (`within`, where several hold it) as it stands afterwards. Twice is harmless.
    Raises `NotFound` for a lesson that no enrolment of the actor requires, or `NotYet`. Does not commit.
    """
    row = queries.lesson_for(completed_by, lesson_id, within)
    gate.require_open(completed_by.id, row.Activity.id, lesson_id)
    version = row.LessonVersion.version
    progress.record(
        completed_by.id,
        db.session.get_one(Activity, lesson_id),
        COMPLETED,
        client_key=f"lesson:{lesson_id}:{version}:{completed_by.id}",
        authority=None,
        version=version,
    )
    return queries.outline_for(completed_by, row.Activity.id, row.pinned)


def keep_place(lesson_id: int, heading: str, *, reader: Actor) -> None:
    """Remember the heading the actor has reached; raises `NotFound` for a lesson not theirs. Does not commit."""
    queries.lesson_for(reader, lesson_id)
    values: dict[str, Any] = {
        "person_id": reader.id,
        "lesson_id": lesson_id,
        "heading": heading,
        "updated_at": clock.now(),
    }
    db.session.execute(upsert(LessonPlace, [values], keys=("person_id", "lesson_id"), put=("heading", "updated_at")))


def _lock_course(course_id: int, actor: Actor) -> Activity:
    """Serialise the authors of one course; all its versions are made under this lock."""
    row = queries.course_of_author(actor, course_id, Permission.COURSE_WRITE)
    actor.require(Permission.COURSE_WRITE, row.Scope.path)
    statement = select(Activity).where(Activity.id == course_id).with_for_update(key_share=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _outline(course: Activity) -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(CourseLesson.lesson_id, CourseLesson.lesson_version)
        .where(CourseLesson.course_id == course.id, CourseLesson.course_version == course.version)
        .order_by(CourseLesson.position)
    )
    return [(row.lesson_id, row.lesson_version) for row in rows]


def publish_waits(course_id: int, waits: outlines.Waits, *, published_by: Actor) -> Activity:
    """Publish the next version of a course: the same lessons, with these prerequisites. Does not commit."""
    course = _lock_course(course_id, published_by)
    _publish_outline(course, _outline(course), waits)
    return course


def _publish_outline(course: Activity, outline: Sequence[tuple[int, int]], waits: outlines.Waits | None = None) -> None:
    waits = outlines.of(course.id, course.version) if waits is None else waits
    hours = db.session.scalars(select(Activity.class_hours).where(Activity.id.in_([one for one, _v in outline])))
    activities.raise_version(
        course, title_zh=course.title_zh, title_en=course.title_en, class_hours=sum(hours, Decimal(0))
    )
    _write_outline(course, outline)
    outlines.write(course, waits)


def _write_outline(course: Activity, outline: Sequence[tuple[int, int]]) -> None:
    db.session.add_all(
        CourseLesson(
            course_id=course.id,
            course_version=course.version,
            position=position,
            lesson_id=lesson_id,
            lesson_version=version,
        )
        for position, (lesson_id, version) in enumerate(outline, start=1)
    )
    db.session.flush()


def _new_lesson(course: Activity, draft: Draft, author: Actor) -> Activity:
    lesson = activities.add_activity(
        LESSON,
        scope_id=course.scope_id,
        parent_id=course.id,
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        class_hours=draft.class_hours,
    )
    slug = draft.slug or f"lesson-{secrets.token_hex(4)}"
    db.session.add(Lesson(activity_id=lesson.id, course_id=course.id, slug=slug))
    db.session.flush()
    _write_version(lesson, draft, author, course)
    return lesson


def _write_version(lesson: Activity, draft: Draft, author: Actor, course: Activity) -> None:
    # A text that cannot be shown is refused before anybody is to read it; the form has rendered it already.
    for body, title in ((draft.body_zh, draft.title_zh), (draft.body_en, draft.title_en)):
        markdown.render(body, title)
        for fault in media.faults(course.id, body):
            raise Invalid(fault)
    version = LessonVersion(
        lesson_id=lesson.id,
        version=lesson.version,
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        body_zh=draft.body_zh,
        body_en=draft.body_en,
        minutes=draft.minutes,
        class_hours=draft.class_hours,
        author_id=author.id,
        created_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    media.pin(lesson.id, lesson.version, media.to_pin(course.id, draft.body_zh, draft.body_en))
    indexing.write(version)


def _last_is(outline: Sequence[tuple[int, int]], draft: Draft, author: Actor) -> bool:
    """Whether the last lesson says just this and is the author's: what a double click has sent already."""
    last = db.session.get_one(LessonVersion, outline[-1])
    return last.author_id == author.id and last.version == 1 and _same(last, draft)


def _shows_the_same(version: LessonVersion, course: Activity, draft: Draft) -> bool:
    """Whether the names in the text stand for the same files as when it was published."""
    return pinned(version.lesson_id, version.version) == media.to_pin(course.id, draft.body_zh, draft.body_en)


def _same(version: LessonVersion, draft: Draft) -> bool:
    names = ("title_zh", "title_en", "body_zh", "body_en", "minutes", "class_hours")
    return all(getattr(version, name) == getattr(draft, name) for name in names)

"""Reading the media of courses: those of a lesson version with one's place in them, and a course's own by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, bindparam, select

from courses import figures
from courses.media.models import CourseMedia, LessonMedia, MediaPlace
from training.core.db import BigId, db
from training.core.errors import NotFound
from training.core.storage import StoredFile

OF_A_VERSION = (
    select(CourseMedia, StoredFile, MediaPlace.seconds)
    .join(LessonMedia, LessonMedia.media_id == CourseMedia.id)
    .join(StoredFile, StoredFile.id == CourseMedia.file_id)
    .outerjoin(
        MediaPlace,
        and_(MediaPlace.media_id == CourseMedia.id, MediaPlace.person_id == bindparam("person", type_=BigId)),
    )
    .where(
        LessonMedia.lesson_id == bindparam("lesson", type_=BigId),
        LessonMedia.lesson_version == bindparam("version", type_=BigId),
    )
    .order_by(LessonMedia.name)
)
PARTS = ("file", "zh", "en")


def of_version(lesson_id: int, version: int, person_id: int = 0) -> Sequence[Any]:
    """What a lesson version shows, by name, as rows `CourseMedia, StoredFile, seconds` (where that person stopped)."""
    return db.session.execute(OF_A_VERSION, {"lesson": lesson_id, "version": version, "person": person_id}).all()


def library(course_id: int) -> Sequence[Any]:
    """The media of a course that can be written now, as rows `CourseMedia, StoredFile`, by name."""
    return db.session.execute(
        select(CourseMedia, StoredFile)
        .join(StoredFile, StoredFile.id == CourseMedia.file_id)
        .where(CourseMedia.course_id == course_id, CourseMedia.replaced_at.is_(None))
        .order_by(CourseMedia.kind, CourseMedia.name)
    ).all()


def kinds(course_id: int) -> dict[str, str]:
    """The kind of each name in a course."""
    rows = db.session.execute(
        select(CourseMedia.name, CourseMedia.kind).where(
            CourseMedia.course_id == course_id, CourseMedia.replaced_at.is_(None)
        )
    )
    return {row.name: row.kind for row in rows}


def ids(course_id: int, names: set[str]) -> Mapping[str, int]:
    """The present media of a course by name, of those names that there are."""
    rows = db.session.execute(
        select(CourseMedia.name, CourseMedia.id).where(
            CourseMedia.course_id == course_id, CourseMedia.replaced_at.is_(None), CourseMedia.name.in_(names)
        )
    )
    return {row.name: row.id for row in rows}


def pinned(lesson_id: int, version: int) -> Mapping[str, int]:
    """What a lesson version shows, as media id by name."""
    rows = db.session.execute(
        select(LessonMedia.name, LessonMedia.media_id).where(
            LessonMedia.lesson_id == lesson_id, LessonMedia.lesson_version == version
        )
    )
    return {row.name: row.media_id for row in rows}


def current(course_id: int, name: str) -> CourseMedia | None:
    """What a course has under that name now."""
    return db.session.scalar(
        select(CourseMedia).where(
            CourseMedia.course_id == course_id, CourseMedia.name == name, CourseMedia.replaced_at.is_(None)
        )
    )


def shown_in(lesson_id: int, version: int, media_id: int) -> CourseMedia:
    """One of the media that a lesson version shows; raises `NotFound`."""
    found = db.session.scalar(
        select(CourseMedia)
        .join(LessonMedia, LessonMedia.media_id == CourseMedia.id)
        .where(LessonMedia.lesson_id == lesson_id, LessonMedia.lesson_version == version, CourseMedia.id == media_id)
    )
    return _found(found)


def of_course(course_id: int, media_id: int) -> CourseMedia:
    """One of the media of a course, replaced or not; raises `NotFound`."""
    return _found(
        db.session.scalar(select(CourseMedia).where(CourseMedia.course_id == course_id, CourseMedia.id == media_id))
    )


def _found(media: CourseMedia | None) -> CourseMedia:
    if media is None:
        raise NotFound(_("There is no such picture, recording or document here."))
    return media


def file_of(media: CourseMedia, part: str) -> StoredFile:
    """The stored file behind `file`, or the captions in `zh` or `en`; raises `NotFound`."""
    number = {"file": media.file_id, "zh": media.captions_zh_id, "en": media.captions_en_id}.get(part)
    found = db.session.get(StoredFile, number) if number else None
    if found is None:
        raise NotFound(_("There is no such picture, recording or document here."))
    return found


def has_captions(media: CourseMedia) -> bool:
    """Whether a recording can be read as well as heard, in either language; pictures and documents need none."""
    if media.kind not in {figures.AUDIO, figures.VIDEO}:
        return True
    return bool(media.captions_zh_id or media.captions_en_id)

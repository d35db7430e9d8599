"""Handing out pictures, recordings and documents: to whoever may open the lesson, and to the authors of the course."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import queries
from courses.media import queries as media
from courses.media import services
from courses.media.models import CourseMedia
from courses.permissions import Permission
from courses.prerequisites import gate
from courses.views.blueprint import bp
from courses.views.learning import asked_course
from training.core import storage
from training.core.access import actor, requires
from training.core.errors import Invalid


def _of_lesson(lesson_id: int, media_id: int) -> CourseMedia:
    row = queries.lesson_for(actor(), lesson_id, asked_course())
    gate.require_open(actor().id, row.Activity.id, lesson_id)
    return media.shown_in(lesson_id, row.LessonVersion.version, media_id)


@bp.get("/lessons/<int:activity_id>/media/<int:media_id>/<any(file,zh,en):part>")
@requires(Permission.COURSE_STUDY)
def media_of_lesson(activity_id: int, media_id: int, part: str) -> ResponseReturnValue:
    """A file that a lesson shows, in the version that the reader's enrolment pins; whole, or a range of it."""
    found = _of_lesson(activity_id, media_id)
    return storage.send(media.file_of(found, part), found.file_name if part == "file" else "")


@bp.post("/lessons/<int:activity_id>/media/<int:media_id>/position")
@requires(Permission.COURSE_STUDY)
def keep_position(activity_id: int, media_id: int) -> ResponseReturnValue:
    """Remember the second that was reached in a recording."""
    typed = request.form.get("seconds", "")
    found = _of_lesson(activity_id, media_id)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise Invalid(_("This is not a number of seconds; the place was not kept."))
    services.keep_position(found, int(typed), listener=actor())
    return Response(status=204, mimetype="text/plain")


@bp.get("/teaching/courses/<int:course_id>/media/<int:media_id>/<any(file,zh,en):part>")
@requires(Permission.COURSE_READ)
def media_of_course(course_id: int, media_id: int, part: str) -> ResponseReturnValue:
    """A file of a course for its authors, in whatever version it is shown."""
    queries.course_of_author(actor(), course_id)
    found = media.of_course(course_id, media_id)
    return storage.send(media.file_of(found, part), found.file_name if part == "file" else "")

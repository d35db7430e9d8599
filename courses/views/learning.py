"""What a trainee sees: the course, the lesson, and being done with it."""

from __future__ import annotations

import re

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import markdown, queries, reading, services
from courses.permissions import Permission
from courses.reading import OutlineLine
from courses.views.blueprint import bp
from training.core.access import actor, requires
from training.core.errors import Invalid
from training.core.i18n import local

HEADING = re.compile(r"[\w-]{1,80}")


def lesson_url(line: OutlineLine) -> str:
    """The address of a lesson, at the heading where it was left unless it is done."""
    return url_for("courses.lesson", activity_id=line.lesson_id, _anchor=None if line.done else line.heading)


@bp.get("/courses/<int:activity_id>")
@requires(Permission.COURSE_STUDY)
def course(activity_id: int) -> ResponseReturnValue:
    """The outline in the version pinned at enrolment, with what is done and where to go on."""
    row = queries.course_for(actor(), activity_id)
    lines = queries.outline_for(actor(), activity_id, row.pinned)
    return render_template(
        "courses/course.html",
        course=row.Activity,
        summary=row.Course,
        lines=lines,
        resume=reading.resume_at(lines),
        lesson_url=lesson_url,
    )


@bp.get("/lessons/<int:activity_id>")
@requires(Permission.COURSE_STUDY)
def lesson(activity_id: int) -> ResponseReturnValue:
    """One lesson to read, opened where it was left."""
    row = queries.lesson_for(actor(), activity_id)
    lines = queries.outline_for(actor(), row.Activity.id, row.pinned)
    before, after = reading.beside(lines, activity_id)
    return render_template(
        "courses/lesson.html",
        course=row.Activity,
        lesson=row.LessonVersion,
        text=markdown.render(local(row.LessonVersion, "body"), local(row.LessonVersion)),
        line=next(line for line in lines if line.lesson_id == activity_id),
        lines=lines,
        before=before,
        after=after,
    )


@bp.post("/lessons/<int:activity_id>/done")
@requires(Permission.COURSE_STUDY)
def done(activity_id: int) -> ResponseReturnValue:
    """Record the lesson as read and lead on: to the next one, or back to the course after the last."""
    row = queries.lesson_for(actor(), activity_id)
    lines = services.complete_lesson(activity_id, completed_by=actor())
    following = reading.next_after(lines, activity_id)
    if following is None:
        return redirect(url_for("courses.course", activity_id=row.Activity.id), 303)
    flash(_("“%(title)s” is done and recorded.", title=local(row.LessonVersion)), "good")
    return redirect(lesson_url(following), 303)


@bp.post("/lessons/<int:activity_id>/place")
@requires(Permission.COURSE_STUDY)
def bookmark(activity_id: int) -> ResponseReturnValue:
    """Remember the heading that was reached."""
    heading = request.form.get("heading", "")
    if not HEADING.fullmatch(heading):
        raise Invalid(_("This is not the name of a heading; the place was not kept."))
    services.keep_place(activity_id, heading, reader=actor())
    return Response(status=204, mimetype="text/plain")

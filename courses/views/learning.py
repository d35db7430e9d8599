"""What a trainee sees: the course, the lesson, and being done with it."""

from __future__ import annotations

import re
from functools import partial

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


def lesson_url(line: OutlineLine, course_id: int) -> str:
    """The address of a lesson in a course, at the heading where it was left unless it is done."""
    anchor = None if line.done else line.heading
    return url_for("courses.lesson", activity_id=line.lesson_id, course=_within(line, course_id), _anchor=anchor)


def _within(line: OutlineLine, course_id: int) -> int | None:
    """The course to name in the address: only one that is not the lesson's own."""
    return None if line.home_id == course_id else course_id


def _asked() -> int:
    """The course in which the lesson is to be read, where several hold it; 0 for its own."""
    typed = request.args.get("course", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


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
        lesson_url=partial(lesson_url, course_id=activity_id),
    )


@bp.get("/lessons/<int:activity_id>")
@requires(Permission.COURSE_STUDY)
def lesson(activity_id: int) -> ResponseReturnValue:
    """One lesson to read, opened where it was left."""
    row = queries.lesson_for(actor(), activity_id, _asked())
    lines = queries.outline_for(actor(), row.Activity.id, row.pinned)
    before, after = reading.beside(lines, activity_id)
    line = next(one for one in lines if one.lesson_id == activity_id)
    return render_template(
        "courses/lesson.html",
        course=row.Activity,
        lesson=row.LessonVersion,
        text=markdown.render(local(row.LessonVersion, "body"), local(row.LessonVersion)),
        line=line,
        within=_within(line, row.Activity.id),
        lesson_url=partial(lesson_url, course_id=row.Activity.id),
        lines=lines,
        before=before,
        after=after,
    )


@bp.post("/lessons/<int:activity_id>/done")
@requires(Permission.COURSE_STUDY)
def done(activity_id: int) -> ResponseReturnValue:
    """Record the lesson as read and lead on: to the next one, or back to the course after the last."""
    row = queries.lesson_for(actor(), activity_id, _asked())
    lines = services.complete_lesson(activity_id, completed_by=actor(), within=row.Activity.id)
    following = reading.next_after(lines, activity_id)
    if following is None:
        return redirect(url_for("courses.course", activity_id=row.Activity.id), 303)
    flash(_("“%(title)s” is done and recorded.", title=local(row.LessonVersion)), "good")
    return redirect(lesson_url(following, row.Activity.id), 303)


@bp.post("/lessons/<int:activity_id>/place")
@requires(Permission.COURSE_STUDY)
def bookmark(activity_id: int) -> ResponseReturnValue:
    """Remember the heading that was reached."""
    heading = request.form.get("heading", "")
    if not HEADING.fullmatch(heading):
        raise Invalid(_("This is not the name of a heading; the place was not kept."))
    services.keep_place(activity_id, heading, reader=actor())
    return Response(status=204, mimetype="text/plain")

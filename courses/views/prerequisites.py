"""What an instructor sets: what comes first before a course or one of its lessons."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.permissions import Permission
from courses.prerequisites import queries, services
from courses.queries import course_of_author
from courses.views.blueprint import bp
from training.activities import kinds
from training.core.access import actor, requires


@bp.get("/teaching/courses/<int:course_id>/prerequisites")
@requires(Permission.COURSE_WRITE)
def prerequisites(course_id: int) -> ResponseReturnValue:
    """What waits for what in this course, and a form to add to it."""
    row = course_of_author(actor(), course_id, Permission.COURSE_WRITE)
    return render_template(
        "courses/prerequisites.html",
        course=row.Activity,
        waits=queries.of_course(row.Activity),
        lessons=queries.lessons_of(row.Activity),
        usable=queries.usable(row.Activity, row.Scope.path),
        kind_of=lambda activity: kinds.get(activity.kind).label,
    )


@bp.post("/teaching/courses/<int:course_id>/prerequisites/add")
@requires(Permission.COURSE_WRITE)
def require_first(course_id: int) -> ResponseReturnValue:
    """Have something come first."""
    course = services.require(course_id, _sent("waiting"), _sent("first"), required_by=actor())
    flash(_("Saved: version %(version)d of the course.", version=course.version), "good")
    return redirect(url_for(".prerequisites", course_id=course_id), 303)


@bp.post("/teaching/courses/<int:course_id>/prerequisites/remove")
@requires(Permission.COURSE_WRITE)
def stop_requiring(course_id: int) -> ResponseReturnValue:
    """Let something not come first any more."""
    course = services.stop_requiring(course_id, _sent("waiting"), _sent("first"), stopped_by=actor())
    flash(_("Saved: version %(version)d of the course.", version=course.version), "good")
    return redirect(url_for(".prerequisites", course_id=course_id), 303)


def _sent(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0

"""What a trainee sees: the course, the lesson, and being done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import markdown, queries, reading, services
from courses.checks import Check
from courses.media import queries as media
from courses.media import showing
from courses.permissions import Permission
from courses.prerequisites import gate
from courses.reading import OutlineLine
from courses.views.blueprint import bp
from training.activities import kinds
from training.activities.models import Activity
from training.core.access import actor, requires
from training.core.errors import Invalid
from training.core.i18n import language, local

HEADING = re.compile(r"[\w-]{1,80}")


def lesson_url(line: OutlineLine, course_id: int) -> str:
    """The address of a lesson in a course, at the heading where it was left unless it is done."""
    anchor = None if line.done else line.heading
    return url_for("courses.lesson", activity_id=line.lesson_id, course=_within(line, course_id), _anchor=anchor)


def _within(line: OutlineLine, course_id: int) -> int | None:
    """The course to name in the address: only one that is not the lesson's own."""
    return None if line.home_id == course_id else course_id


def activity_url(activity: Activity) -> str | None:
    """The page of an activity for a trainee."""
    endpoint = kinds.get(activity.kind).endpoint
    return url_for(endpoint, activity_id=activity.id) if endpoint else None


def asked_course() -> int:
    """The course in which the lesson is to be read, where several hold it; 0 for its own."""
    typed = request.args.get("course", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


@bp.get("/courses/<int:activity_id>")
@requires(Permission.COURSE_STUDY)
def course(activity_id: int) -> ResponseReturnValue:
    """The outline in the version pinned at enrolment, with what is done and where to go on."""
    row = queries.course_for(actor(), activity_id)
    lines = queries.outline_for(actor(), activity_id, row.pinned)
    unmet = gate.unmet(actor().id, activity_id)
    waits = {one.lesson_id: gate.before(one.lesson_id, unmet) for one in lines if not one.done}
    return render_template(
        "courses/course.html",
        course=row.Activity,
        summary=row.Course,
        lines=lines,
        resume=reading.resume_at([one for one in lines if not waits.get(one.lesson_id)]),
        waits=waits,
        unmet=list({one.required.id: one for one in unmet if one.activity_id == activity_id}.values()),
        activity_url=activity_url,
        lesson_url=partial(lesson_url, course_id=activity_id),
    )


@dataclass(frozen=True)
class Answered:
    """What was chosen in a check of the text, by the options' places from 1."""

    number: int
    chosen: frozenset[int]


@bp.get("/lessons/<int:activity_id>")
@requires(Permission.COURSE_STUDY)
def lesson(activity_id: int) -> ResponseReturnValue:
    """One lesson to read, opened where it was left; before what comes first is done, what that is."""
    return _lesson_page(activity_id)


def _lesson_page(activity_id: int, answered: Answered | None = None) -> ResponseReturnValue:
    row = queries.lesson_for(actor(), activity_id, asked_course())
    try:
        gate.require_open(actor().id, row.Activity.id, activity_id)
    except gate.NotYet as refusal:
        page = {"course": row.Activity, "lesson": row.LessonVersion, "left": refusal.left}
        return render_template("courses/not_yet.html", activity_url=activity_url, **page), refusal.status
    lines = queries.outline_for(actor(), row.Activity.id, row.pinned)
    before, after = reading.beside(lines, activity_id)
    line = next(one for one in lines if one.lesson_id == activity_id)
    return render_template(
        "courses/lesson.html",
        course=row.Activity,
        lesson=row.LessonVersion,
        line=line,
        within=_within(line, row.Activity.id),
        lesson_url=partial(lesson_url, course_id=row.Activity.id),
        lines=lines,
        before=before,
        after=after,
        answered=answered,
        check_url=lambda number: url_for(
            "courses.check", activity_id=activity_id, number=number, course=_within(line, row.Activity.id)
        ),
        **_text(row.LessonVersion, _within(line, row.Activity.id)),
    )


def _text(version: Any, within: int | None) -> dict[str, Any]:
    """The lesson's text with its media: its parts, the documents below it, and one's place in recordings."""

    def address(media_id: int, part: str) -> str:
        arguments = {"activity_id": version.lesson_id, "media_id": media_id, "course": within}
        if part == "place":
            return url_for("courses.keep_position", **arguments)
        return url_for("courses.media_of_lesson", part=part, **arguments)

    rows = media.of_version(version.lesson_id, version.version, actor().id)
    shown = showing.shown([(one.CourseMedia, one.StoredFile) for one in rows], language(), address, remembers=True)
    parts = markdown.parts(local(version, "body"), local(version), media=shown)
    return {
        "parts": parts,
        "has_checks": any(isinstance(part, Check) for part in parts),
        "documents": showing.documents(shown),
        "has_players": any(one.place_url for one in shown),
        "positions": {one.CourseMedia.id: one.seconds for one in rows if one.seconds},
        "size": showing.words_of_size,
    }


@bp.route("/lessons/<int:activity_id>/checks/<int:number>", methods=["GET", "POST"])
@requires(Permission.COURSE_STUDY)
def check(activity_id: int, number: int) -> ResponseReturnValue:
    """Say whether the answer to a check in the text is right, at its place in the lesson; nothing is kept of it."""
    if request.method == "GET":  # the language was changed on the page of an answer
        queries.lesson_for(actor(), activity_id, asked_course())
        within = asked_course() or None
        return redirect(url_for("courses.lesson", activity_id=activity_id, course=within, _anchor=f"check-{number}"))
    chosen = frozenset(int(one) for one in request.form.getlist("choice") if one in {"1", "2", "3", "4", "5"})
    return _lesson_page(activity_id, Answered(number, chosen))


@bp.post("/lessons/<int:activity_id>/done")
@requires(Permission.COURSE_STUDY)
def done(activity_id: int) -> ResponseReturnValue:
    """Record the lesson as read and lead on: to the next one, or back to the course after the last."""
    row = queries.lesson_for(actor(), activity_id, asked_course())
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

"""What an instructor sees: courses, their outlines, and lessons to write and publish."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import markdown, queries, services
from courses.forms import CourseForm, LessonForm
from courses.media import queries as media
from courses.media import showing
from courses.permissions import Permission
from courses.services import StaleLesson
from courses.views import editing
from courses.views.blueprint import bp
from courses.views.editing import Typed, render_typed
from training.core.access import actor, requires
from training.core.errors import Invalid
from training.core.i18n import local


@bp.get("/teaching/courses")
@requires(Permission.COURSE_READ)
def index() -> ResponseReturnValue:
    """The courses within the instructor's scopes."""
    return render_template(
        "courses/index.html",
        rows=queries.courses_of_author(actor()),
        writes=actor().may(Permission.COURSE_WRITE),
    )


@bp.route("/teaching/courses/new", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE, prepare=render_typed)
def new_course(prepared: Typed | None = None) -> ResponseReturnValue:
    """Begin a course with its first lesson."""
    scopes = queries.scopes_of_author(actor())
    form = CourseForm()
    form.offer(scopes)
    if not editing.saves(form, prepared):
        return editing.page("courses/new_course.html", form, prepared)
    course = services.add_course(
        next(scope for scope in scopes if scope.id == form.scope_id.data),
        title_zh=form.course_title_zh.data or "",
        title_en=form.course_title_en.data or "",
        summary_zh=form.summary_zh.data or "",
        summary_en=form.summary_en.data or "",
        lessons=[form.draft()],
        added_by=actor(),
    )
    flash(_("The course “%(title)s” is published with its first lesson.", title=local(course)), "good")
    return redirect(url_for(".outline", course_id=course.id), 303)


@bp.get("/teaching/courses/<int:course_id>")
@requires(Permission.COURSE_READ)
def outline(course_id: int) -> ResponseReturnValue:
    """A course for its authors: the lessons of its newest version, in order."""
    row = queries.course_of_author(actor(), course_id)
    return render_template(
        "courses/outline.html",
        course=row.Activity,
        summary=row.Course,
        owner=row.Scope,
        writes=actor().may(Permission.COURSE_WRITE, row.Scope.path),
        lines=queries.outline_of(course_id, row.Activity.version),
    )


@bp.post("/teaching/courses/<int:course_id>/order")
@requires(Permission.COURSE_WRITE)
def reorder(course_id: int) -> ResponseReturnValue:
    """Publish the lessons in another order."""
    row = queries.course_of_author(actor(), course_id, Permission.COURSE_WRITE)
    places = {one: request.form.get(f"place-{one}", "", type=str) for one in _lesson_ids(row.Activity)}
    if not all(place.isdecimal() and len(place) <= 4 for place in places.values()):
        raise Invalid(_("Give every lesson a whole number as its place, then save the order again."))
    version = services.reorder(
        course_id,
        sorted(places, key=lambda one: int(places[one])),
        based_on=request.form.get("version", -1, type=int),
        reordered_by=actor(),
    )
    flash(_("The order is saved: version %(version)d of the course.", version=version), "good")
    return redirect(url_for(".outline", course_id=course_id), 303)


@bp.route("/teaching/courses/<int:course_id>/lessons/take-over", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE)
def take_over(course_id: int) -> ResponseReturnValue:
    """Choose a lesson of another course that this course is to hold as well."""
    course = queries.course_of_author(actor(), course_id, Permission.COURSE_WRITE).Activity
    if request.method == "GET":
        rows = queries.lessons_to_take_over(actor(), course)
        return render_template("courses/take_over.html", course=course, rows=rows)
    typed = request.form.get("lesson_id", "")
    if not typed:
        raise Invalid(_("Choose the lesson first."))
    lesson_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    lesson = services.take_over(course_id, lesson_id, taken_by=actor())
    flash(_("“%(title)s” stands at the end of this course now.", title=local(lesson)), "good")
    return redirect(url_for(".outline", course_id=course_id), 303)


def _lesson_ids(course: Any) -> tuple[int, ...]:
    key = (course.id, course.version)
    return queries.lessons_of_versions([key])[key]


@bp.route("/teaching/courses/<int:course_id>/lessons/new", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE, prepare=render_typed)
def new_lesson(course_id: int, prepared: Typed | None = None) -> ResponseReturnValue:
    """Add a lesson at the end of a course."""
    course = queries.course_of_author(actor(), course_id, Permission.COURSE_WRITE).Activity
    form = LessonForm()
    if not editing.saves(form, prepared):
        library = editing.media_of(course_id, prepared)
        return editing.page("courses/new_lesson.html", form, prepared, library, course=course)
    lesson = services.add_lesson(course_id, form.draft(), added_by=actor())
    flash(_("“%(title)s” is published. Whoever enrols from now on will study it.", title=local(lesson)), "good")
    return redirect(url_for(".outline", course_id=course_id), 303)


@bp.route("/teaching/lessons/<int:lesson_id>", methods=["GET", "POST"])
@requires(Permission.COURSE_WRITE, prepare=render_typed)
def edit_lesson(lesson_id: int, prepared: Typed | None = None) -> ResponseReturnValue:
    """Change a lesson: look at a preview, or publish the next version."""
    row = queries.lesson_of_author(actor(), lesson_id, Permission.COURSE_WRITE)
    newest = queries.newest_version(lesson_id)
    form = LessonForm(obj=newest.LessonVersion)
    page = {"course": row.Activity, "newest": newest.LessonVersion, "author": newest.Person}
    if not editing.saves(form, prepared):
        library = editing.media_of(row.Activity.id, prepared)
        return editing.page("courses/edit_lesson.html", form, prepared, library, **page)
    try:
        version = services.publish_lesson(
            lesson_id, form.draft(), based_on=form.version.data or 0, published_by=actor()
        )
    except StaleLesson as refusal:
        newest = queries.newest_version(lesson_id)
        page |= {"newest": newest.LessonVersion, "author": newest.Person}
        form.version.data, form.version.raw_data = newest.LessonVersion.version, None
        library = editing.media_of(row.Activity.id, None)
        return editing.page(
            "courses/edit_lesson.html", form, prepared, library, stale=refusal.message, status=409, **page
        )
    flash(_("Saved as version %(version)d. Whoever enrols from now on will study it.", version=version), "good")
    return redirect(url_for(".outline", course_id=row.Activity.id), 303)


@bp.get("/teaching/lessons/<int:lesson_id>/versions")
@requires(Permission.COURSE_READ)
def versions(lesson_id: int) -> ResponseReturnValue:
    """Every version of a lesson with its date and author."""
    row = queries.lesson_of_author(actor(), lesson_id)
    return render_template("courses/versions.html", course=row.Activity, rows=queries.versions_of(lesson_id))


@bp.get("/teaching/lessons/<int:lesson_id>/versions/<int:number>")
@requires(Permission.COURSE_READ)
def version(lesson_id: int, number: int) -> ResponseReturnValue:
    """One version of a lesson as it was published, in both languages."""
    row = queries.lesson_of_author(actor(), lesson_id)
    found = queries.version_of(lesson_id, number)
    pairs = [(one.CourseMedia, one.StoredFile) for one in media.of_version(lesson_id, number)]
    shown = {
        language: markdown.parts(
            getattr(found.LessonVersion, f"body_{language}"),
            getattr(found.LessonVersion, f"title_{language}"),
            language,
            showing.shown(pairs, language, editing.author_address(row.Activity.id)),
        )
        for language in editing.LANGUAGES
    }
    return render_template(
        "courses/version.html",
        course=row.Activity,
        activity=found.Activity,
        lesson=found.LessonVersion,
        author=found.Person,
        shown=shown,
    )

"""What the pages that write lessons share: the sent texts as HTML or why not, files added on the way, and the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from courses import markdown
from courses.forms import LessonForm
from courses.markdown import Part
from courses.media import forms as media_forms
from courses.media import queries as media
from courses.media import services as media_services
from courses.media import showing
from courses.media.forms import MediaForm, Received
from courses.media.models import CourseMedia
from courses.models import Lesson
from courses.views.blueprint import bp
from training.core import file_types
from training.core.access import actor
from training.core.db import db, reading
from training.core.errors import Invalid
from training.core.forms import clean

LANGUAGES = ("zh", "en")
WITH_FILES = {"courses.new_lesson", "courses.edit_lesson"}
Shown = dict[str, tuple[Part, ...] | list[str]]


@dataclass
class Typed:
    """What was sent: in each language the text as it will look, or what is to be mended; and the files sent with it."""

    shown: Shown
    received: Received | None = None


@dataclass
class Media:
    """The media of the course, and the form that adds to them."""

    rows: Any = ()
    form: MediaForm | None = None
    added: CourseMedia | None = None
    silent: list[str] = field(default_factory=list)


@bp.url_value_preprocessor
def _admit_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the body of a lesson's form be as large as a video, of somebody signed in alone."""
    if endpoint in WITH_FILES and "_user_id" in session:
        request.max_content_length = media_forms.LARGEST_BODY


def asked() -> str:
    """Which button was pressed: `save`, `preview` or `upload`."""
    return request.form.get("do", "")


def author_address(course_id: int) -> showing.Address:
    """Where an author sees the media of a course."""
    return lambda media_id, part: url_for("courses.media_of_course", course_id=course_id, media_id=media_id, part=part)


def render_typed() -> Typed | None:
    """Both texts of a sent form and the files with it; None where none was sent. Slow: before the transaction opens."""
    if request.method != "POST":
        return None
    received = media_forms.receive() if asked() == "upload" else None
    with reading():
        course_id = _course_id(request.view_args or {})
        pairs = [tuple(row) for row in media.library(course_id)] if course_id else []
        kinds = {one.name: one.kind for one, _stored in pairs}
        shown = {language: showing.shown(pairs, language, author_address(course_id)) for language in LANGUAGES}
    return Typed({one: _as_html(one, shown[one], kinds) for one in LANGUAGES}, received)


def _course_id(arguments: dict[str, Any]) -> int:
    """The course whose media the text may show; the view asks afterwards whose it is."""
    if "lesson_id" in arguments:
        statement = select(Lesson.course_id).where(Lesson.activity_id == arguments["lesson_id"])
        return db.session.scalar(statement) or 0
    return int(arguments.get("course_id", 0))


def _as_html(language: str, shown: tuple[Any, ...], kinds: dict[str, str]) -> tuple[Part, ...] | list[str]:
    text, title = (clean(request.form.get(f"{part}_{language}")) or "" for part in ("body", "title"))
    try:
        parts = markdown.parts(text, title, language, shown)
    except Invalid as refusal:
        return [str(refusal.message)]
    return markdown.faults(text, kinds) or parts


def saves(form: LessonForm, typed: Typed | None) -> bool:
    """Whether the form was sent to be published and is in order, texts included; refusals stand beside their fields."""
    if typed is None or asked() == "upload":
        return False
    form.validate()
    for language, result in typed.shown.items():
        body = form[f"body_{language}"]
        if isinstance(result, list) and not body.errors:
            body.errors = result
    return not form.errors and asked() != "preview"


def media_of(course_id: int, typed: Typed | None) -> Media:
    """The media of the course for its page, after the one that was sent with the form has been added."""
    found = Media(form=MediaForm())
    if typed is not None and typed.received is not None and found.form is not None:
        upload = media_forms.upload_of(found.form, typed.received)
        if upload is not None:
            found.added = media_services.add(course_id, upload, added_by=actor())
            found.form = MediaForm(formdata=None)
    found.rows = media.library(course_id)
    found.silent = [one.name for one, _stored in found.rows if not media.has_captions(one)]
    return found


def page(
    template: str, form: LessonForm, typed: Typed | None, library: Media | None = None, **values: Any
) -> ResponseReturnValue:
    """The page with the form as typed; with a preview when that was asked for and all is in order."""
    faulty = form.errors or (library is not None and library.form is not None and library.form.errors)
    preview = typed.shown if typed is not None and not form.errors and asked() == "preview" else None
    status = values.pop("status", 422 if faulty else 200)
    return render_template(
        template,
        form=form,
        preview=preview,
        library=library,
        returned=typed is not None,
        size=showing.words_of_size,
        largest=file_types.LARGEST,
        **values,
    ), status

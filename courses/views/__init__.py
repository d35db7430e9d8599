"""The pages of courses: `learning` for trainees, `authoring` for instructors."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from courses.permissions import Permission
from courses.views import authoring, learning, media, prerequisites, search
from courses.views.blueprint import bp
from training.core import web
from training.progress import words

PAGES = (learning, authoring, media, prerequisites, search)


def register(app: Flask) -> None:
    """Plug in the pages and the instructor's entry of the menu."""
    app.register_blueprint(bp)
    words.add_search(_l("Search in your lessons"), "courses.search", Permission.COURSE_STUDY)
    web.add_entry(_l("Courses"), "courses.index", Permission.COURSE_READ, order=30, also=("/teaching/",))

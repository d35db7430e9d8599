"""The pages of courses: `learning` for trainees, `authoring` for instructors."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from courses.permissions import Permission
from courses.views import authoring, learning
from courses.views.blueprint import bp
from training.core import web

PAGES = (learning, authoring)


def register(app: Flask) -> None:
    """Plug in the pages and the instructor's entry of the menu."""
    app.register_blueprint(bp)
    web.add_entry(_l("Courses"), "courses.index", Permission.COURSE_READ, order=30)

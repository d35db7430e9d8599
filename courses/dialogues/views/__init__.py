"""The pages of dialogues: `playing` for trainees, `teaching` for instructors."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from courses.dialogues.views import playing, teaching
from courses.dialogues.views.blueprint import bp
from courses.permissions import Permission
from training.core import web

PAGES = (playing, teaching)


def register(app: Flask) -> None:
    """Plug in the pages and the instructor's entry of the menu."""
    app.register_blueprint(bp)
    web.add_entry(_l("Dialogues"), "dialogues.index", Permission.COURSE_READ, order=35)
